package io.airbox.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.daemon.tls.CertificateDescription.Source;
import io.airbox.daemon.tls.InetNames.LocalAddress;
import io.airbox.daemon.tls.InetNames.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoxTlsTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path data;

  private Instant now = START;
  private String hostName = "airbox-7";
  private final List<LocalAddress> addresses = new ArrayList<>();

  private Path folder() {
    return data.resolve("keys");
  }

  private Path file(String name) {
    return folder().resolve(name);
  }

  private BoxTls open(String... configured) {
    return BoxTls.open(
        folder(), () -> new Snapshot(hostName, addresses), List.of(configured), () -> now);
  }

  private void address(String network, String literal) throws UnknownHostException {
    addresses.add(new LocalAddress(network, InetAddress.getByName(literal)));
  }

  private static X509Certificate leaf(BoxTls tls) {
    return tls.identity().orElseThrow().leaf();
  }

  private static Fingerprint key(BoxTls tls) {
    return tls.description().orElseThrow().publicKeySha256();
  }

  private static List<String> names(BoxTls tls) {
    return tls.description().orElseThrow().names();
  }

  @Test
  void aFirstStartMakesAKeyAndACertificateForItsNames() throws Exception {
    address("eth0", "192.168.150.1");
    address("eth0", "2001:db8::7");
    BoxTls tls = open("Box.Example.ORG", "10.0.0.9");
    X509Certificate leaf = leaf(tls);
    assertThat(names(tls))
        .containsExactly(
            "airbox-7",
            "airbox-7.local",
            "localhost",
            "127.0.0.1",
            "::1",
            "box.example.org",
            "10.0.0.9",
            "192.168.150.1",
            "2001:db8::7");
    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=airbox-7");
    assertThat(leaf.getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    assertThat(leaf.getNotAfter()).isEqualTo(START.plus(Duration.ofDays(397)));
    assertThat(leaf.getNotBefore()).isBefore(START.minus(Duration.ofDays(365)));
    assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(127);
    leaf.verify(leaf.getPublicKey());
    assertThat(tls.whyOff()).isEmpty();
  }

  @Test
  void aChangeOfTheNetworkIsNamedBeforeItComes() throws Exception {
    address("eth0", "192.168.150.1");
    BoxTls tls = open();
    Fingerprint key = key(tls);

    assertThat(tls.expect(List.of("192.168.1.10", "no name!", "fd00::1", "box.local"))).isTrue();
    assertThat(names(tls)).contains("192.168.150.1", "192.168.1.10", "fd00::1", "box.local");
    assertThat(key(tls)).isEqualTo(key);
    assertThat(tls.expect(List.of("192.168.1.10"))).as("it names that already").isFalse();

    address("eth1", "10.0.0.77");
    assertThat(tls.expect(List.of("192.168.1.10"))).as("what DHCP has given meanwhile").isTrue();
    assertThat(names(tls)).contains("10.0.0.77");
    assertThat(tls.expect(List.of())).isFalse();
    assertThat(tls.follow()).as("what has gone stays until something else is new").isFalse();
  }

  @Test
  void theKeyIsPrivateAndItsFolderToo() throws IOException {
    open();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(BoxTls.KEY))))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file(BoxTls.KEY))).startsWith("-----BEGIN PRIVATE KEY-----\n");
  }

  @Test
  void aKeyThatOthersCanReadIsClosedToThem() throws IOException {
    open();
    Files.setPosixFilePermissions(file(BoxTls.KEY), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(open().identity()).isPresent();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(BoxTls.KEY))))
        .isEqualTo("rw-------");
  }

  @Test
  void anotherStartServesTheSameCertificate() {
    X509Certificate first = leaf(open());
    now = START.plus(Duration.ofDays(100));
    assertThat(leaf(open())).isEqualTo(first);
  }

  @Test
  void theDescriptionIsWhatIsServed() {
    BoxTls tls = open();
    TlsIdentity identity = tls.identity().orElseThrow();
    CertificateDescription description = tls.description().orElseThrow();
    assertThat(description)
        .returns(Source.OWN, CertificateDescription::source)
        .returns(identity.leaf().getNotAfter().toInstant(), CertificateDescription::notAfter)
        .returns(Fingerprint.ofCertificate(identity.leaf()), CertificateDescription::sha256)
        .returns(List.of(), CertificateDescription::warnings);
    assertThat(description.sha256()).isNotEqualTo(description.publicKeySha256());
    assertThat(description.pem()).isEqualTo(TlsIdentity.pem(identity.chain()));
    assertThat(identity).asString().doesNotContain("PRIVATE").contains(description.sha256().text());
  }

  @Test
  void aNewAddressCountsWhenTwoLooksSeeItAndTheKeyStays() throws Exception {
    BoxTls tls = open();
    X509Certificate first = leaf(tls);
    Fingerprint key = key(tls);
    address("eth0", "192.168.150.1");
    assertThat(tls.follow()).isFalse();
    assertThat(tls.follow()).isTrue();
    assertThat(names(tls)).contains("192.168.150.1");
    assertThat(key(tls)).isEqualTo(key);
    assertThat(leaf(tls).getSerialNumber()).isNotEqualTo(first.getSerialNumber());
    assertThat(tls.follow()).isFalse();
    assertThat(leaf(open())).as("kept").isEqualTo(leaf(tls));
  }

  @Test
  void anAddressThatComesAndGoesChangesNothing() throws Exception {
    BoxTls tls = open();
    for (int i = 1; i < 5; i++) {
      addresses.clear();
      address("eth0", "192.168.150." + i);
      assertThat(tls.follow()).as("look " + i).isFalse();
    }
  }

  @Test
  void aNameThatWentAwayStaysUntilAnotherIsNew() throws Exception {
    address("eth0", "192.168.150.1");
    BoxTls tls = open();
    addresses.clear();
    assertThat(tls.follow()).isFalse();
    assertThat(tls.follow()).isFalse();
    hostName = "kitchen";
    assertThat(tls.follow()).isFalse();
    assertThat(tls.follow()).isTrue();
    assertThat(names(tls)).startsWith("kitchen", "kitchen.local").doesNotContain("192.168.150.1");
  }

  @Test
  void aCertificateThatRunsOutIsMadeAgainInTime() {
    BoxTls tls = open();
    Fingerprint key = key(tls);
    now = START.plus(Duration.ofDays(366));
    assertThat(tls.follow()).isFalse();
    now = START.plus(Duration.ofDays(368));
    assertThat(tls.follow()).isTrue();
    assertThat(leaf(tls).getNotAfter()).isEqualTo(now.plus(OwnCertificate.LIFETIME));
    assertThat(key(tls)).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1970-01-01T00:00:00Z", "2018-01-28T15:58:00Z", "2037-12-31T23:59:59Z"})
  void aClockThatWasWrongAtTheFirstStartIsMended(String wrong) throws Exception {
    now = Instant.parse(wrong);
    BoxTls tls = open();
    Fingerprint key = key(tls);
    leaf(tls).checkValidity(java.util.Date.from(now));
    now = START;
    assertThat(tls.follow()).isTrue();
    leaf(tls).checkValidity(java.util.Date.from(now));
    assertThat(tls.follow()).isFalse();
    assertThat(key(tls)).isEqualTo(key);
  }

  @Test
  void aDamagedCertificateIsMadeAgainWithTheSameKey() throws IOException {
    Fingerprint key = key(open());
    for (String damage :
        List.of("", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")) {
      Files.writeString(file(BoxTls.CERTIFICATE), damage);
      BoxTls tls = open();
      assertThat(key(tls)).isEqualTo(key);
      assertThat(leaf(open())).isEqualTo(leaf(tls));
    }
  }

  @Test
  void aCertificateOfAnotherKeyIsMadeAgain() throws IOException {
    BoxTls other = BoxTls.open(data, () -> new Snapshot("x", List.of()), List.of(), () -> now);
    Fingerprint key = key(open());
    Files.writeString(file(BoxTls.CERTIFICATE), other.description().orElseThrow().pem());
    assertThat(key(open())).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "-----BEGIN PRIVATE KEY-----\nMIIB",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
      })
  void aDamagedKeyTurnsTlsOffInsteadOfChangingIt(String damage) throws IOException {
    BoxTls first = open();
    String good = Files.readString(file(BoxTls.KEY));
    Files.writeString(file(BoxTls.KEY), damage);
    BoxTls tls = open();
    assertThat(tls.identity()).isEmpty();
    assertThat(tls.description()).isEmpty();
    assertThat(tls.whyOff())
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .contains(
                        file(BoxTls.KEY).toString(), "backup", "new identity", BoxTls.CERTIFICATE));
    assertThat(tls.follow()).isFalse();
    assertThat(Files.readString(file(BoxTls.KEY))).isEqualTo(damage);
    Files.writeString(file(BoxTls.KEY), good);
    assertThat(tls.follow()).as("mended while running").isTrue();
    assertThat(leaf(tls)).isEqualTo(leaf(first));
  }

  @Test
  void aKeyThatIsLostIsNotReplacedByItself() throws IOException {
    Fingerprint key = key(open());
    Files.delete(file(BoxTls.KEY));
    BoxTls tls = open();
    assertThat(tls.whyOff()).hasValueSatisfying(why -> assertThat(why).contains("is missing"));
    Files.delete(file(BoxTls.CERTIFICATE));
    assertThat(tls.follow()).as("the remedy that the message names").isTrue();
    assertThat(key(tls)).isNotEqualTo(key);
  }

  @Test
  void aPowerCutBetweenKeyAndCertificateIsMended() throws IOException {
    Fingerprint key = key(open());
    Files.delete(file(BoxTls.CERTIFICATE));
    Files.writeString(file(BoxTls.CERTIFICATE + ".tmp"), "-----BEGIN CERT");
    assertThat(key(open())).isEqualTo(key);
    try (var files = Files.list(folder())) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(BoxTls.KEY, BoxTls.CERTIFICATE);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenTurnsTlsOffWithTheReason() throws IOException {
    Files.writeString(folder(), "in the way");
    BoxTls tls = open();
    assertThat(tls.whyOff())
        .hasValueSatisfying(
            why -> assertThat(why).contains(folder().toString(), "a file is in the way"));
    Files.delete(folder());
    assertThat(tls.follow()).isTrue();
  }

  @Test
  void aCertificateThatCannotBeKeptIsServedAllTheSame() throws IOException {
    BoxTls tls = open();
    Files.createDirectory(file(BoxTls.CERTIFICATE + ".tmp"));
    Files.createFile(file(BoxTls.CERTIFICATE + ".tmp").resolve("in the way"));
    now = START.plus(Duration.ofDays(390));
    assertThat(tls.follow()).isTrue();
    assertThat(leaf(tls).getNotAfter()).isEqualTo(now.plus(OwnCertificate.LIFETIME));
  }

  @Test
  void aConfiguredNameHasToBeOne() {
    assertThatThrownBy(() -> open("no name"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DNS name");
  }
}
