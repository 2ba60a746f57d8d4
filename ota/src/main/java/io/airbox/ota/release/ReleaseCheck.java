package io.airbox.ota.release;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.trust.AuthorityKeys;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether this box takes a release. Nothing of a document is believed, nor read, before enough keys
 * have vouched for it; then its age, its number, its kind and its needs are looked at.
 */
public final class ReleaseCheck {
  private final List<AuthorityKeys> authorities;
  private final Function<String, Optional<Taken>> taken;
  private final BoxFacts box;
  private final Instant floor;

  /**
   * A release that may be installed.
   *
   * @param release what it says
   * @param mark what to remember when it is installed, before it is told to anybody
   * @param isNew false for the very one that this box took last
   */
  public record Accepted(Release release, Taken mark, boolean isNew) {}

  /**
   * A release that enough keys signed.
   *
   * @param authority whose keys these are
   */
  public record Signed(Release release, AuthorityKeys authority) {}

  /**
   * @param authorities whose releases this box takes
   * @param taken the newest release of a pack by name, as remembered
   * @param floor a time that has passed for sure, such as the build's of this software
   */
  public ReleaseCheck(
      List<AuthorityKeys> authorities,
      Function<String, Optional<Taken>> taken,
      BoxFacts box,
      Instant floor) {
    this.authorities = List.copyOf(authorities);
    this.taken = taken;
    this.box = box;
    this.floor = floor;
  }

  /**
   * Goes through all rules; changes nothing.
   *
   * @param now the box's clock
   * @throws UpdateException why it is refused: any {@link Reason} but those of keys' files
   */
  public Accepted check(Envelope envelope, Instant now) {
    AuthorityKeys authority = signer(authorities, envelope);
    Release release = Release.read(envelope.payload());
    if (now.isBefore(floor)) {
      throw new UpdateException(
          Reason.CLOCK_NOT_SET,
          "this box believes that it is "
              + now
              + ", which is before "
              + floor
              + "; without the time it cannot tell what has expired. Set its clock or let it reach a"
              + " time server");
    }
    refuseExpired("the keys of " + authority.authority(), authority.end(), now);
    Taken mark =
        new Taken(
            authority.authority(),
            authority.epoch(),
            release.counter(),
            digest(envelope.payload()));
    boolean isNew =
        taken.apply(release.pack()).map(last -> isNewer(release, mark, last)).orElse(true);
    refuseIncompatible(release);
    if (isNew) {
      refuseExpired("release " + name(release), release.end(), now);
      refuseTooLarge(release);
    }
    return new Accepted(release, mark, isNew);
  }

  /**
   * What holds of a release wherever it goes: who signed it, and that neither keys nor release have
   * ended.
   *
   * @throws UpdateException who did not sign, or what has ended
   */
  public static Signed signed(List<AuthorityKeys> authorities, Envelope envelope, Instant now) {
    AuthorityKeys authority = signer(authorities, envelope);
    Release release = Release.read(envelope.payload());
    refuseExpired("the keys of " + authority.authority(), authority.end(), now);
    refuseExpired("release " + name(release), release.end(), now);
    return new Signed(release, authority);
  }

  /** The authority that vouches for it; where none does, the refusal that got furthest. */
  private static AuthorityKeys signer(List<AuthorityKeys> authorities, Envelope envelope) {
    List<UpdateException> refusals = new ArrayList<>();
    for (AuthorityKeys authority : authorities) {
      try {
        envelope.verified(
            Release.TYPE,
            authority.release().verificationKeys(),
            authority.release().threshold(),
            "the "
                + authority.release().keys().size()
                + " release keys of "
                + authority.authority());
        return authority;
      } catch (UpdateException refusal) {
        refusals.add(refusal);
      }
    }
    for (UpdateException refusal : refusals) {
      if (refusal.reason() != Reason.UNKNOWN_KEY) {
        throw refusal;
      }
    }
    String known =
        authorities.stream().map(AuthorityKeys::authority).collect(Collectors.joining(", "));
    throw new UpdateException(
        Reason.UNKNOWN_KEY,
        refusals.isEmpty()
            ? "this box trusts nobody's releases yet; add an authority's keys first"
            : "none of the authorities that this box trusts ("
                + known
                + ") signed it; "
                + refusals.get(0).getMessage());
  }

  private static void refuseExpired(String what, Instant end, Instant now) {
    if (!now.isBefore(end)) {
      throw new UpdateException(
          Reason.EXPIRED,
          what + " ended " + end + ", now it is " + now + "; ask for one that is signed anew");
    }
  }

  private static boolean isNewer(Release release, Taken mark, Taken last) {
    if (!mark.authority().equals(last.authority())) {
      return true; // each authority counts for itself; whom to trust is the owner's choice
    }
    if (mark.epoch() > last.epoch()) {
      return true;
    }
    if (mark.counter() < last.counter()) {
      throw new UpdateException(
          Reason.ROLLBACK,
          name(release)
              + " has number "
              + mark.counter()
              + ", this box had "
              + last.counter()
              + " already; to go back on purpose, roll back on the box");
    }
    if (mark.counter() > last.counter()) {
      return true;
    }
    if (!mark.digest().equals(last.digest())) {
      throw new UpdateException(
          Reason.REUSED_NUMBER,
          "another release of "
              + release.pack()
              + " had number "
              + mark.counter()
              + "; sign it with a higher one");
    }
    return false;
  }

  private void refuseIncompatible(Release release) {
    Compatibility compat = release.compat();
    if (!compat.soc().isEmpty() && (box.soc() == null || !compat.soc().contains(box.soc()))) {
      throw incompatible(
          release,
          "the chip " + String.join(" or ", compat.soc()),
          box.soc() == null ? "none" : box.soc());
    }
    if (compat.engines().stream().noneMatch(box.engines()::contains)) {
      throw incompatible(
          release,
          "engine " + String.join(" or ", compat.engines()),
          String.join(", ", new TreeSet<>(box.engines())));
    }
    String least = compat.minDriver();
    String driver = box.driver();
    if (least != null && driver != null && !DriverVersion.isAtLeast(driver, least)) {
      throw incompatible(release, "driver " + least + " or newer", driver);
    }
  }

  private static UpdateException incompatible(Release release, String wanted, String have) {
    return new UpdateException(
        Reason.INCOMPATIBLE, name(release) + " is for " + wanted + "; this box has " + have);
  }

  private void refuseTooLarge(Release release) {
    refuseShort(release, "memory", release.requires().memBytes(), box.memBytes());
    long disk = Math.max(release.requires().diskBytes(), release.bytes());
    refuseShort(release, "disk", disk, box.diskBytes());
  }

  private static void refuseShort(Release release, String of, long wanted, OptionalLong have) {
    if (have.isPresent() && have.getAsLong() < wanted) {
      throw new UpdateException(
          Reason.NO_ROOM,
          String.format(
              Locale.ROOT,
              "%s needs %d bytes of %s, this box has %d",
              name(release),
              wanted,
              of,
              have.getAsLong()));
    }
  }

  private static String name(Release release) {
    return release.pack() + " " + release.version();
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }
}
