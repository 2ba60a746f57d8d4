package io.airbox.daemon.access;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
  private Access() {}

  /**
   * Opens the state in DATA; on the first start of a box makes it. An unclaimed box announces its
   * code before this returns.
   *
   * @param data the DATA folder, locked by this process
   * @param clock the time of day; it may jump either way
   * @param random for codes, keys and tokens: a {@link java.security.SecureRandom}
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
    throw new UnsupportedOperationException();
  }

  /** Whether the box has an owner. */
  public boolean claimed() {
    throw new UnsupportedOperationException();
  }

  /** Whether guests may make pictures; yes until the owner says otherwise. */
  public boolean guests() {
    throw new UnsupportedOperationException();
  }

  /** Judges a request, see {@link Decision#of}. */
  public Decision decide(Rule rule, @Nullable Actor actor, Channel channel) {
    return Decision.of(rule, actor, channel, claimed(), guests());
  }

  /**
   * The one whose session this is. Using a session prolongs it.
   *
   * @param token what a cookie says, of any form and length
   * @return empty when there is no such session, or it has ended
   */
  public Optional<Identity> session(String token) {
    throw new UnsupportedOperationException();
  }

  /**
   * The one whose API key this is.
   *
   * @param secret what a client sends as {@code abx_…}, of any form and length
   * @throws AccessException {@code INVALID_KEY}
   */
  public Identity key(String secret) {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /** How the box can be claimed now; empty when it has an owner. */
  public Optional<ClaimOffer> claimOffer() {
    throw new UnsupportedOperationException();
  }

  /**
   * Forgets the owner's passphrase, ends all sessions and offers the box to whoever reads the new
   * code. The channel and the role are the caller's to check.
   *
   * @param revokeKeys whether API keys go too; otherwise they stay and count again once claimed
   * @throws AccessException {@code STORAGE_FAULT}
   */
  public ClaimOffer reset(Caller caller, boolean revokeKeys) {
    throw new UnsupportedOperationException();
  }

  /**
   * Begins a session of the owner.
   *
   * @param passphrase overwritten
   * @throws AccessException {@code WRONG_PASSPHRASE}, {@code NOT_CLAIMED}, {@code
   *     TOO_MANY_ATTEMPTS}, {@code STORAGE_FAULT}
   */
  public SignedIn signIn(Caller caller, char[] passphrase) {
    throw new UnsupportedOperationException();
  }

  /**
   * Begins a session of whoever has an API key; it ends with the key at the latest.
   *
   * @throws AccessException {@code INVALID_KEY}, {@code NOT_CLAIMED}, {@code TOO_MANY_ATTEMPTS},
   *     {@code STORAGE_FAULT}
   */
  public SignedIn signInWithKey(Caller caller, String secret) {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends a session; does nothing when there is none of that token.
   *
   * @throws AccessException {@code STORAGE_FAULT}; the session has ended, but a power cut may bring
   *     it back
   */
  public void signOut(Caller caller, String token) {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /**
   * Says whether guests may make pictures.
   *
   * @throws AccessException {@code STORAGE_FAULT}
   */
  public void guests(Caller caller, boolean welcome) {
    throw new UnsupportedOperationException();
  }

  /** All API keys, oldest first; expired ones stay until they are revoked. */
  public List<KeyUse> keys() {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes an API key.
   *
   * @throws AccessException {@code INVALID} (field {@code name}, {@code role}, {@code expires},
   *     {@code pictures_per_day} or {@code concurrent_jobs}); {@code STORAGE_FAULT}: a key may be
   *     listed whose secret nobody knows
   */
  public NewKey addKey(Caller caller, KeyRequest request) {
    throw new UnsupportedOperationException();
  }

  /**
   * Revokes an API key and ends its sessions.
   *
   * @throws AccessException {@code NOT_FOUND}, {@code STORAGE_FAULT}
   */
  public void revokeKey(Caller caller, String id) {
    throw new UnsupportedOperationException();
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
   * @throws AccessException {@code GUEST_LIMIT}, {@code QUOTA_EXCEEDED}, {@code KEY_LIMIT}; the
   *     submission was not made
   */
  public <T> T submit(
      Actor actor, String address, int pictures, IntSupplier live, Supplier<T> submission) {
    throw new UnsupportedOperationException();
  }

  /** The audit log, for what others do and for reading. */
  public AuditLog audit() {
    throw new UnsupportedOperationException();
  }

  /**
   * Does what time asks for: replaces a claim code that has expired and announces the new one,
   * forgets sessions that have ended, writes counters. To be called every ten seconds or so, on a
   * worker thread. What cannot be written is logged and tried again by the next call.
   */
  public void tick() {
    throw new UnsupportedOperationException();
  }

  /** Writes counters and closes the audit log. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
