package io.airbox.ota.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release.Requirements;
import io.airbox.ota.release.ReleaseCheck.Accepted;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The threats that TUF names, each with what answers it, and what else a box refuses. */
class ReleaseCheckTest {
  private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
  private static final Instant BUILT = Instant.parse("2026-11-23T00:00:00Z");
  private static final String DIGEST = "ab".repeat(32);
  private static final SigningKey ROOT = SigningKey.generate();
  private static final SigningKey KEY = SigningKey.generate();
  private static final SigningKey SECOND = SigningKey.generate();
  private static final SigningKey THIEF = SigningKey.generate();
  private static final BoxFacts BOX =
      new BoxFacts(
          "BM1684X",
          "0.4.9",
          Set.of("bm1684x", "onnx"),
          OptionalLong.of(4L << 30),
          OptionalLong.of(5L << 30));

  private final Map<String, Taken> taken = new HashMap<>();
  private AuthorityKeys authority = acme(1, "2028-01-01T00:00:00Z");
  private BoxFacts box = BOX;
  private Instant now = NOW;

  @Test
  void takesWhatIsSignedForIt() {
    Accepted accepted = check(signed(release(1)));

    assertThat(accepted.isNew()).isTrue();
    assertThat(accepted.release()).isEqualTo(release(1));
    assertThat(accepted.mark().counter()).isEqualTo(1);
    taken.put("emoji", accepted.mark());
    assertThat(check(signed(release(1))).isNew()).isFalse();
    assertThat(check(signed(release(2))).isNew()).isTrue();
  }

  @Test
  void arbitraryInstallation() {
    refused(Reason.UNKNOWN_KEY, envelope(release(1)).signedBy(THIEF), "acme");
    refused(Reason.UNKNOWN_KEY, envelope(release(1)), "nobody signed it");
    refused(Reason.BAD_SIGNATURE, Envelope.parse(graft(signed(release(1)), release(2))), "changed");
  }

