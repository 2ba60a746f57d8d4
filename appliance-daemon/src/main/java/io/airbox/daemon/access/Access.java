package io.airbox.daemon.access;

import io.airbox.daemon.access.AccessException.Reason;
import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The owner, API keys and sessions of a box: who is asking, and how that changes.
 *
 * <p>Everything is kept under {@code DATA/keys}, each file replaced as a whole; what happened is
 * under {@code DATA/audit}. A change holds on the disk before it is told. Counters and times of use
 * are written by {@link #tick()} and {@link #close()}: a power cut forgets what came since.
 *
 * <p>Thread-safe. {@link #claimed}, {@link #guests}, {@link #session}, {@link #key} and {@link
 * #submit} do not wait for the disk; all others do and belong on a worker thread. Arrays with a
 * passphrase are overwritten before the method returns or throws.
 */
public final class Access implements AutoCloseable {
  private static final String KEYS = "keys";
  private static final String AUDIT = "audit";

  /** Sessions that one holder of a credential may begin per minute: each costs a write. */
  private static final int SESSIONS_PER_MINUTE = 30;

  private final StateFile ownerFile;
  private final ApiKeys keys;
  private final Sessions sessions;
  private final AuditLog audit;
  private final ClaimWindow claims;
  private final ClaimAnnouncer announcer;
  private final PassphraseCost cost;
  private final RandomGenerator random;
  private final Turnstile hashing = new Turnstile();
  private final AttemptLimiter claimAttempts;
  private final AttemptLimiter passphraseAttempts;
  private final AttemptLimiter keyAttempts;
  private final RateLimiter newSessions;
  private final RateLimiter guestJobs;

  /** Held while something changes that is on the disk. */
  private final Object changes = new Object();

  private volatile OwnerState owner;

  // guarded by changes
  private boolean tickFailed;

  private Access(
      Path data,
      AccessOptions options,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomGenerator random,
      ClaimAnnouncer announcer,
      Disk disk) {
    Path folder = data.resolve(KEYS);
    this.announcer = announcer;
    this.random = random;
    this.cost = options.passphraseCost();
    this.claims = new ClaimWindow(options.claimCodeLife(), clock, nanoTime, random);
    this.claimAttempts = new AttemptLimiter(nanoTime);
    this.passphraseAttempts = new AttemptLimiter(nanoTime);
    this.keyAttempts = new AttemptLimiter(nanoTime);
    this.newSessions = new RateLimiter(SESSIONS_PER_MINUTE, nanoTime);
    this.guestJobs = new RateLimiter(options.guestJobsPerMinute(), nanoTime);
    StateFile keysFile = new StateFile(folder.resolve("api-keys.json"), disk);
    StateFile useFile = new StateFile(folder.resolve("usage.json"), disk);
    StateFile sessionsFile = new StateFile(folder.resolve("sessions.json"), disk);
    this.ownerFile = new StateFile(folder.resolve("owner.json"), disk);
    createFolder(folder);
    this.owner =
        ownerFile
            .read()
            .map(OwnerState::read)
            .orElseGet(
                () ->
                    begin(
                        Stream.of(keysFile, useFile, sessionsFile).map(StateFile::path).toList(),
                        data.resolve(AUDIT)));
    this.keys = new ApiKeys(keysFile, useFile, clock, random);
    this.sessions = new Sessions(sessionsFile, options, clock, random);
    this.audit = AuditLog.open(data.resolve(AUDIT), options, clock, nanoTime);
  }

  /**
   * Opens the state in DATA; on the first start of a box makes it. An unclaimed box announces its
   * code before this returns.
   *
   * @param data the DATA folder, locked by this process
   * @param clock the time of day; it may jump either way
   * @param random for codes, keys and tokens: a {@link java.security.SecureRandom}, thread-safe
   * @throws AccessException {@code DAMAGED} when a file is not what was written, or is missing; a
   *     box that has lost its owner's file does not open, for it would be free to whoever comes
   *     first. {@code STORAGE_FAULT} when a file cannot be read or made
   */
  public static Access open(
      Path data,
      AccessOptions options,
      InstantSource clock,
      RandomGenerator random,
      ClaimAnnouncer announcer) {
    return open(data, options, clock, System::nanoTime, random, announcer, DurableFiles::replace);
  }

  /**
   * Opens the state in DATA.
   *
   * @param nanoTime time that only grows, for waits and the age of claim codes
   * @param disk how files are written
   */
  static Access open(
      Path data,
      AccessOptions options,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomGenerator random,
      ClaimAnnouncer announcer,
      Disk disk) {
    Access access = new Access(data, options, clock, nanoTime, random, announcer, disk);
    if (!access.claimed()) {
      announcer.announce(access.claims.renew());
    }
    return access;
  }

  private static void createFolder(Path folder) {
    try {
      DurableFiles.createFolder(folder);
    } catch (IOException failure) {
      throw AccessException.file(
          Reason.STORAGE_FAULT, folder + " cannot be made: " + failure, failure);
    }
  }

  /** The first start: the owner's file is the first to be written, so nothing else is there. */
  private OwnerState begin(List<Path> others, Path auditFolder) {
    Optional<Path> trace = others.stream().filter(Files::exists).findFirst();
    if (trace.isPresent() || AuditLog.begun(auditFolder)) {
      throw AccessException.file(
          Reason.DAMAGED,
          ownerFile.path()
              + " is missing, but "
              + trace.orElse(auditFolder)
              + " shows that this box was in use; put the file back from a copy, or give up the"
              + " owner, keys and audit log by removing "
              + ownerFile.path().getParent()
              + " and "
              + auditFolder,
          null);
    }
    ownerFile.write(OwnerState.UNCLAIMED.write());
    return OwnerState.UNCLAIMED;
  }

  /** Whether the box has an owner. */
  public boolean claimed() {
    return owner.passphrase() != null;
  }

  /** Whether guests may make pictures; yes until the owner says otherwise. */
  public boolean guests() {
    return owner.guests();
  }

  /** Judges a request, see {@link Decision#of}. */
  public Decision decide(Rule rule, @Nullable Actor actor, Channel channel) {
    OwnerState now = owner;
    return Decision.of(rule, actor, channel, now.passphrase() != null, now.guests());
  }

  /**
   * The one whose session this is. Using a session prolongs it.
   *
   * @param token what a cookie says, of any form and length
   * @return empty when there is no such session, or it has ended
   */
  public Optional<Identity> session(String token) {
    return sessions.use(token, owner.epoch()).flatMap(this::identity);
  }

  private Optional<Identity> identity(Sessions.Live session) {
    String keyId = session.keyId();
    if (keyId == null) {
      return Optional.of(new Identity(Actor.owner(), null, session.expires()));
    }
    return keys.find(keyId)
        .map(
            key ->
                new Identity(
                    Actor.key(key.id(), key.role()),
                    key,
                    key.expires() != null && key.expires().isBefore(session.expires())
                        ? key.expires()
                        : session.expires()));
  }

  /**
   * The one whose API key this is.
   *
   * @param secret what a client sends as {@code abx_…}, of any form and length
   * @throws AccessException {@code INVALID_KEY}
   */
  public Identity key(String secret) {
    ApiKey key = keys.verify(secret);
    return new Identity(Actor.key(key.id(), key.role()), key, key.expires());
  }

  /**
   * Makes the caller the owner. Of several at once one wins.
   *
   * @param code as typed; null for the owner's socket only
   * @param passphrase 10…256 characters; overwritten
   * @return the owner's first session
   * @throws AccessException {@code INVALID} (field {@code passphrase} or {@code code}), {@code
   *     WRONG_CODE}, {@code ALREADY_CLAIMED}, {@code TOO_MANY_ATTEMPTS}; after {@code
   *     STORAGE_FAULT} the box may be claimed with this passphrase or not
   */
  public SignedIn claim(Caller caller, @Nullable String code, char[] passphrase) {
    List<ClaimOffer> replaced = new ArrayList<>();
    try (Passphrase chosen = Passphrase.chosen(passphrase, "passphrase")) {
      synchronized (changes) {
        requireUnclaimed();
        requireCode(caller, code, replaced);
        OwnerState next = owner.owned(hash(chosen));
        ownerFile.write(next.write());
        owner = next;
        claims.shut();
        audit.record(caller, "claim", null, "unclaimed", "claimed", AuditLog.DONE);
        return begin(null, next.epoch());
      }
    } catch (AccessException refusal) {
      note(caller, "claim", null, refusal);
      throw refusal;
    } finally {
      Arrays.fill(passphrase, '\0');
      replaced.forEach(announcer::announce);
    }
  }

  private PassphraseHash hash(Passphrase passphrase) {
    return hashing.pass(() -> PassphraseHash.of(passphrase, cost, random));
  }

  private void requireUnclaimed() {
    if (claimed()) {
      throw new AccessException(
          Reason.ALREADY_CLAIMED,
          "this box has an owner; whoever is at the box can reset that with airbox claim --reset");
    }
  }

  private void requireCode(Caller caller, @Nullable String code, List<ClaimOffer> replaced) {
    if (code == null) {
      if (caller.present()) {
        return;
      }
      throw AccessException.invalid("code", "code is missing; the box's console shows it");
    }
    claimAttempts.begin(caller.address());
    ClaimWindow.Trial trial = claims.attempt(code);
    trial.replaced().ifPresent(replaced::add);
    if (!trial.right()) {
      throw new AccessException(
          Reason.WRONG_CODE, "the claim code is wrong or expired; the box's console shows it");
    }
    claimAttempts.right(caller.address());
  }

  /** Begins a session; one that cannot be written lasts until the next start. */
  private SignedIn begin(@Nullable String keyId, long epoch) {
    String token = sessions.begin(keyId, epoch);
    try {
      sessions.save();
    } catch (AccessException fault) {
      Logger.warn("A session may end with this process: {}", fault.getMessage());
    }
    Identity identity =
        session(token)
            .orElseThrow(
                () -> new AccessException(Reason.INVALID_KEY, "the API key was just revoked"));
    return new SignedIn(token, identity);
  }

  private void note(Caller caller, String action, @Nullable String target, AccessException why) {
    audit.refused(caller, action, target, why.reason().name());
  }

  /** How the box can be claimed now; empty when it has an owner. */
  public Optional<ClaimOffer> claimOffer() {
    claims.renewExpired().ifPresent(announcer::announce);
    return claims.offer();
  }

  /**
   * Forgets the owner's passphrase, ends all sessions and offers the box to whoever reads the new
   * code. The channel and the role are the caller's to check.
   *
   * @param revokeKeys whether API keys go too; otherwise they stay and count again once claimed
   * @throws AccessException {@code STORAGE_FAULT}
   */
  public ClaimOffer reset(Caller caller, boolean revokeKeys) {
    ClaimOffer offer;
    synchronized (changes) {
      String before = claimed() ? "claimed" : "unclaimed";
      int revoked = revokeKeys ? keys.revokeAll() : 0;
      OwnerState next = owner.abandoned();
      ownerFile.write(next.write());
      owner = next;
      sessions.removeEnded(next.epoch());
      saveSessions();
      offer = claims.renew();
      audit.record(
          caller,
          "claim.reset",
          null,
          before,
          revokeKeys ? "unclaimed, " + revoked + " keys revoked" : "unclaimed",
          AuditLog.DONE);
    }
    announcer.announce(offer);
    return offer;
  }

  /** Writes sessions of which those that ended do not count any more, whatever the file says. */
  private void saveSessions() {
    try {
      sessions.save();
    } catch (AccessException fault) {
      Logger.warn("Sessions are written later: {}", fault.getMessage());
    }
  }

  /**
   * Begins a session of the owner.
   *
   * @param passphrase overwritten
   * @throws AccessException {@code WRONG_PASSPHRASE}, {@code NOT_CLAIMED}, {@code
   *     TOO_MANY_ATTEMPTS}
   */
  public SignedIn signIn(Caller caller, char[] passphrase) {
    try {
      OwnerState checked = requireOwner();
      requirePassphrase(caller, checked, passphrase);
      requireShare(Actor.owner().id());
      synchronized (changes) {
        if (owner.epoch() != checked.epoch()) {
          throw new AccessException(
              Reason.WRONG_PASSPHRASE, "the passphrase was changed at this moment");
        }
        SignedIn signedIn = begin(null, checked.epoch());
        audit.record(
            as(caller, signedIn), "session.begin", null, null, "passphrase", AuditLog.DONE);
        return signedIn;
      }
    } catch (AccessException refusal) {
      note(caller, "session.begin", "passphrase", refusal);
      throw refusal;
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private OwnerState requireOwner() {
    OwnerState now = owner;
    if (now.passphrase() == null) {
      throw new AccessException(
          Reason.NOT_CLAIMED, "this box has no owner yet; claim it with the code on its console");
    }
    return now;
  }

  private void requirePassphrase(Caller caller, OwnerState state, char[] typed) {
    passphraseAttempts.begin(caller.address());
    boolean decided = false;
    try {
      PassphraseHash hash = state.passphrase();
      try (Passphrase passphrase = Passphrase.typed(typed)) {
        boolean right = hashing.pass(() -> hash != null && hash.matches(passphrase));
        decided = true;
        if (!right) {
          throw new AccessException(Reason.WRONG_PASSPHRASE, "the passphrase is wrong");
        }
      }
    } catch (AccessException refusal) {
      if (!decided && refusal.reason() == Reason.TOO_MANY_ATTEMPTS) {
        passphraseAttempts.undecided(caller.address());
      }
      throw refusal;
    }
    passphraseAttempts.right(caller.address());
  }

  private void requireShare(String holder) {
    newSessions
        .take(holder)
        .ifPresent(
            wait -> {
              throw AccessException.later(
                  Reason.TOO_MANY_ATTEMPTS,
                  wait,
                  holder + " has signed in too often; try again in " + wait.toSeconds() + " s");
            });
  }

  private static Caller as(Caller caller, SignedIn signedIn) {
    return new Caller(signedIn.identity().actor(), caller.address(), caller.channel());
  }

  /**
   * Begins a session of whoever has an API key; it ends with the key at the latest.
   *
   * @throws AccessException {@code INVALID_KEY}, {@code NOT_CLAIMED}, {@code TOO_MANY_ATTEMPTS}
   */
  public SignedIn signInWithKey(Caller caller, String secret) {
    try {
      OwnerState checked = requireOwner();
      keyAttempts.begin(caller.address());
      ApiKey key = keys.verify(secret);
      keyAttempts.right(caller.address());
      requireShare(Actor.key(key.id(), key.role()).id());
      synchronized (changes) {
        SignedIn signedIn = begin(key.id(), checked.epoch());
        audit.record(as(caller, signedIn), "session.begin", null, null, "API key", AuditLog.DONE);
        return signedIn;
      }
    } catch (AccessException refusal) {
      note(caller, "session.begin", "API key", refusal);
      throw refusal;
    }
  }

  /**
   * Ends a session; does nothing when there is none of that token.
   *
   * @throws AccessException {@code STORAGE_FAULT}; the session has ended, but a power cut may bring
   *     it back
   */
  public void signOut(Caller caller, String token) {
    synchronized (changes) {
      if (sessions.end(token)) {
        audit.record(caller, "session.end", null, null, null, AuditLog.DONE);
        sessions.save();
      }
    }
  }

  /**
   * Sets another passphrase and ends all sessions but one.
   *
   * @param current the present one; null for the owner's socket only; overwritten
   * @param next 10…256 characters; overwritten
   * @param kept token of the session that goes on; null for none
   * @throws AccessException {@code WRONG_PASSPHRASE}, {@code INVALID} (field {@code passphrase} or
   *     {@code current}), {@code NOT_CLAIMED}, {@code TOO_MANY_ATTEMPTS}; after {@code
   *     STORAGE_FAULT} either passphrase may be the present one
   */
  public void changePassphrase(
      Caller caller, char @Nullable [] current, char[] next, @Nullable String kept) {
    try (Passphrase chosen = Passphrase.chosen(next, "passphrase")) {
      synchronized (changes) {
        OwnerState before = requireOwner();
        if (current != null) {
          requirePassphrase(caller, before, current);
        } else if (!caller.present()) {
          throw AccessException.invalid("current", "current, the present passphrase, is missing");
        }
        OwnerState after = before.owned(hash(chosen));
        ownerFile.write(after.write());
        owner = after;
        sessions.keepOnly(kept, after.epoch());
        saveSessions();
        audit.record(caller, "passphrase.change", null, null, null, AuditLog.DONE);
      }
    } catch (AccessException refusal) {
      note(caller, "passphrase.change", null, refusal);
      throw refusal;
    } finally {
      Arrays.fill(next, '\0');
      if (current != null) {
        Arrays.fill(current, '\0');
      }
    }
  }

  /**
   * Says whether guests may make pictures.
   *
   * @throws AccessException {@code STORAGE_FAULT}
   */
  public void guests(Caller caller, boolean welcome) {
    synchronized (changes) {
      OwnerState before = owner;
      if (before.guests() != welcome) {
        OwnerState after = before.withGuests(welcome);
        ownerFile.write(after.write());
        owner = after;
        audit.record(caller, "access.guests", null, on(!welcome), on(welcome), AuditLog.DONE);
      }
    }
  }

  private static String on(boolean welcome) {
    return welcome ? "on" : "off";
  }

  /** All API keys, oldest first; expired ones stay until they are revoked. */
  public List<KeyUse> keys() {
    return keys.list();
  }

  /**
   * Makes an API key.
   *
   * @throws AccessException {@code INVALID} (field {@code name}, {@code role}, {@code expires},
   *     {@code pictures_per_day} or {@code concurrent_jobs}; no field when there are 1,000 keys);
   *     {@code STORAGE_FAULT}: a key may be listed after a restart whose secret nobody knows
   */
  public NewKey addKey(Caller caller, KeyRequest request) {
    synchronized (changes) {
      NewKey made = keys.add(request);
      audit.record(caller, "key.add", made.key().id(), null, text(made.key()), AuditLog.DONE);
      return made;
    }
  }

  private static String text(ApiKey key) {
    return key.role().id()
        + " \""
        + key.name()
        + "\", expires "
        + (key.expires() == null ? "never" : key.expires())
        + (key.picturesPerDay() == null
            ? ""
            : ", " + Counted.of(key.picturesPerDay(), "picture") + " a day")
        + (key.concurrentJobs() == null
            ? ""
            : ", " + Counted.of(key.concurrentJobs(), "job") + " at once");
  }

  /**
   * Revokes an API key and ends its sessions.
   *
   * @throws AccessException {@code NOT_FOUND}, {@code STORAGE_FAULT}
   */
  public void revokeKey(Caller caller, String id) {
    synchronized (changes) {
      ApiKey key = keys.revoke(id);
      sessions.endOf(id);
      saveSessions();
      audit.record(caller, "key.revoke", id, text(key), null, AuditLog.DONE);
    }
  }

  /**
   * Submits a job for an actor as far as its limits allow: guests by address and minute, API keys
   * by pictures of the day and by jobs at once. Pictures count when the submission returns and not
   * when it throws; a guest's try counts always. Submissions of one key take turns, so that two at
   * once cannot both take its last place.
   *
   * @param address the remote address
   * @param pictures how many are asked for, at least 1
   * @param live how many of the actor's jobs wait or run now
   * @param submission hands the job to the queue
   * @return what the submission returns
   * @throws AccessException {@code GUEST_LIMIT}, {@code QUOTA_EXCEEDED}, {@code KEY_LIMIT}, or
   *     {@code INVALID_KEY} when the key has just been revoked; the submission was not made
   */
  public <T> T submit(
      Actor actor, String address, int pictures, IntSupplier live, Supplier<T> submission) {
    if (pictures < 1) {
      throw new IllegalArgumentException("pictures must be at least 1, was " + pictures);
    }
    if (actor.role() == Role.GUEST) {
      guestJobs
          .take(Neighbourhood.of(address))
          .ifPresent(
              wait -> {
                throw AccessException.later(
                    Reason.GUEST_LIMIT,
                    wait,
                    "this address asks for pictures too often; try again in "
                        + wait.toSeconds()
                        + " s, or use an API key");
              });
    }
    Optional<String> keyId = actor.keyId();
    return keyId.isPresent()
        ? keys.submit(keyId.get(), pictures, live, submission)
        : submission.get();
  }

  /** The audit log, for what others do and for reading. */
  public AuditLog audit() {
    return audit;
  }

  /**
   * Does what time asks for: replaces a claim code that has expired and announces the new one,
   * forgets sessions that have ended, writes counters and noted refusals. To be called every ten
   * seconds or so, on a worker thread. What cannot be written is logged once and tried again by the
   * next call.
   */
  public void tick() {
    claims.renewExpired().ifPresent(announcer::announce);
    synchronized (changes) {
      sessions.removeEnded(owner.epoch());
      try {
        save();
        tickFailed = false;
      } catch (AccessException fault) {
        if (!tickFailed) {
          Logger.error("What is kept about access cannot be written: {}", fault.getMessage());
        }
        tickFailed = true;
      }
    }
    audit.flush();
  }

  private void save() {
    sessions.save();
    keys.saveUse();
  }

  /**
   * Writes counters and closes the audit log.
   *
   * @throws AccessException {@code STORAGE_FAULT}
   */
  @Override
  public void close() {
    synchronized (changes) {
      try (audit) {
        save();
      }
    }
  }
}
