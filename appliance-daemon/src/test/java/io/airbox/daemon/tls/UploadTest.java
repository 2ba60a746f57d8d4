package io.airbox.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.daemon.tls.CertificateDescription.Source;
import io.airbox.daemon.tls.Issuer.Recipe;
import io.airbox.daemon.tls.TlsException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadTest {
  private static final Instant START = Issuer.NOW;

  @TempDir Path data;

  private Instant now = START;

  private Path file(String name) {
    return data.resolve(name);
  }

  private BoxTls open() {
    return BoxTls.open(
        data, () -> new InetNames.Snapshot("airbox", List.of()), List.of(), () -> now);
  }

  private static TlsException refusal(String chain, String key) {
    return catchThrowableOfType(TlsException.class, () -> UploadedChain.read(chain, key, START));
  }

  private static List<String> subjects(TlsIdentity identity) {
    return identity.chain().stream()
        .map(certificate -> certificate.getSubjectX500Principal().getName())
        .toList();
  }

  @Test
  void aChainInAnyOrderIsServedLeafFirstWithoutItsRoot() throws Exception {
    Issuer root = Issuer.root("Root");
    Issuer one = root.authority("One");
    Issuer two = one.authority("Two");
    Issuer leaf = two.leaf(recipe -> {});
    for (String chain :
        List.of(
            Issuer.pem(leaf, two, one),
            Issuer.pem(root, one, two, leaf),
            Issuer.pem(two, leaf, leaf, root, one, two),
            "subject=CN = box\r\n"
                + Issuer.pem(leaf, two, one, Issuer.root("Other")).replace("\n", "\r\n"))) {
      assertThat(subjects(UploadedChain.read(chain, leaf.keyPem(), START)))
          .containsExactly("CN=box", "CN=Two", "CN=One");
    }
  }

  @Test
  void aSelfSignedLeafAloneIsTheOwnersChoice() throws Exception {
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    assertThat(subjects(UploadedChain.read(Issuer.pem(leaf), leaf.keyPem(), START)))
        .containsExactly("CN=box");
  }

  @ParameterizedTest
  @CsvSource({
    "rsa-2048.pem, rsa-2048.pem, SHA256withRSA",
    "rsa-2048.pem, rsa-2048-pkcs1.pem, SHA512withRSA",
    "rsa-2048.pem, rsa-2048.pem, PSS with SHA-256",
    "ec-p256.pem, ec-p256.pem, SHA256withECDSA",
    "ec-p256.pem, ec-p256-sec1.pem, SHA384withECDSA",
    "ec-p384.pem, ec-p384.pem, SHA384withECDSA",
    "ec-p521.pem, ec-p521.pem, SHA512withECDSA"
  })
  void keysAreTakenAsOpenSslWritesThem(String pair, String written, String signature)
      throws Exception {
    KeyPair keys = Issuer.fixture(pair);
    Issuer leaf =
        Issuer.selfSigned(
            "box",
            recipe -> {
              recipe.keys = keys;
              recipe.signature = signature;
            });
    TlsIdentity identity = UploadedChain.read(Issuer.pem(leaf), Issuer.text(written), START);
    assertThat(TlsIdentity.belongTogether(identity.privateKey(), keys.getPublic())).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rsa-2048-encrypted.pem | is encrypted",
        "rsa-2048-pkcs1-encrypted.pem | openssl pkey -in KEY -out plain.pem",
        "ed25519.pem | Ed25519 key, which no browser accepts",
        "rsa-pss.pem | PSS alone",
        "ec-secp256k1-sec1.pem | not on the curve P-256",
        "ec-explicit-sec1.pem | not on the curve P-256"
      })
  void otherKeysAreRefusedWithTheReason(String file, String reason) throws Exception {
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    assertThat(refusal(Issuer.pem(leaf), Issuer.text(file)))
        .returns(Reason.KEY_REFUSED, TlsException::reason)
        .returns("key", error -> error.field().orElseThrow())
        .hasMessageContaining(reason);
  }

  static Stream<Arguments> saysWhatIsWrongWithAKeyText() throws Exception {
    String key = Issuer.text("ec-p256.pem");
    return Stream.of(
        Arguments.of("", "holds nothing in PEM"),
        Arguments.of(key + key, "holds 2 things"),
        Arguments.of(key.substring(0, 120), "has no end; was it cut off?"),
        Arguments.of(key.replace("M", "*"), "line 1 is not base64"),
        Arguments.of(key.replace("PRIVATE", "PUBLIC"), "is a PUBLIC KEY; wanted is"),
        Arguments.of(key.replace("PRIVATE KEY", "RSA PRIVATE KEY"), "was it damaged"),
        Arguments.of(key.replace("PRIVATE KEY", "EC PRIVATE KEY"), "was it damaged"),
        Arguments.of("x".repeat(40_000), "longer than 32 KiB"));
  }

  @ParameterizedTest
  @MethodSource
  void saysWhatIsWrongWithAKeyText(String key, String reason) throws Exception {
    assertThat(refusal(Issuer.pem(Issuer.root("x")), key))
        .returns(Reason.KEY_REFUSED, TlsException::reason)
        .hasMessageContaining(reason);
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    for (String other : List.of("ec-p256.pem", "ec-p384.pem", "rsa-2048.pem")) {
      assertThat(refusal(Issuer.pem(leaf), Issuer.text(other)))
          .returns(Reason.KEY_REFUSED, TlsException::reason)
          .hasMessageContaining("belongs to no certificate of the chain")
          .hasMessageContaining("certificate 1 (CN=box)");
    }
  }

  static Stream<Arguments> saysWhatIsWrongWithALeaf() {
    return Stream.of(
        leaf(r -> r.to = START.minusSeconds(1), "expired on 2026-11-23T09:59:59Z"),
        leaf(r -> r.to = START.minusSeconds(1), "the box's clock says 2026-11-23T10:00:00Z"),
        leaf(r -> r.from = START.plusSeconds(1), "is not valid before 2026-11-23T10:00:01Z"),
        leaf(r -> r.signature = "SHA1withECDSA", "is signed with SHA1withECDSA"),
        leaf(r -> r.usage = new KeyUsage(KeyUsage.keyAgreement), "may not sign"),
        leaf(r -> r.purpose = KeyPurposeId.id_kp_clientAuth, "is not for a server"),
        leaf(r -> r.name = null, "names no host"),
        leaf(r -> r.unknownExtension = "1.2.3.4", "a critical extension"));
  }

  private static Arguments leaf(Consumer<Recipe> change, String reason) {
    return Arguments.of(change, reason);
  }

  @ParameterizedTest
  @MethodSource
  void saysWhatIsWrongWithALeaf(Consumer<Recipe> change, String reason) throws Exception {
    Issuer issuer = Issuer.root("Root");
    Issuer leaf = issuer.leaf(change);
    assertThat(refusal(Issuer.pem(leaf, issuer), leaf.keyPem()))
        .returns(Reason.CHAIN_REFUSED, TlsException::reason)
        .returns("chain", error -> error.field().orElseThrow())
        .hasMessageContaining("certificate 1 (CN=box)")
        .hasMessageContaining(reason);
  }

  @Test
  void purposesAreTakenAsRfc5280MeansThem() throws Exception {
    Issuer issuer = Issuer.root("Root");
    Issuer any = issuer.leaf(recipe -> recipe.purpose = KeyPurposeId.anyExtendedKeyUsage);
    Issuer none =
        issuer.leaf(
            recipe -> {
              recipe.purpose = null;
              recipe.usage = null;
              recipe.constraints = null;
            });
    for (Issuer leaf : List.of(any, none)) {
      assertThat(UploadedChain.read(Issuer.pem(leaf), leaf.keyPem(), START).leaf())
          .isEqualTo(leaf.certificate);
    }
  }

  @Test
  void aShortRsaKeyIsRefused() throws Exception {
    KeyPair keys = Issuer.fixture("rsa-1024.pem");
    Issuer leaf =
        Issuer.selfSigned(
            "box",
            recipe -> {
              recipe.keys = keys;
              recipe.signature = "SHA256withRSA";
            });
    assertThat(refusal(Issuer.pem(leaf), Issuer.text("rsa-1024.pem")))
        .returns(Reason.CHAIN_REFUSED, TlsException::reason)
        .hasMessageContaining("RSA key of 1024 bits; 2048 to 8192");
  }

  @Test
  void signaturesOfOldAreRefusedWithRsaToo() throws Exception {
    KeyPair keys = Issuer.fixture("rsa-2048.pem");
    for (String old : List.of("MD5withRSA", "SHA1withRSA", "PSS with SHA-1")) {
      Issuer leaf =
          Issuer.selfSigned(
              "box",
              recipe -> {
                recipe.keys = keys;
                recipe.signature = old;
              });
      assertThat(refusal(Issuer.pem(leaf), Issuer.text("rsa-2048.pem")))
          .returns(Reason.CHAIN_REFUSED, TlsException::reason)
          .hasMessageContaining("which clients refuse");
    }
  }

  @Test
  void aChainWhoseLinksDoNotHoldIsRefused() throws Exception {
    Issuer root = Issuer.root("Root");
    Issuer one = root.authority("One");
    Issuer leaf = one.authority("Two").leaf(recipe -> {});
    assertThat(refusal(Issuer.pem(leaf, one), leaf.keyPem()))
        .returns(Reason.CHAIN_REFUSED, TlsException::reason)
        .hasMessageContaining("certificate 2 (CN=One) a link that does not hold")
        .hasMessageContaining("between it and certificate 1 (CN=box)");
  }

  /** The names match, the signature does not. */
  @Test
  void anAuthorityOfTheSameNameIsNotTheAuthority() throws Exception {
    Issuer root = Issuer.root("Root");
    Issuer leaf = root.authority("One").leaf(recipe -> {});
    Issuer impostor = root.authority("One");
    assertThat(refusal(Issuer.pem(leaf, impostor), leaf.keyPem()))
        .returns(Reason.CHAIN_REFUSED, TlsException::reason);
  }

  @Test
  void whatIsNoAuthorityMayNotVouch() throws Exception {
    Issuer root = Issuer.root("Root");
    Issuer middle = root.leaf(recipe -> {});
    Issuer below = middle.leaf(recipe -> {});
    assertThat(refusal(Issuer.pem(below, middle), below.keyPem()))
        .returns(Reason.CHAIN_REFUSED, TlsException::reason)
        .hasMessageContaining("may not vouch");
  }

  @Test
  void anAuthorityVouchesNoDeeperThanItMay() throws Exception {
    Issuer root = Issuer.root("Root");
    Issuer shallow =
        root.leaf(
            recipe -> {
              Issuer.authority(recipe);
              recipe.constraints = new BasicConstraints(0);
            });
    Issuer two = shallow.authority("Two");
    Issuer direct = shallow.leaf(recipe -> {});
    Issuer deeper = two.leaf(recipe -> {});
    assertThat(subjects(UploadedChain.read(Issuer.pem(direct, shallow), direct.keyPem(), START)))
        .hasSize(2);
    assertThat(refusal(Issuer.pem(deeper, two, shallow), deeper.keyPem()))
        .hasMessageContaining("certificate 3")
        .hasMessageContaining("may not vouch");
  }

  static Stream<Arguments> saysWhatIsWrongWithAChainText() throws Exception {
    String good = Issuer.pem(Issuer.root("x"));
    return Stream.of(
        Arguments.of("", "holds no certificate in PEM"),
        Arguments.of(Issuer.text("ec-p256.pem"), "has a PRIVATE KEY as its block 1"),
        Arguments.of(good.substring(0, 200), "has no end"),
        Arguments.of(good.replace("M", "é"), "is not base64"),
        Arguments.of(Pem.write(Pem.CERTIFICATE, new byte[50]), "not an X.509 certificate"),
        Arguments.of(good.repeat(11), "holds 11 certificates"),
        Arguments.of(good.repeat(1000), "longer than 128 KiB"));
  }

  @ParameterizedTest
  @MethodSource
  void saysWhatIsWrongWithAChainText(String chain, String reason) throws Exception {
    assertThat(refusal(chain, Issuer.text("ec-p256.pem")))
        .returns(Reason.CHAIN_REFUSED, TlsException::reason)
        .hasMessageContaining(reason);
  }

  @Property(tries = 500)
  void anyTextIsAChainOrARefusal(@ForAll String chain, @ForAll String key) {
    assertThatThrownBy(() -> UploadedChain.read(chain, key, START))
        .isInstanceOf(TlsException.class);
  }

  @Provide
  Arbitrary<String> labels() {
    return Arbitraries.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE");
  }

  @Property(tries = 1000)
  void anyBytesInPemAreAKeyOrARefusal(@ForAll byte[] bytes, @ForAll("labels") String label) {
    assertThatThrownBy(() -> UploadedKey.read(Pem.write(label, bytes)))
        .isInstanceOf(TlsException.class);
    assertThatThrownBy(
            () ->
                UploadedChain.read(
                    Pem.write("CERTIFICATE", bytes), Issuer.text("ec-p256.pem"), START))
        .isInstanceOf(TlsException.class);
  }

  @Property(tries = 1000)
  void aChangedByteIsAnIdentityOrARefusal(
      @ForAll @IntRange(max = 5000) int at, @ForAll byte value, @ForAll boolean inKey)
      throws Exception {
    Changed changed = Changed.INSTANCE;
    byte[] key = changed.leaf.key.getEncoded();
    byte[] certificate = changed.leaf.certificate.getEncoded();
    byte[] target = inKey ? key : certificate;
    target[at % target.length] = value;
    try {
      UploadedChain.read(
          Pem.write(Pem.CERTIFICATE, certificate), Pem.write(Pem.PRIVATE_KEY, key), START);
    } catch (TlsException expected) {
      assertThat(expected.field()).isPresent();
    }
  }

  /** One leaf for all tries. */
  private enum Changed {
    INSTANCE;

    final Issuer leaf;

    Changed() {
      try {
        leaf = Issuer.selfSigned("box", recipe -> {});
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Sequences in sequences, as deep as the size allows: parsers that recurse run out of stack. */
  @ParameterizedTest
  @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"})
  void deepNestingIsARefusal(String label) throws Exception {
    byte[] deep = new byte[23_000];
    for (int at = 0; at + 4 <= deep.length; at += 4) {
      int rest = deep.length - at - 4;
      deep[at] = 0x30;
      deep[at + 1] = (byte) 0x82;
      deep[at + 2] = (byte) (rest >> 8);
      deep[at + 3] = (byte) rest;
    }
    byte[] indefinite = new byte[23_000];
    for (int at = 0; at < indefinite.length; at++) {
      indefinite[at] = (byte) (at % 2 == 0 ? 0x30 : 0x80);
    }
    byte[] inside = indefinite.clone();
    System.arraycopy(deep, 0, inside, 0, 4);
    for (byte[] bytes : List.of(deep, indefinite, inside)) {
      String key =
          label.equals(Pem.CERTIFICATE) ? Issuer.text("ec-p256.pem") : Pem.write(label, bytes);
      assertThat(refusal(Pem.write(Pem.CERTIFICATE, bytes), key)).isNotNull();
    }
  }

  @Test
  void noRefusalRepeatsAnythingOfAKey() throws Exception {
    String secret = Issuer.text("rsa-2048.pem");
    List<String> lines = secret.lines().filter(line -> !line.startsWith("-")).toList();
    Random random = new Random(1);
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    for (int i = 0; i < 100; i++) {
      char[] changed = secret.toCharArray();
      changed[random.nextInt(changed.length)] = "*A\n:-".charAt(i % 5);
      TlsException refusal = refusal(Issuer.pem(leaf), new String(changed));
      assertThat(refusal).hasNoCause();
      assertThat(lines).noneMatch(line -> refusal.getMessage().contains(line.substring(0, 8)));
    }
  }

  @Test
  void anUploadedChainIsServedAtOnceAndAfterAnotherStart() throws Exception {
    BoxTls tls = open();
    Fingerprint own = tls.description().orElseThrow().publicKeySha256();
    Issuer root = Issuer.root("Root");
    Issuer leaf = root.leaf(recipe -> {});
    CertificateDescription description = tls.install(Issuer.pem(leaf), leaf.keyPem());
    assertThat(description)
        .returns(Source.UPLOADED, CertificateDescription::source)
        .returns(List.of("box.example.org"), CertificateDescription::names)
        .returns(List.of(), CertificateDescription::warnings);
    assertThat(tls.description()).contains(description);
    assertThat(open().description()).contains(description);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(BoxTls.UPLOADED))))
        .isEqualTo("rw-------");
    assertThat(tls.reset())
        .returns(Source.OWN, CertificateDescription::source)
        .returns(own, CertificateDescription::publicKeySha256);
    assertThat(file(BoxTls.UPLOADED)).doesNotExist();
    assertThat(open().description()).isEqualTo(tls.description());
  }

  @Test
  void aRefusedUploadChangesNothing() throws Exception {
    BoxTls tls = open();
    TlsIdentity before = tls.identity().orElseThrow();
    Issuer leaf = Issuer.selfSigned("box", recipe -> recipe.name = null);
    assertThatThrownBy(() -> tls.install(Issuer.pem(leaf), leaf.keyPem()))
        .isInstanceOf(TlsException.class);
    assertThat(tls.identity()).containsSame(before);
    assertThat(file(BoxTls.UPLOADED)).doesNotExist();
  }

  @Test
  void anUploadThatCannotBeKeptIsNotServed() throws Exception {
    BoxTls tls = open();
    TlsIdentity before = tls.identity().orElseThrow();
    Files.createDirectories(file(BoxTls.UPLOADED).resolve("in the way"));
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    assertThatThrownBy(() -> tls.install(Issuer.pem(leaf), leaf.keyPem()))
        .isInstanceOfSatisfying(
            TlsException.class,
            error -> assertThat(error.reason()).isEqualTo(Reason.STORAGE_FAULT));
    assertThat(tls.identity()).containsSame(before);
  }

  /** Another key would look like an attack to whoever trusts the chain's authority. */
  @Test
  void aChainThatRunsOutIsServedOnWithAWarning() throws Exception {
    BoxTls tls = open();
    Issuer leaf = Issuer.root("Root").leaf(recipe -> {});
    tls.install(Issuer.pem(leaf), leaf.keyPem());
    now = START.plus(Duration.ofDays(61));
    assertThat(tls.follow()).isFalse();
    assertThat(tls.description().orElseThrow().warnings())
        .singleElement()
        .asString()
        .contains("CN=box", "expires on 2027-02-21T10:00:00Z");
    now = START.plus(Duration.ofDays(91));
    assertThat(tls.follow()).isFalse();
    assertThat(open().description().orElseThrow())
        .returns(Source.UPLOADED, CertificateDescription::source)
        .extracting(CertificateDescription::warnings)
        .asString()
        .contains("expired on", "airbox certificate install");
  }

  @Test
  void aCurveThatBrowsersRefuseIsWarnedAbout() throws Exception {
    KeyPair keys = Issuer.fixture("ec-p521.pem");
    Issuer leaf =
        Issuer.selfSigned(
            "box",
            recipe -> {
              recipe.keys = keys;
              recipe.signature = "SHA512withECDSA";
            });
    assertThat(open().install(Issuer.pem(leaf), leaf.keyPem()).warnings())
        .singleElement()
        .asString()
        .contains("P-521");
  }

  /** What the disk can hold after a cut: the file before, and any part of the one being written. */
  @Test
  void aPowerCutDuringAnUploadLeavesTheOldPairOrTheNewOne() throws Exception {
    Issuer root = Issuer.root("Root");
    Issuer old = root.leaf(recipe -> {});
    Issuer next = root.leaf(recipe -> {});
    BoxTls tls = open();
    tls.install(Issuer.pem(old), old.keyPem());
    byte[] before = Files.readAllBytes(file(BoxTls.UPLOADED));
    tls.install(Issuer.pem(next), next.keyPem());
    byte[] after = Files.readAllBytes(file(BoxTls.UPLOADED));
    Path unfinished = file(BoxTls.UPLOADED + ".tmp");
    for (int length = 0; length <= after.length; length += 97) {
      Files.write(file(BoxTls.UPLOADED), before);
      Files.write(unfinished, Arrays.copyOf(after, length));
      assertThat(open().identity().orElseThrow().leaf()).isEqualTo(old.certificate);
      assertThat(unfinished).as("holds part of a key").doesNotExist();
    }
    Files.write(file(BoxTls.UPLOADED), after);
    assertThat(open().identity().orElseThrow().leaf()).isEqualTo(next.certificate);
  }

  /** Only a failing disk makes a part of the file; then nothing is served in its place. */
  @Test
  void aDamagedUploadTurnsTlsOffUntilThePresentOwnerMendsIt() throws Exception {
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    open().install(Issuer.pem(leaf), leaf.keyPem());
    byte[] whole = Files.readAllBytes(file(BoxTls.UPLOADED));
    for (int length = 0; length < whole.length - 1; length += 61) {
      Files.write(file(BoxTls.UPLOADED), Arrays.copyOf(whole, length));
      BoxTls tls = open();
      assertThat(tls.identity()).as(length + " bytes").isEmpty();
      assertThat(tls.whyOff().orElseThrow())
          .contains(file(BoxTls.UPLOADED).toString(), "certificate install", "certificate reset");
    }
    BoxTls tls = open();
    assertThat(tls.reset().source()).isEqualTo(Source.OWN);
    assertThat(tls.whyOff()).isEmpty();
  }

  @Test
  void anUploadIsServedWhileTheOwnKeyIsDamagedAndResetSaysSo() throws Exception {
    BoxTls tls = open();
    Files.writeString(file(BoxTls.KEY), "damaged");
    Issuer leaf = Issuer.selfSigned("box", recipe -> {});
    tls.install(Issuer.pem(leaf), leaf.keyPem());
    assertThatThrownBy(tls::reset)
        .isInstanceOfSatisfying(
            TlsException.class, error -> assertThat(error.reason()).isEqualTo(Reason.DAMAGED))
        .hasMessageContaining(BoxTls.KEY);
    assertThat(tls.identity().orElseThrow().leaf()).isEqualTo(leaf.certificate);
    assertThat(open().identity().orElseThrow().leaf()).isEqualTo(leaf.certificate);
  }
}
