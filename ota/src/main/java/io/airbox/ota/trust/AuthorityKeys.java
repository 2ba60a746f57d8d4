package io.airbox.ota.trust;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.document.Moments;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.signing.Envelope;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one authority: a builder of images, an owner, a fleet.
 *
 * @param spec {@value #SPEC}
 * @param authority its name, {@code [a-z0-9][a-z0-9-]{0,31}}
 * @param version counts up from 1 with each document
 * @param epoch of the releases' counters, from 1. A new one lets counters begin again, after a
 *     thief of a release key spent them all
 * @param expires until when it counts, ISO 8601 in UTC
 * @param root who may sign the next such document
 * @param release who may sign releases
 */
public record AuthorityKeys(
    int spec,
    String authority,
    long version,
    long epoch,
    String expires,
    KeyRole root,
    KeyRole release) {
  /** What its envelope says it is. */
  public static final String TYPE = "application/vnd.airbox.keys+json";

  /** The format that is read and written. */
  public static final int SPEC = 1;

  private static final int LONGEST = 64 << 10;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  public AuthorityKeys(
      int spec,
      @Nullable String authority,
      long version,
      long epoch,
      @Nullable String expires,
      @Nullable KeyRole root,
      @Nullable KeyRole release) {
    if (spec != SPEC) {
      throw new UpdateException(
          Reason.WRONG_TYPE,
          "the keys' document has format " + spec + ", this software reads " + SPEC);
    }
    String name = StrictJson.required(authority, "/authority");
    StrictJson.require(NAME.matcher(name).matches(), "/authority", name, "must be like " + NAME);
    StrictJson.require(version >= 1, "/version", version, "must be at least 1");
    StrictJson.require(epoch >= 1, "/epoch", epoch, "must be at least 1");
    this.spec = spec;
    this.authority = name;
    this.version = version;
    this.epoch = epoch;
    this.expires = Moments.checked(expires, "/expires");
    this.root = StrictJson.required(root, "/root");
    this.release = StrictJson.required(release, "/release");
  }

  /** The document's bytes, for an envelope. */
  public byte[] json() {
    return StrictJson.write(this);
  }

  /** When it stops to count. */
  public Instant end() {
    return Instant.parse(expires);
  }

  /**
   * Reads a first document, which nothing but the caller's word vouches for: it has to come by a
   * way that the network has no part in. It is signed by its own root keys.
   *
   * @throws UpdateException what {@link Envelope#verified} refuses, {@code MALFORMED}
   */
  public static AuthorityKeys trustedByPresence(Envelope envelope) {
    if (!envelope.payloadType().equals(TYPE)) {
      throw new UpdateException(
          Reason.WRONG_TYPE,
          "the signed document is " + envelope.payloadType() + ", wanted is " + TYPE);
    }
    AuthorityKeys keys = read(envelope.payload());
    keys.vouchesFor(envelope);
    return keys;
  }

  /**
   * Reads the document that follows this one.
   *
   * <p>Versions may be skipped, for a box may have been off. The end of this document is no
   * obstacle: a box that slept through it would be lost; the end of the next one is looked at when
   * a release is.
   *
   * @return the next one; this one when the envelope holds the very same bytes
   * @throws UpdateException what {@link Envelope#verified} refuses of the root keys of either,
   *     {@code ROLLBACK} for an older version or epoch, {@code REUSED_NUMBER}
   */
  public AuthorityKeys successor(Envelope envelope) {
    vouchesFor(envelope);
    AuthorityKeys next = read(envelope.payload());
    next.vouchesFor(envelope);
    if (!next.authority.equals(authority)) {
      throw new UpdateException(
          Reason.WRONG_TYPE, "these are the keys of " + next.authority + ", not of " + authority);
    }
    if (next.version < version || next.epoch < epoch) {
      throw new UpdateException(
          Reason.ROLLBACK,
          "the keys of "
              + authority
              + " have version "
              + next.version
              + " and epoch "
              + next.epoch
              + "; this box has version "
              + version
              + " and epoch "
              + epoch
              + " already");
    }
    if (next.version == version && !Arrays.equals(next.json(), json())) {
      throw new UpdateException(
          Reason.REUSED_NUMBER,
          "these keys of "
              + authority
              + " are others than those that this box has under version "
              + version
              + "; count up with each document");
    }
    return next;
  }

  private void vouchesFor(Envelope envelope) {
    envelope.verified(
        TYPE,
        root.verificationKeys(),
        root.threshold(),
        "the " + root.keys().size() + " root keys of version " + version + " of " + authority);
  }

  private static AuthorityKeys read(byte[] json) {
    return StrictJson.read(json, AuthorityKeys.class, "the keys' document", LONGEST);
  }
}
