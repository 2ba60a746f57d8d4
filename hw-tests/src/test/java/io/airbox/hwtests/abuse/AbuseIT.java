package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script of abuses, in the order in which a box lives: before it has an owner, then with one.
 * Two normal clients make pictures from its first line to its last; what the attackers have left
 * behind is looked at afterwards.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AbuseIT {
  private static final int CONNECTIONS_OF_ADDRESS = 64;
  private static final int CONNECTIONS = 400;

  @TempDir static Path folder;
  private static Box box;
  private static Aftermath aftermath;
  private static Aftermath.Held before;
  private static final List<NormalClient> CLIENTS = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    // open to all, so that only what the daemon itself protects is protected
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path sockets = Files.createDirectory(folder.resolve("sockets"));
    Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path data = Files.createDirectory(folder.resolve("data"));
    box =
        new Box(
            data,
            sockets,
            Map.ofEntries(
                Map.entry("http.port", "0"),
                Map.entry("https.port", "0"),
                Map.entry("http.body.limit", "1MB"),
                Map.entry("http.read.timeout", "1s"),
                Map.entry("http.idle.timeout", "4s"),
                Map.entry("http.stall.timeout", "2s"),
                Map.entry("http.sse.heartbeat", "500ms"),
                Map.entry("http.connections.address.limit", "" + CONNECTIONS_OF_ADDRESS),
                Map.entry("http.connections.limit", "" + CONNECTIONS),
                Map.entry("socket.dir", sockets.toString()),
                Map.entry("helper.socket", folder.resolve("no-helper.sock").toString())));
    aftermath = new Aftermath(box);
    CLIENTS.add(
        new NormalClient(
            "guest", box.process().address(), box.client(), null, Duration.ofMillis(2500)));
  }

  @AfterAll
  static void stop() {
    CLIENTS.forEach(NormalClient::close);
    box.close();
  }

  @AfterEach
  void picturesKeepComing() {
    CLIENTS.forEach(NormalClient::check);
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> claims() {
    return new ClaimAbuses(box).all();
  }

  /** From here on the box has an owner, and a user who makes pictures over TLS. */
  @Test
  @Order(2)
  void aUserMovesIn() throws IOException, InterruptedException {
    Box.Key key = box.key("user");
    CLIENTS.add(
        new NormalClient(
            "user",
            URI.create("https://127.0.0.1:" + box.tls().getPort() + "/"),
            box.client(),
            key.text(),
            Duration.ofMillis(250)));
    before = aftermath.held();
  }

  @TestFactory
  @Order(10)
  Stream<DynamicTest> cookies() {
    return new SessionAbuses(box).cookies();
  }

  @TestFactory
  @Order(11)
  Stream<DynamicTest> otherSites() {
    return new SessionAbuses(box).otherSites();
  }

  @TestFactory
  @Order(20)
  Stream<DynamicTest> lowerRoles() {
    return new KeyAbuses(box).lowerRoles();
  }

  @TestFactory
  @Order(21)
  Stream<DynamicTest> wrongKeys() {
    return new KeyAbuses(box).wrongKeys();
  }

  @TestFactory
  @Order(22)
  Stream<DynamicTest> limitsOfKeys() {
    return new KeyAbuses(box).limits();
  }

  @TestFactory
  @Order(23)
  Stream<DynamicTest> strangersThings() {
    return new GuestAbuses(box).strangersThings();
  }

  @TestFactory
  @Order(24)
  Stream<DynamicTest> otherUsersOfTheMachine() {
    return new LocalAbuses(box).all();
  }

  @TestFactory
  @Order(30)
  Stream<DynamicTest> hosts() {
    return new HttpAbuses(box).hosts();
  }

  @TestFactory
  @Order(31)
  Stream<DynamicTest> paths() {
    return new HttpAbuses(box).paths();
  }

  @TestFactory
  @Order(32)
  Stream<DynamicTest> bodies() {
    return new HttpAbuses(box).bodies();
  }

  @TestFactory
  @Order(33)
  Stream<DynamicTest> smuggling() {
    return new HttpAbuses(box).smuggling();
  }

  @TestFactory
  @Order(34)
  Stream<DynamicTest> headers() {
    return new HttpAbuses(box).headers();
  }

  @TestFactory
  @Order(40)
  Stream<DynamicTest> json() {
    return new ContentAbuses(box).json();
  }

  @TestFactory
  @Order(41)
  Stream<DynamicTest> pictures() {
    return new ContentAbuses(box).pictures();
  }

  @TestFactory
  @Order(42)
  Stream<DynamicTest> markup() {
    return new ContentAbuses(box).markup();
  }

  @TestFactory
  @Order(50)
  Stream<DynamicTest> tls() {
    return new TlsAbuses(box).all();
  }

  @TestFactory
  @Order(60)
  Stream<DynamicTest> slow() {
    return new LoadAbuses(box, CONNECTIONS_OF_ADDRESS, CONNECTIONS).slow();
  }

  @TestFactory
  @Order(61)
  Stream<DynamicTest> floods() {
    return new LoadAbuses(box, CONNECTIONS_OF_ADDRESS, CONNECTIONS).floods();
  }

  @TestFactory
  @Order(62)
  Stream<DynamicTest> guestsFlood() {
    return new GuestAbuses(box).floods();
  }

  @Test
  @Order(80)
  void picturesCameAllTheWhile() {
    CLIENTS.forEach(NormalClient::close);
    CLIENTS.forEach(NormalClient::check);
    assertThat(CLIENTS).allMatch(client -> client.pictures() > 3);
  }

  @TestFactory
  @Order(81)
  Stream<DynamicTest> unwelcomeGuests() {
    return new GuestAbuses(box).unwelcome();
  }

  @Test
  @Order(91)
  void noSecretShows() throws IOException {
    assertThat(box.secrets()).hasSizeGreaterThan(30);
    assertThat(aftermath.secretsThatShow()).isEmpty();
  }

  @Test
  @Order(92)
  void noLineIsForged() throws IOException {
    assertThat(aftermath.forgedLines()).isEmpty();
  }

  @Test
  @Order(93)
  void theAuditTellsWhatHappened() {
    assertThat(aftermath.audited())
        .contains("session.end done", "passphrase.change done", "key.add done", "key.revoke done");
  }

  @Test
  @Order(94)
  void theProcessIsTheSameAndAtRest() throws IOException, InterruptedException {
    assertThat(box.process().handle().isAlive()).isTrue();
    Aftermath.Held most =
        new Aftermath.Held(
            before.files() + 30, before.threads() + 10, before.heapKilobytes() + 20_000);
    assertThat(aftermath.rested(most))
        .as("after it, %s before it", before)
        .matches(after -> after.within(most), "holds no more than " + most);
  }
}