  /** The signatures of one envelope around the bytes of another release. */
  private static byte[] graft(Envelope signed, Release other) {
    String theirs = new String(signed.json(), StandardCharsets.UTF_8);
    String ours = new String(envelope(other).json(), StandardCharsets.UTF_8);
    String payload = ours.replaceAll("(?s).*\"payload\" : \"([^\"]*)\".*", "$1");
    return theirs
        .replaceAll("\"payload\" : \"[^\"]*\"", "\"payload\" : \"" + payload + "\"")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void keyCompromise() {
    authority =
        new AuthorityKeys(
            1, "acme", 1, 1, "2028-01-01T00:00:00Z", role(1, ROOT), role(2, KEY, SECOND));

    refused(Reason.TOO_FEW_SIGNATURES, signed(release(1)), "2 have to");
    assertThat(check(signed(release(1)).signedBy(SECOND)).isNew()).isTrue();
  }

  @Test
  void rollback() {
    taken.put("emoji", check(signed(release(7))).mark());

    refused(Reason.ROLLBACK, signed(release(6)), "number 6");
    Release other = with(release(7), text -> text.replace("0.2.7", "0.2.77"));
    refused(Reason.REUSED_NUMBER, signed(other), "number 7");
  }

  @Test
  void fastForward() {
    taken.put("emoji", check(signed(release(Long.MAX_VALUE))).mark());
    refused(Reason.ROLLBACK, signed(release(8)), "number 8");

    authority = acme(2, "2028-01-01T00:00:00Z"); // a new epoch, which only root keys can begin

    assertThat(check(signed(release(8))).isNew()).isTrue();
  }

  @Test
  void freeze() {
    now = Instant.parse("2027-06-30T00:00:00Z");
    refused(Reason.EXPIRED, signed(release(1)), "ended 2027-06-30T00:00:00Z");
    authority = acme(1, "2027-02-01T00:00:00Z");
    now = NOW;
    refused(Reason.EXPIRED, signed(release(1)), "keys of acme ended");
  }

  @Test
  void whatIsInstalledStaysGoodWhenItsReleaseExpires() {
    taken.put("emoji", check(signed(release(1))).mark());
    now = Instant.parse("2027-07-01T00:00:00Z");

    assertThat(check(signed(release(1))).isNew()).isFalse();
  }

  @Test
  void aClockThatWasNeverSet() {
    now = Instant.EPOCH;
    refused(Reason.CLOCK_NOT_SET, signed(release(1)), "1970-01-01");
  }

  @Test
  void extraneousDependencyOrWrongBox() {
    box = new BoxFacts("BM1688", "0.4.9", BOX.engines(), BOX.memBytes(), BOX.diskBytes());
    refused(Reason.INCOMPATIBLE, signed(release(1)), "BM1684X; this box has BM1688");
    box = new BoxFacts(null, null, Set.of("onnx"), BOX.memBytes(), BOX.diskBytes());
    refused(Reason.INCOMPATIBLE, signed(release(1)), "this box has none");
    box = new BoxFacts("BM1684X", "0.4.8-LTS", BOX.engines(), BOX.memBytes(), BOX.diskBytes());
    refused(Reason.INCOMPATIBLE, signed(release(1)), "driver 0.4.9 or newer");
    box = new BoxFacts("BM1684X", "0.4.9", Set.of("tensorrt"), BOX.memBytes(), BOX.diskBytes());
    refused(Reason.INCOMPATIBLE, signed(release(1)), "engine bm1684x");
    box = new BoxFacts("BM1684X", null, BOX.engines(), OptionalLong.empty(), OptionalLong.empty());
    assertThat(check(signed(release(1))).isNew()).isTrue();
  }

  @Test
  void noRoom() {
    box = new BoxFacts("BM1684X", "0.5.1", BOX.engines(), OptionalLong.of(99), BOX.diskBytes());
    refused(Reason.NO_ROOM, signed(release(1)), "needs 100 bytes of memory, this box has 99");
    box = new BoxFacts("BM1684X", "0.5.1", BOX.engines(), BOX.memBytes(), OptionalLong.of(299));
    refused(Reason.NO_ROOM, signed(release(1)), "needs 300 bytes of disk, this box has 299");
  }

  /** One release lists all files; what it lists twice or outside of the pack is refused. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet.onnx | ../unet.onnx",
        "unet.onnx | /etc/passwd",
        "unet.onnx | a/../b",
        "unet.onnx | a//b",
        "unet.onnx | ./a",
        "unet.onnx | a/",
        "unet.onnx | a\\\\b",
        "unet.onnx | C:a",
        "unet.onnx | -rf",
        "unet.onnx | .hidden",
        "unet.onnx | a\\u0000b",
        "unet.onnx | pack.json",
        "unet.onnx | PACK.json",
        "unet.onnx | pack.json/x",
        "unet.onnx | ''",
        "\"entry\" : \"pack.json\" | \"entry\" : \"other.json\"",
        "\"size\" : 200 | \"size\" : -1",
        "\"size\" : 200 | \"size\" : 9223372036854775807",
        "\"size\" : 200 | \"size\" : 9223372036854775808",
        "\"probeSeconds\" : 60 | \"probeSeconds\" : 0",
        "\"counter\" : 1 | \"counter\" : 0",
        "\"counter\" : 1 | \"counter\" : \"1\"",
        "\"pack\" : \"emoji\" | \"pack\" : \"../emoji\"",
        "\"0.4.9\" | \"newest\""
      })
  void mixAndMatchAndPathsOutOfThePack(String old, String wrong) {
    String good = new String(release(1).json(), StandardCharsets.UTF_8);
    String bad = good.replaceFirst(Pattern.quote(old), Matcher.quoteReplacement(wrong));
    assertThat(bad).isNotEqualTo(good);

    refused(
        Reason.MALFORMED,
        Envelope.of(Release.TYPE, bad.getBytes(StandardCharsets.UTF_8)).signedBy(KEY),
        "");
  }

  @Test
  void keysAreNotTakenForAReleaseNorItsBytesReadUnsigned() {
    refused(
        Reason.WRONG_TYPE, Envelope.of(AuthorityKeys.TYPE, authority.json()).signedBy(KEY), "keys");
    refused(
        Reason.UNKNOWN_KEY,
        Envelope.of(Release.TYPE, "not even JSON".getBytes(StandardCharsets.UTF_8)).signedBy(THIEF),
        "acme");
  }

  @Test
  void aBoxWithoutAuthoritiesTakesNothing() {
    assertThatThrownBy(
            () ->
                new ReleaseCheck(List.of(), name -> Optional.empty(), box, BUILT)
                    .check(signed(release(1)), now))
        .hasMessageContaining("trusts nobody");
  }

  private Accepted check(Envelope envelope) {
    return new ReleaseCheck(
            List.of(authority), name -> Optional.ofNullable(taken.get(name)), box, BUILT)
        .check(Envelope.parse(envelope.json()), now);
  }

  private void refused(Reason reason, Envelope envelope, String saying) {
    Map<String, @Nullable Taken> before = Map.copyOf(taken);
    assertThatThrownBy(() -> check(envelope))
        .isInstanceOfSatisfying(
            UpdateException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .hasMessageContaining(saying);
    assertThat(taken).isEqualTo(before);
  }

  private static AuthorityKeys acme(long epoch, String expires) {
    return new AuthorityKeys(1, "acme", epoch, epoch, expires, role(1, ROOT), role(1, KEY));
  }

  private static KeyRole role(int threshold, SigningKey... keys) {
    return new KeyRole(
        threshold, Stream.of(keys).map(key -> key.verificationKey().text()).toList());
  }

  private static Release release(long counter) {
    return new Release(
        1,
        "emoji",
        "0.2." + counter,
        counter,
        "2027-06-30T00:00:00Z",
        new Compatibility(List.of("BM1684X"), List.of("bm1684x"), "0.4.9"),
        new Requirements(100, 250),
        List.of(
            new ReleaseFile("pack.json", 100, DIGEST), new ReleaseFile("unet.onnx", 200, DIGEST)),
        "pack.json",
        60);
  }

  private static Release with(Release release, UnaryOperator<String> change) {
    return Release.read(
        change
            .apply(new String(release.json(), StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Envelope envelope(Release release) {
    return Envelope.of(Release.TYPE, release.json());
  }

  private static Envelope signed(Release release) {
    return envelope(release).signedBy(KEY);
  }
}
