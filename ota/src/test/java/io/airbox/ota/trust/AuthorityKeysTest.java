package io.airbox.ota.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AuthorityKeysTest {
  private static final SigningKey OLD_ROOT = SigningKey.generate();
  private static final SigningKey SECOND_ROOT = SigningKey.generate();
  private static final SigningKey NEW_ROOT = SigningKey.generate();
  private static final SigningKey RELEASE = SigningKey.generate();
  private static final AuthorityKeys FIRST = keys(1, 1, 2, OLD_ROOT, SECOND_ROOT);

  @Test
  void isTrustedByPresenceWhenItsOwnRootsSignedIt() {
    assertThat(AuthorityKeys.trustedByPresence(signed(FIRST, OLD_ROOT, SECOND_ROOT)))
        .isEqualTo(FIRST);
    refused(
        Reason.TOO_FEW_SIGNATURES, () -> AuthorityKeys.trustedByPresence(signed(FIRST, OLD_ROOT)));
    refused(Reason.UNKNOWN_KEY, () -> AuthorityKeys.trustedByPresence(signed(FIRST, NEW_ROOT)));
  }

  @Test
  void aRootRotatesWhenOldAndNewRootsAgree() {
    AuthorityKeys next = keys(2, 1, 1, NEW_ROOT);

    assertThat(FIRST.successor(signed(next, OLD_ROOT, SECOND_ROOT, NEW_ROOT))).isEqualTo(next);
    refused(Reason.UNKNOWN_KEY, () -> FIRST.successor(signed(next, NEW_ROOT)));
    refused(Reason.TOO_FEW_SIGNATURES, () -> FIRST.successor(signed(next, OLD_ROOT, NEW_ROOT)));
    refused(Reason.UNKNOWN_KEY, () -> FIRST.successor(signed(next, OLD_ROOT, SECOND_ROOT)));
  }

  @Test
  void versionsMayBeSkippedByABoxThatWasOff() {
    AuthorityKeys later = keys(7, 2, 2, OLD_ROOT, SECOND_ROOT);

    assertThat(FIRST.successor(signed(later, OLD_ROOT, SECOND_ROOT))).isEqualTo(later);
  }

  @Test
  void neitherVersionNorEpochGoesBack() {
    AuthorityKeys now = keys(3, 2, 1, OLD_ROOT);

    refused(Reason.ROLLBACK, () -> now.successor(signed(keys(2, 2, 1, OLD_ROOT), OLD_ROOT)));
    refused(Reason.ROLLBACK, () -> now.successor(signed(keys(4, 1, 1, OLD_ROOT), OLD_ROOT)));
    refused(
        Reason.REUSED_NUMBER,
        () -> now.successor(signed(keys(3, 2, 1, OLD_ROOT, NEW_ROOT), OLD_ROOT)));
    assertThat(now.successor(signed(now, OLD_ROOT))).isEqualTo(now);
  }

  @Test
  void anotherAuthoritysKeysDoNotFollow() {
    AuthorityKeys stranger =
        new AuthorityKeys(1, "globex", 2, 1, END, role(1, OLD_ROOT), role(1, RELEASE));

    refused(Reason.WRONG_TYPE, () -> keys(1, 1, 1, OLD_ROOT).successor(signed(stranger, OLD_ROOT)));
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    String good = new String(FIRST.json(), StandardCharsets.UTF_8);
    Stream.of(
            List.of("\"spec\" : 1", "\"spec\" : 2", "format 2"),
            List.of("\"spec\" : 1", "\"spec\" : \"1\"", "/spec"),
            List.of("\"version\" : 1", "\"version\" : 0", "/version"),
            List.of("\"version\" : 1", "\"version\" : 1.5", "/version"),
            List.of("\"version\" : 1,", "\"version\" : 1, \"more\" : 2,", "no member more"),
            List.of("\"threshold\" : 2", "\"threshold\" : 3", "threshold"),
            List.of("\"threshold\" : 2", "\"threshold\" : 0", "threshold"),
            List.of("\"acme\"", "\"../acme\"", "../acme"),
            List.of(END, "2030-01-01", "/expires"),
            List.of("\"epoch\"", "\"epic\"", "/epoch: a number is missing"),
            List.of(
                OLD_ROOT.verificationKey().text(),
                SECOND_ROOT.verificationKey().text(),
                "different"))
        .forEach(
            each -> {
              String text =
                  good.replaceFirst(
                      Pattern.quote(each.get(0)), Matcher.quoteReplacement(each.get(1)));
              assertThat(text).isNotEqualTo(good);
              Envelope envelope =
                  Envelope.of(AuthorityKeys.TYPE, text.getBytes(StandardCharsets.UTF_8))
                      .signedBy(OLD_ROOT);
              assertThatThrownBy(() -> AuthorityKeys.trustedByPresence(envelope))
                  .isInstanceOf(UpdateException.class)
                  .hasMessageContaining(each.get(2));
            });
  }

  private static final String END = "2030-01-01T00:00:00Z";

  private static AuthorityKeys keys(long version, long epoch, int threshold, SigningKey... roots) {
    return new AuthorityKeys(
        1, "acme", version, epoch, END, role(threshold, roots), role(1, RELEASE));
  }

  private static KeyRole role(int threshold, SigningKey... keys) {
    return new KeyRole(
        threshold, Stream.of(keys).map(key -> key.verificationKey().text()).toList());
  }

  private static Envelope signed(AuthorityKeys keys, SigningKey... by) {
    Envelope envelope = Envelope.of(AuthorityKeys.TYPE, keys.json());
    for (SigningKey key : by) {
      envelope = envelope.signedBy(key);
    }
    return Envelope.parse(envelope.json());
  }

  private static void refused(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            UpdateException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }
}
