package io.airbox.daemon.access;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who has signed in, in {@code sessions.json}; tokens are kept as hashes.
 *
 * <p>A session ends when it was not used for a while, when it is old, when it is of another epoch
 * (see {@link OwnerState}), and when it says that it comes from the future: then the clock was set
 * back, and nobody knows its age. When there are too many, whoever has most loses the one used
 * least recently, so that nobody signs another out by signing in.
 *
 * <p>Thread-safe. Only {@link #save} waits for the disk; its callers take turns.
 */
final class Sessions {
  private static final int HASH_BYTES = 32;
  private static final String OWNER = "owner";

  private final StateFile file;
  private final AccessOptions options;
  private final InstantSource clock;
  private final RandomGenerator random;

  // guarded by this; by the hash of the token, in hex
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private boolean unsaved;

  /**
   * A session.
   *
   * @param keyId the API key that began it, null for the owner's passphrase
   * @param used when it was used last
   * @param saved what the file says about that
   */
  private record Session(
      @Nullable String keyId, long epoch, Instant created, Instant used, Instant saved) {
    String holder() {
      return keyId == null ? OWNER : keyId;
    }
  }

  /**
   * A session that goes on.
   *
   * @param keyId the API key that began it, null for the owner's passphrase
   * @param expires when it ends if it is not used again
   */
  record Live(@Nullable String keyId, Instant expires) {}

  /**
   * Reads the sessions.
   *
   * @throws AccessException {@code DAMAGED}, {@code STORAGE_FAULT}
   */
  Sessions(StateFile file, AccessOptions options, InstantSource clock, RandomGenerator random) {
    this.file = file;
    this.options = options;
    this.clock = clock;
    this.random = random;
    file.read()
        .ifPresent(
            content -> {
              for (StateReader session : content.list("sessions")) {
                Instant used = session.time("used");
                sessions.put(
                    HexFormat.of().formatHex(session.bytes("sha256", HASH_BYTES, HASH_BYTES)),
                    new Session(
                        session.has("key") ? session.text("key") : null,
                        session.number("epoch", 0, Long.MAX_VALUE),
                        session.time("created"),
                        used,
                        used));
              }
            });
  }

  /**
   * Begins a session.
   *
   * @param keyId the API key that begins it, null for the owner's passphrase
   * @return its token
   */
  synchronized String begin(@Nullable String keyId, long epoch) {
    String token = Secrets.random(random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    sessions.put(hash(token), new Session(keyId, epoch, now, now, now));
    unsaved = true;
    removeEnded(epoch);
    while (sessions.size() > options.sessions()) {
      sessions.remove(leastMissed());
    }
    return token;
  }

  private String leastMissed() {
    Map<String, Integer> counts = new HashMap<>();
    sessions.values().forEach(session -> counts.merge(session.holder(), 1, Integer::sum));
    return sessions.entrySet().stream()
        .min(
            Comparator.<Map.Entry<String, Session>>comparingInt(
                    entry -> -counts.getOrDefault(entry.getValue().holder(), 0))
                .thenComparing(entry -> entry.getValue().used()))
        .orElseThrow()
        .getKey();
  }

  /** The session of a token, which counts as used; empty when there is none, or it has ended. */
  synchronized Optional<Live> use(String token, long epoch) {
    if (token.length() != Secrets.LENGTH) {
      return Optional.empty();
    }
    String hash = hash(token);
    Session session = sessions.get(hash);
    if (session == null) {
      return Optional.empty();
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (ended(session, epoch, now)) {
      sessions.remove(hash);
      unsaved = true;
      return Optional.empty();
    }
    sessions.put(
        hash, new Session(session.keyId, session.epoch, session.created, now, session.saved));
    // seldom: a power cut may cost a session a twelfth of its time
    unsaved |=
        Duration.between(session.saved, now).abs().compareTo(options.sessionIdle().dividedBy(12))
            > 0;
    Instant idle = now.plus(options.sessionIdle());
    Instant old = session.created.plus(options.sessionLife());
    return Optional.of(new Live(session.keyId, idle.isBefore(old) ? idle : old));
  }

  private boolean ended(Session session, long epoch, Instant now) {
    Instant latest = now.plus(ApiKeys.CLOCK_STEP);
    return session.epoch != epoch
        || session.created.isAfter(latest)
        || session.used.isAfter(latest)
        || !now.isBefore(session.used.plus(options.sessionIdle()))
        || !now.isBefore(session.created.plus(options.sessionLife()));
  }

  /**
   * Ends the session of a token.
   *
   * @return whether there was one
   */
  synchronized boolean end(String token) {
    boolean was = token.length() == Secrets.LENGTH && sessions.remove(hash(token)) != null;
    unsaved |= was;
    return was;
  }

  /** Ends the sessions of an API key. */
  synchronized void endOf(String keyId) {
    unsaved |= sessions.values().removeIf(session -> keyId.equals(session.keyId));
  }

  /** Takes a session into a new epoch, with which all others end. */
  synchronized void keepOnly(@Nullable String token, long epoch) {
    Session kept =
        token == null || token.length() != Secrets.LENGTH ? null : sessions.get(hash(token));
    if (token != null && kept != null && kept.epoch == epoch - 1) {
      sessions.put(
          hash(token), new Session(kept.keyId, epoch, kept.created, kept.used, kept.saved));
    }
    removeEnded(epoch);
    unsaved = true;
  }

  /** Forgets what has ended. */
  synchronized void removeEnded(long epoch) {
    Instant now = clock.instant();
    unsaved |= sessions.values().removeIf(session -> ended(session, epoch, now));
  }

  /**
   * Writes the sessions, if there is anything new.
   *
   * @throws AccessException {@code STORAGE_FAULT}; the next call tries again
   */
  void save() {
    ObjectNode content = StateFile.content();
    synchronized (this) {
      if (!unsaved) {
        return;
      }
      ArrayNode list = content.putArray("sessions");
      sessions.forEach((hash, session) -> write(list.addObject(), hash, session));
      sessions.replaceAll(
          (hash, session) ->
              new Session(
                  session.keyId, session.epoch, session.created, session.used, session.used));
      unsaved = false;
    }
    boolean written = false;
    try {
      file.write(content);
      written = true;
    } finally {
      if (!written) {
        synchronized (this) {
          unsaved = true;
        }
      }
    }
  }

  private static void write(ObjectNode node, String hash, Session session) {
    node.put("sha256", Secrets.base64(HexFormat.of().parseHex(hash)));
    node.put("key", session.keyId);
    node.put("epoch", session.epoch);
    node.put("created", session.created.toString());
    node.put("used", session.used.toString());
  }

  private static String hash(String token) {
    return HexFormat.of().formatHex(Secrets.hash(token));
  }
}
