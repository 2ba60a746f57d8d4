package io.airbox.daemon.access;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.daemon.access.AccessException.Reason;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The API keys, in {@code api-keys.json}, and what was done with them, in {@code usage.json}.
 *
 * <p>Asking is thread-safe and never waits for the disk. {@link #add}, {@link #revoke}, {@link
 * #revokeAll} and {@link #saveUse} write; they take turns by a lock of the caller.
 */
final class ApiKeys {
  static final int MOST_KEYS = 1000;
  static final int LONGEST_NAME = 64;

  /** By how much a clock may be set back without a key or session being of the future. */
  static final Duration CLOCK_STEP = Duration.ofMinutes(5);

  private static final String PREFIX = "abx_";
  private static final int ID_LENGTH = 8;
  private static final int SECRET_LENGTH = PREFIX.length() + ID_LENGTH + 1 + Secrets.LENGTH;
  private static final int HASH_BYTES = 32;
  private static final byte[] NO_HASH = new byte[HASH_BYTES];
  private static final int MOST_PER_DAY = 1_000_000;
  private static final int MOST_AT_ONCE = 10_000;
  private static final Instant LATEST_END = Instant.parse("9999-12-31T23:59:59Z");

  /** A time of use is written when it is this much newer than what is on the disk. */
  private static final Duration USE_STEP = Duration.ofMinutes(1);

  private final StateFile file;
  private final StateFile useFile;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** By id, oldest first; replaced as a whole. */
  private volatile Map<String, Entry> entries;

  /** A key with its hash and counters. */
  private static final class Entry {
    private final ApiKey key;
    private final byte[] hash;

    /** Held while a job is submitted; taken before the entry itself. */
    private final Object turn = new Object();

    // guarded by the entry
    private @Nullable Instant lastUsed;
    private @Nullable Instant lastSaved;
    private LocalDate day = LocalDate.EPOCH;
    private int pictures;
    private boolean unsaved;

    Entry(ApiKey key, byte[] hash) {
      this.key = key;
      this.hash = hash;
    }

    synchronized void used(Instant now) {
      lastUsed = now.truncatedTo(ChronoUnit.SECONDS);
      unsaved |=
          lastSaved == null || Duration.between(lastSaved, lastUsed).abs().compareTo(USE_STEP) >= 0;
    }

    synchronized int picturesOn(LocalDate today) {
      // also when the clock was set back: a day of the future would last until it comes
      return day.equals(today) ? pictures : 0;
    }

    synchronized void count(LocalDate today, int more) {
      pictures = picturesOn(today) + more;
      day = today;
      unsaved = true;
    }

    synchronized KeyUse use(LocalDate today) {
      return new KeyUse(key, lastUsed, picturesOn(today));
    }

    synchronized void restore(StateReader use) {
      lastUsed = use.has("last_used") ? use.time("last_used") : null;
      lastSaved = lastUsed;
      day = use.day("day");
      pictures = use.integer("pictures", 0, Integer.MAX_VALUE);
    }

    synchronized boolean unsaved() {
      return unsaved;
    }

    synchronized void write(ArrayNode list) {
      ObjectNode node = list.addObject();
      node.put("id", key.id());
      node.put("last_used", lastUsed == null ? null : lastUsed.toString());
      node.put("day", day.toString());
      node.put("pictures", pictures);
      lastSaved = lastUsed;
      unsaved = false;
    }

    synchronized void notSaved() {
      unsaved = true;
    }
  }

  /**
   * Reads the keys.
   *
   * @throws AccessException {@code DAMAGED}, {@code STORAGE_FAULT}
   */
  ApiKeys(StateFile file, StateFile useFile, InstantSource clock, RandomGenerator random) {
    this.file = file;
    this.useFile = useFile;
    this.clock = clock;
    this.random = random;
    Map<String, Entry> read = new LinkedHashMap<>();
    file.read()
        .ifPresent(
            content -> {
              for (StateReader key : content.list("keys")) {
                Entry entry = read(key);
                if (read.put(entry.key.id(), entry) != null) {
                  throw key.damaged("id", "is there twice");
                }
              }
            });
    useFile
        .read()
        .ifPresent(
            content -> {
              for (StateReader use : content.list("keys")) {
                Entry entry = read.get(use.text("id"));
                if (entry != null) {
                  entry.restore(use);
                }
              }
            });
    this.entries = Collections.unmodifiableMap(read);
  }

  private static Entry read(StateReader file) {
    return new Entry(
        new ApiKey(
            file.text("id"),
            file.text("name"),
            file.role("role"),
            file.time("created"),
            file.has("expires") ? file.time("expires") : null,
            file.has("pictures_per_day") ? file.integer("pictures_per_day", 1, MOST_PER_DAY) : null,
            file.has("concurrent_jobs") ? file.integer("concurrent_jobs", 1, MOST_AT_ONCE) : null),
        file.bytes("sha256", HASH_BYTES, HASH_BYTES));
  }

  private void write(Collection<Entry> all) {
    ObjectNode content = StateFile.content();
    ArrayNode keys = content.putArray("keys");
    for (Entry entry : all) {
      ApiKey key = entry.key;
      ObjectNode node = keys.addObject();
      node.put("id", key.id());
      node.put("name", key.name());
      node.put("role", key.role().id());
      node.put("created", key.created().toString());
      node.put("expires", key.expires() == null ? null : key.expires().toString());
      node.put("pictures_per_day", key.picturesPerDay());
      node.put("concurrent_jobs", key.concurrentJobs());
      node.put("sha256", Secrets.base64(entry.hash));
    }
    file.write(content);
  }

  /**
   * The key of this secret; it counts as used now. A key that is not known takes as long as a
   * secret that is wrong.
   *
   * @throws AccessException {@code INVALID_KEY}
   */
  ApiKey verify(String secret) {
    Entry entry =
        secret.length() == SECRET_LENGTH && secret.startsWith(PREFIX)
            ? entries.get(secret.substring(PREFIX.length(), PREFIX.length() + ID_LENGTH))
            : null;
    String hashed = secret.length() <= SECRET_LENGTH ? secret : "";
    boolean right =
        MessageDigest.isEqual(Secrets.hash(hashed), entry == null ? NO_HASH : entry.hash);
    if (entry == null || !right) {
      throw new AccessException(
          Reason.INVALID_KEY, "this API key is not, or no longer, one of this box");
    }
    Instant now = clock.instant();
    if (over(entry.key, now)) {
      throw new AccessException(
          Reason.INVALID_KEY,
          "the API key "
              + entry.key.id()
              + " ended at "
              + entry.key.expires()
              + "; the box's clock says "
              + now.truncatedTo(ChronoUnit.SECONDS));
    }
    entry.used(now);
    return entry.key;
  }

  /**
   * A key that counts now, for its session; it counts as used.
   *
   * @return empty when it was revoked or has expired
   */
  Optional<ApiKey> find(String id) {
    Entry entry = entries.get(id);
    Instant now = clock.instant();
    if (entry == null || over(entry.key, now)) {
      return Optional.empty();
    }
    entry.used(now);
    return Optional.of(entry.key);
  }

  /** A clock before the key's creation is wrong, and a key that shall end must not live by that. */
  private static boolean over(ApiKey key, Instant now) {
    return key.expires() != null
        && (!now.isBefore(key.expires()) || now.isBefore(key.created().minus(CLOCK_STEP)));
  }

  /** All keys, oldest first. */
  List<KeyUse> list() {
    LocalDate today = today();
    return entries.values().stream().map(entry -> entry.use(today)).toList();
  }

  /**
   * Makes a key; it is on the disk when this returns.
   *
   * @throws AccessException {@code INVALID}, {@code STORAGE_FAULT}
   */
  NewKey add(KeyRequest request) {
    Instant now = clock.instant();
    String name = check(request, now);
    if (entries.size() >= MOST_KEYS) {
      throw new AccessException(
          Reason.INVALID, "there are " + MOST_KEYS + " keys already; revoke one first");
    }
    String id = newId();
    ApiKey key =
        new ApiKey(
            id,
            name,
            request.role(),
            now.truncatedTo(ChronoUnit.SECONDS),
            request.expires(),
            request.picturesPerDay(),
            request.concurrentJobs());
    String secret = PREFIX + id + "_" + Secrets.random(random);
    Map<String, Entry> next = new LinkedHashMap<>(entries);
    next.put(id, new Entry(key, Secrets.hash(secret)));
    replace(next);
    return new NewKey(key, secret);
  }

  private String newId() {
    while (true) {
      String id = ClaimCode.characters(random, ID_LENGTH).toLowerCase(Locale.ROOT);
      if (!entries.containsKey(id)) {
        return id;
      }
    }
  }

  private static String check(KeyRequest request, Instant now) {
    String name = request.name().strip();
    int length = name.codePointCount(0, name.length());
    if (length < 1 || length > LONGEST_NAME) {
      throw AccessException.invalid(
          "name", "name must have 1…" + LONGEST_NAME + " characters, has " + length);
    }
    if (name.codePoints().anyMatch(ApiKeys::unfitForNames)) {
      throw AccessException.invalid("name", "name has a character in it that cannot be seen");
    }
    if (request.role() == Role.GUEST) {
      throw AccessException.invalid("role", "role must be user, operator or owner");
    }
    if (request.expires() != null && !request.expires().isAfter(now)) {
      throw AccessException.invalid(
          "expires",
          "expires is "
              + request.expires()
              + ", which has passed; the box's clock says "
              + now.truncatedTo(ChronoUnit.SECONDS));
    }
    if (request.expires() != null && request.expires().isAfter(LATEST_END)) {
      throw AccessException.invalid(
          "expires", "expires must not be after " + LATEST_END + "; leave it out for never");
    }
    checkLimit("pictures_per_day", request.picturesPerDay(), MOST_PER_DAY);
    checkLimit("concurrent_jobs", request.concurrentJobs(), MOST_AT_ONCE);
    return name;
  }

  private static boolean unfitForNames(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static void checkLimit(String field, @Nullable Integer limit, int most) {
    if (limit != null && (limit < 1 || limit > most)) {
      throw AccessException.invalid(
          field, field + " must be 1…" + most + ", was " + limit + "; leave it out for no limit");
    }
  }

  /**
   * Revokes a key.
   *
   * @throws AccessException {@code NOT_FOUND}, {@code STORAGE_FAULT}
   */
  ApiKey revoke(String id) {
    Map<String, Entry> next = new LinkedHashMap<>(entries);
    Entry entry = next.remove(id);
    if (entry == null) {
      throw new AccessException(Reason.NOT_FOUND, "there is no API key of that id");
    }
    replace(next);
    return entry.key;
  }

  /**
   * Revokes all keys.
   *
   * @return how many there were
   * @throws AccessException {@code STORAGE_FAULT}
   */
  int revokeAll() {
    int count = entries.size();
    if (count > 0) {
      replace(Map.of());
    }
    return count;
  }

  private void replace(Map<String, Entry> next) {
    write(next.values());
    entries = Collections.unmodifiableMap(next);
  }

  /** See {@link Access#submit}. */
  <T> T submit(String id, int pictures, IntSupplier live, Supplier<T> submission) {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw new AccessException(Reason.INVALID_KEY, "the API key " + id + " was revoked");
    }
    synchronized (entry.turn) {
      ApiKey key = entry.key;
      Instant now = clock.instant();
      LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
      if (key.picturesPerDay() != null
          && entry.picturesOn(today) + (long) pictures > key.picturesPerDay()) {
        Instant midnight = today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        throw AccessException.later(
            Reason.QUOTA_EXCEEDED,
            Seconds.up(Duration.between(now, midnight).toNanos()),
            String.format(
                Locale.ROOT,
                "the API key %s may ask for %s a day (UTC); asked for today: %d, and now: %d",
                id,
                Counted.of(key.picturesPerDay(), "picture"),
                entry.picturesOn(today),
                pictures));
      }
      if (key.concurrentJobs() != null && live.getAsInt() >= key.concurrentJobs()) {
        throw new AccessException(
            Reason.KEY_LIMIT,
            "the API key "
                + id
                + " may have "
                + Counted.of(key.concurrentJobs(), "job")
                + " waiting or running, and has; wait for one to end");
      }
      T result = submission.get();
      entry.count(today, pictures);
      return result;
    }
  }

  /**
   * Writes what was done with the keys, if there is anything new.
   *
   * @throws AccessException {@code STORAGE_FAULT}
   */
  void saveUse() {
    Collection<Entry> all = entries.values();
    if (all.stream().noneMatch(Entry::unsaved)) {
      return;
    }
    ObjectNode content = StateFile.content();
    ArrayNode list = content.putArray("keys");
    all.forEach(entry -> entry.write(list));
    boolean written = false;
    try {
      useFile.write(content);
      written = true;
    } finally {
      if (!written) {
        all.forEach(Entry::notSaved);
      }
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
