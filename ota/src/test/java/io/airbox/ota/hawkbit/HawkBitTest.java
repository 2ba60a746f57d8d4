package io.airbox.ota.hawkbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.ota.UpdateException;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.download.DownloadListener;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.download.Web;
import io.airbox.ota.hawkbit.DdiServer.Asked;
import io.airbox.ota.release.BoxFacts;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.Installed;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Packs;
import io.airbox.ota.store.Packs.Made;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.store.StoredPack;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import io.airbox.ota.update.Outcome;
import io.airbox.ota.update.StoreUpdates;
import io.airbox.ota.update.Trial;
import io.airbox.ota.update.Trial.Verdict;
import io.airbox.ota.update.Update;
import io.airbox.ota.update.UpdateListener;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A box at a server that plays every part: orders, windows, faults, second thoughts. */
final class HawkBitTest {
  private static final Instant NOON = Instant.parse("2027-03-01T12:00:00Z");
  private static final Instant FLOOR = Instant.parse("2026-11-23T00:00:00Z");
  private static final String BASE = "/DEFAULT/controller/v1/box-1";
  private static final SigningKey ROOT = SigningKey.generate();
  private static final SigningKey KEY = SigningKey.generate();
  private static final Made ONE =
      Packs.pack("emoji", 1, 0, "pack.json", "one", "nets/u.onnx", "the first network");
  private static final Made TWO =
      Packs.pack("emoji", 2, 0, "pack.json", "two", "nets/u.onnx", "the second network");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private final Map<String, String> facts = new LinkedHashMap<>(Map.of("soc", "BM1684X"));
  private final Clock time = new Clock();
  private DdiServer server;
  private ModelStore store;
  private StoreUpdates updates;
  private HawkBit hawkBit;
  private double chance = 0.5;
  private boolean plainHttp = true;
  private boolean consent = true;
  private Executor workers = Runnable::run;

  private Verdict verdict = new Verdict.Passed();
  private int trials;
  private boolean engine = true;

  /** Pauses take no time. */
  private static final class Clock implements Time {
    private Instant now = NOON;

    @Override
    public synchronized Instant instant() {
      return now;
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public synchronized void pause(Duration pause) {
      now = now.plus(pause);
    }
  }

  private final class Engine implements Trial {
    @Override
    public Attempt prepare(Release release, Path pack) throws IOException {
      if (!engine) {
        throw new IOException("the engine does not start");
      }
      return new Attempt() {
        @Override
        public Verdict run() {
          trials++;
          return verdict;
        }

        @Override
        public void close() {}
      };
    }
  }

  private static final class Deaf implements UpdateListener {
    @Override
    public void begun(Update update) {}

    @Override
    public void fetched(Update update, long here, long all) {}

    @Override
    public void tried(Update update) {}

    @Override
    public void ended(Update update, Outcome outcome) {}

    @Override
    public void refused(Update update, UpdateException refusal) {}

    @Override
    public void calledOff(Update update) {}
  }

  @BeforeEach
  void start() throws Exception {
    server = new DdiServer();
    Files.createDirectories(folder.resolve("models"));
    Files.createDirectories(folder.resolve("hawkbit"));
    Files.writeString(folder.resolve("token"), "s3cret-of-this-box\n");
    restart();
    offer("");
    server.onEnd(() -> offer(""));
  }

  /** The program anew, with what the one before left on the disk. */
  private void restart() throws IOException {
    if (store != null) {
      store.close();
    }
    store = ModelStore.open(folder.resolve("models"), Disk.real(), Set::of, 0);
    AuthorityKeys keys =
        new AuthorityKeys(
            AuthorityKeys.SPEC,
            "acme",
            1,
            1,
            "2028-01-01T00:00:00Z",
            new KeyRole(1, List.of(ROOT.verificationKey().text())),
            new KeyRole(1, List.of(KEY.verificationKey().text())));
    updates =
        new StoreUpdates(
            store,
            new StoreUpdates.Box(
                () -> List.of(keys),
                () ->
                    new BoxFacts(
                        null, null, Set.of("onnx"), OptionalLong.empty(), OptionalLong.empty()),
                FLOOR),
            (place, release) -> Optional.empty(),
            new Engine(),
            new Deaf(),
            time);
    RandomGenerator random =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            return 7;
          }

          @Override
          public double nextDouble() {
            return chance;
          }
        };
    DownloadOptions download =
        new DownloadOptions(
            plainHttp, 0, null, Duration.ofSeconds(10), Duration.ofSeconds(10), 1 << 10, 2);
    hawkBit =
        new HawkBit(
            new HawkBitOptions(
                server.address(), "DEFAULT", "box-1", download, Sacrifice.NOTHING, consent),
            Token.ofTarget(folder.resolve("token")),
            new HawkBit.Box(updates, () -> facts, log::add),
            folder.resolve("hawkbit"),
            Disk.real(),
            time,
            random,
            FLOOR,
            workers);
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
    server.close();
  }

  // ---- the server's side

  private void offer(String links) {
    server.has(
        BASE,
        "{\"config\":{\"polling\":{\"sleep\":\"00:05:00\"}},\"_links\":{"
            + links
            + "},\"added later\":[1]}");
  }

  private void offerDeployment(String id, Made pack, String members) {
    offerDeployment(id, pack, members, pack.envelope().signedBy(KEY).json());
  }

  private void offerDeployment(String id, Made pack, String members, byte[] envelope) {
    offer(link("deploymentBase", id));
    server.has(
        BASE + "/deploymentBase/" + id + "?c=1",
        "{\"id\":\"" + id + "\",\"deployment\":" + deployment(id, pack, members, envelope) + "}");
  }

  private static String link(String name, String id) {
    return "\"" + name + "\":{\"href\":\"HOST" + BASE + "/" + name + "/" + id + "?c=1\"}";
  }

  private String deployment(String id, Made pack, String members, byte[] envelope) {
    StringBuilder artifacts = new StringBuilder(artifact(id, "emoji.release.json", envelope));
    for (ReleaseFile file : pack.release().files()) {
      byte[] content =
          String.valueOf(pack.files().get(file.path())).getBytes(StandardCharsets.UTF_8);
      artifacts.append(',').append(artifact(id, Publisher.artifactName(file), content));
    }
    return "{"
        + members
        + ",\"chunks\":[{\"part\":\"bApp\",\"version\":\"1\",\"name\":\"emoji\",\"artifacts\":["
        + artifacts
        + "]}]}";
  }

  private String artifact(String id, String name, byte[] content) {
    String path = "/artifacts/" + id + "/" + name;
    server.has(path, content);
    return "{\"filename\":\""
        + name
        + "\",\"hashes\":{\"sha1\":\"0\",\"md5\":\"0\",\"sha256\":\""
        + Packs.sha256(content)
        + "\"},\"size\":"
        + content.length
        + ",\"_links\":{\"download-http\":{\"href\":\"HOST"
        + path
        + "\"}}}";
  }

  private static final String FORCED = "\"download\":\"forced\",\"update\":\"forced\"";

  /** Which execution, result and words the server was told, in order, and of what. */
  private List<String> told() throws IOException {
    List<String> told = new ArrayList<>();
    for (Asked each : server.asked()) {
      if (each.path().endsWith("/feedback")) {
        JsonNode json = JSON.readTree(each.body());
        JsonNode status = json.get("status");
        told.add(
            each.path().substring(BASE.length() + 1).replace("/feedback", "")
                + " "
                + status.get("execution").asText()
                + " "
                + status.get("result").get("finished").asText());
      }
    }
    return told;
  }

  private String lastWords() throws IOException {
    String words = "";
    for (Asked each : server.asked()) {
      if (each.path().endsWith("/feedback")) {
        words = JSON.readTree(each.body()).get("status").get("details").get(0).asText();
      }
    }
    return words;
  }

  private long count(String method, String part) {
    return server.asked().stream()
        .filter(each -> each.method().equals(method) && each.path().contains(part))
        .count();
  }

  private String answering() throws IOException {
    return updates.packs().stream()
        .map(StoredPack::current)
        .map(current -> current == null ? "none" : current.version())
        .findFirst()
        .orElse("none");
  }

  private void rounds(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      Duration unused = hawkBit.round();
    }
  }

  // ---- a deployment

  @Test
  void aDeploymentIsFetchedTriedAndToldInStages() throws Exception {
    offerDeployment("7", ONE, FORCED);
    rounds(3);
    assertThat(told())
        .containsExactly(
            "deploymentBase/7 download none",
            "deploymentBase/7 downloaded none",
            "deploymentBase/7 proceeding none",
            "deploymentBase/7 closed success");
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(lastWords()).isEqualTo("emoji 0.1.0 answers now");
    assertThat(server.asked()).allMatch(each -> each.path().startsWith("/"));
    assertThat(server.asked())
        .allMatch(each -> "TargetToken s3cret-of-this-box".equals(each.authorization()));
    assertThat(hawkBit.state().action()).isNull();
    assertThat(hawkBit.state().owed()).isZero();
    assertThat(String.join("", log)).doesNotContain("s3cret");
  }

  @Test
  void theFeedbackIsWhatTheOldestServerTakes() throws Exception {
    offerDeployment("7", ONE, FORCED);
    rounds(1);
    String first =
        server.asked().stream()
            .filter(each -> each.path().endsWith("/feedback"))
            .findFirst()
            .orElseThrow()
            .body();
    assertThat(JSON.readTree(first))
        .isEqualTo(
            JSON.readTree(
                "{\"id\":\"7\",\"status\":{\"execution\":\"download\",\"result\":{\"finished\":"
                    + "\"none\",\"progress\":{\"cnt\":1,\"of\":3}},\"details\":[\"fetching emoji"
                    + " 0.1.0\"]}}"));
  }

  @Test
  void whatFailsItsTrialIsToldAsAFailureAndTheOldOneAnswers() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(3);
    verdict = new Verdict.Failed("its picture is black");
    offerDeployment("2", TWO, FORCED);
    rounds(3);
    assertThat(told().get(told().size() - 1)).isEqualTo("deploymentBase/2 closed failure");
    assertThat(lastWords()).isEqualTo("emoji 0.2.0 was taken back: its picture is black");
    assertThat(answering()).isEqualTo("0.1.0");
  }

  @Test
  void whatNobodyHereTrustsSignedIsRefusedWhateverTheServersHashesSay() throws Exception {
    byte[] forged = ONE.envelope().signedBy(SigningKey.generate()).json();
    offerDeployment("1", ONE, FORCED, forged);
    rounds(2);
    assertThat(told()).containsExactly("deploymentBase/1 closed failure");
    assertThat(lastWords()).contains("none of which is among");
    assertThat(updates.underWay()).isEmpty();
  }

  @Test
  void anotherFileUnderASignedOnesDigestIsRefused() throws Exception {
    offerDeployment("1", ONE, FORCED);
    for (ReleaseFile file : ONE.release().files()) {
      server.has("/artifacts/1/" + Publisher.artifactName(file), "x".repeat((int) file.size()));
    }
    rounds(2);
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed failure");
    assertThat(answering()).isEqualTo("none");
  }

  @Test
  void anOrderWithoutARelease() throws Exception {
    offer(link("deploymentBase", "1"));
    server.has(
        BASE + "/deploymentBase/1?c=1",
        "{\"id\":\"1\",\"deployment\":{" + FORCED + ",\"chunks\":[]}}");
    rounds(2);
    assertThat(told()).containsExactly("deploymentBase/1 closed failure");
    assertThat(lastWords()).contains("has no artifact *.release.json");
  }

  // ---- when

  @Test
  void aMaintenanceWindowIsWaitedForWithTheFilesHere() throws Exception {
    offerDeployment(
        "1",
        ONE,
        "\"download\":\"forced\",\"update\":\"skip\",\"maintenanceWindow\":\"unavailable\"");
    rounds(3);
    assertThat(told())
        .containsExactly("deploymentBase/1 download none", "deploymentBase/1 downloaded none");
    assertThat(trials).isZero();
    assertThat(hawkBit.state().action().step()).isEqualTo("fetched");
    long fetched = count("GET", "/artifacts/");
    restart();
    offerDeployment(
        "1",
        ONE,
        "\"download\":\"forced\",\"update\":\"forced\",\"maintenanceWindow\":\"available\"");
    rounds(2);
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed success");
    assertThat(count("GET", "/artifacts/") - fetched).as("the release alone").isEqualTo(1);
  }

  @Test
  void aDownloadAloneEndsWithTheDownloadAndIsNotRepeated() throws Exception {
    offerDeployment("1", ONE, "\"download\":\"forced\",\"update\":\"skip\"");
    rounds(1);
    offer("");
    rounds(1);
    assertThat(told())
        .containsExactly("deploymentBase/1 download none", "deploymentBase/1 downloaded none");
    assertThat(updates.underWay()).isEmpty();
    assertThat(answering()).isEqualTo("none");
    offerDeployment("2", ONE, FORCED);
    rounds(3);
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(count("GET", "/artifacts/2/")).as("the release, twice").isEqualTo(2);
  }

  @Test
  void nothingIsFetchedWhenThatIsNotWantedYet() throws Exception {
    offerDeployment("1", ONE, "\"download\":\"skip\",\"update\":\"skip\"");
    rounds(2);
    assertThat(count("GET", "/artifacts/")).isZero();
    assertThat(hawkBit.state().action().id()).isEqualTo("1");
  }

  @Test
  void anotherUpdateIsWaitedForAndThatIsToldOnce() throws Exception {
    Update other =
        updates.begin(TWO.envelope().signedBy(KEY).json(), new Packs.Place(TWO), Sacrifice.NOTHING);
    offerDeployment("1", ONE, FORCED);
    rounds(3);
    assertThat(told()).containsExactly("deploymentBase/1 proceeding none");
    assertThat(lastWords()).contains("emoji 0.2.0 is being installed");
    assertThat(hawkBit.state().trouble()).contains("is being installed");
    other.cancel();
    rounds(3);
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed success");
  }

  @Test
  void anEngineThatCannotTryNowIsNoFailureOfThePack() throws Exception {
    engine = false;
    offerDeployment("1", ONE, FORCED);
    rounds(4);
    assertThat(told()).noneMatch(each -> each.contains("closed"));
    assertThat(hawkBit.state().trouble()).contains("the engine does not start");
    engine = true;
    rounds(2);
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed success");
  }

  // ---- interruptions

  @Test
  void anOutcomeIsKeptUntilTheServerHasIt() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(1);
    server.answers(BASE + "/deploymentBase/1/feedback", "503");
    rounds(2);
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(hawkBit.state().owed()).isEqualTo(1);
    restart();
    int before = server.asked().size();
    server.wellAgain(BASE + "/deploymentBase/1/feedback");
    rounds(1);
    assertThat(server.asked().get(before).path()).as("the first").endsWith("/feedback");
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed success");
    assertThat(trials).isEqualTo(1);
    assertThat(hawkBit.state().owed()).isZero();
  }

  @Test
  void anOutcomeThatTheServerDoesNotWantAnyMoreIsDropped() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(2);
    server.answers(BASE + "/deploymentBase/1/feedback", "410");
    offer("");
    rounds(1);
    assertThat(hawkBit.state().owed()).isZero();
  }

  @Test
  void anOutcomeOfWhichNothingIsKnownIsKeptWhileTheServerNamesItsAction() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(2);
    server.answers(BASE + "/deploymentBase/1/feedback", "404");
    rounds(2);
    assertThat(hawkBit.state().owed()).isEqualTo(1);
    offer("");
    rounds(1);
    assertThat(hawkBit.state().owed()).isZero();
    assertThat(trials).isEqualTo(1);
  }

  @Test
  void aBoxThatStoppedInATrialAndTookItBackDoesNotTryItAgain() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(1);
    engine = false; // has it noted that it is being tried
    rounds(1);
    assertThat(hawkBit.state().action().step()).isEqualTo("activating");
    updates.underWay().orElseThrow().cancel();
    engine = true;
    restart();
    rounds(2);
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed failure");
    assertThat(lastWords()).contains("this box stopped while it was tried");
    assertThat(trials).isZero();
  }

  @Test
  void aBoxThatStoppedAfterItCommittedTellsSo() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(1);
    Update staged = updates.underWay().orElseThrow();
    assertThat(staged.activate()).isInstanceOf(Outcome.Committed.class);
    restart();
    rounds(2);
    assertThat(told()).last().isEqualTo("deploymentBase/1 closed success");
    assertThat(lastWords()).isEqualTo("it is installed already");
    assertThat(trials).isEqualTo(1);
  }

  // ---- second thoughts

  private void offerCancel(String id) {
    offer(link("cancelAction", id));
    server.has(
        BASE + "/cancelAction/" + id + "?c=1",
        "{\"id\":\"" + id + "\",\"cancelAction\":{\"stopId\":\"" + id + "\"}}");
  }

  @Test
  void aCancelInTheMiddleOfADownloadStopsIt() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    workers =
        task ->
            new Thread(
                    () -> {
                      task.run();
                      ended.countDown();
                    })
                .start();
    restart();
    offerDeployment("1", ONE, FORCED);
    String network = "/artifacts/1/" + Publisher.artifactName(ONE.release().files().get(1));
    CountDownLatch half = server.stallsAt(network);
    rounds(1);
    half.await();
    offerCancel("1");
    rounds(1);
    ended.await();
    assertThat(told())
        .containsExactly("deploymentBase/1 download none", "cancelAction/1 closed success");
    assertThat(updates.underWay()).isEmpty();
    assertThat(hawkBit.state().action()).isNull();
    assertThat(hawkBit.state().trouble()).isNull();
  }

  @Test
  void aCancelOfWhatWaitsForItsWindow() throws Exception {
    offerDeployment(
        "1",
        ONE,
        "\"download\":\"forced\",\"update\":\"skip\",\"maintenanceWindow\":\"unavailable\"");
    rounds(1);
    restart();
    offerCancel("1");
    rounds(1);
    assertThat(told()).last().isEqualTo("cancelAction/1 closed success");
    assertThat(updates.underWay()).isEmpty();
  }

  @Test
  void aCancelOfWhatNeverCame() throws Exception {
    offerCancel("9");
    rounds(1);
    assertThat(told()).containsExactly("cancelAction/9 closed success");
  }

  @Test
  void aCancelThatComesTooLateIsRefused() throws Exception {
    offerDeployment("1", ONE, FORCED);
    rounds(2);
    server.answers(BASE + "/deploymentBase/1/feedback", "400");
    offerCancel("1");
    rounds(1);
    assertThat(told()).last().isEqualTo("cancelAction/1 rejected none");
    assertThat(answering()).isEqualTo("0.1.0");
  }

  @Test
  void aDecisionAboutACancelIsTakenOnce() throws Exception {
    offerCancel("9");
    server.answers(BASE + "/cancelAction/9/feedback", "400");
    rounds(3);
    assertThat(hawkBit.state().owed()).isEqualTo(1);
    assertThat(told()).containsOnly("cancelAction/9 closed success");
  }

  @Test
  void whatTheServerForgetsIsCalledOff() throws Exception {
    offerDeployment(
        "1",
        ONE,
        "\"download\":\"forced\",\"update\":\"skip\",\"maintenanceWindow\":\"unavailable\"");
    rounds(1);
    assertThat(updates.underWay()).isPresent();
    offer("");
    rounds(1);
    assertThat(updates.underWay()).isEmpty();
    assertThat(hawkBit.state().action()).isNull();
  }

  @Test
  void aNewerActionTakesTheOlderOnesPlace() throws Exception {
    offerDeployment(
        "1",
        ONE,
        "\"download\":\"forced\",\"update\":\"skip\",\"maintenanceWindow\":\"unavailable\"");
    rounds(1);
    offerDeployment("2", TWO, FORCED);
    rounds(3);
    assertThat(told()).last().isEqualTo("deploymentBase/2 closed success");
    assertThat(answering()).isEqualTo("0.2.0");
  }

  // ---- what the box tells of itself

  private List<JsonNode> configData() throws IOException {
    List<JsonNode> sent = new ArrayList<>();
    for (Asked each : server.asked()) {
      if (each.path().endsWith("/configData")) {
        assertThat(each.method()).isEqualTo("PUT");
        sent.add(JSON.readTree(each.body()));
      }
    }
    return sent;
  }

  @Test
  void attributesAreToldWhenAskedForAndWhenTheyChange() throws Exception {
    facts.put("serial", "HQ-1");
    offer("\"configData\":{\"href\":\"HOST" + BASE + "/configData\"}");
    rounds(1);
    offer("");
    rounds(2);
    assertThat(configData())
        .containsExactly(
            JSON.readTree(
                "{\"mode\":\"merge\",\"data\":{\"serial\":\"HQ-1\",\"soc\":\"BM1684X\"}}"));
    restart();
    rounds(1);
    assertThat(configData()).hasSize(1);
    facts.remove("serial");
    offerDeployment("1", ONE, FORCED);
    rounds(3);
    Installed current = updates.packs().get(0).current();
    assertThat(configData())
        .containsExactly(
            JSON.readTree(
                "{\"mode\":\"merge\",\"data\":{\"serial\":\"HQ-1\",\"soc\":\"BM1684X\"}}"),
            JSON.readTree("{\"mode\":\"remove\",\"data\":{\"serial\":\"HQ-1\"}}"),
            JSON.readTree("{\"mode\":\"merge\",\"data\":{\"soc\":\"BM1684X\"}}"),
            JSON.readTree(
                "{\"mode\":\"merge\",\"data\":{\"pack-emoji\":\""
                    + current.edition()
                    + "\",\"soc\":\"BM1684X\"}}"));
  }

  @Test
  void aServerThatWillNotHearOfTheBoxStillDeploys() throws Exception {
    server.answers(BASE + "/configData", "403");
    offerDeployment("1", ONE, FORCED);
    rounds(3);
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(hawkBit.state().trouble()).contains("answers 403");
  }

  // ---- pauses

  @Test
  void pollsAreSpreadAroundWhatTheServerAsksFor() throws Exception {
    chance = 0;
    assertThat(hawkBit.round()).isEqualTo(Duration.ofSeconds(255));
    chance = 0.999999;
    assertThat(hawkBit.round()).isBetween(Duration.ofSeconds(344), Duration.ofSeconds(345));
    assertThat(hawkBit.state().polled()).isEqualTo(NOON);
  }

  @Test
  void failuresDoubleThePauseUpToHalfAnHourAndASuccessEndsThat() throws Exception {
    chance = 0.999999;
    server.answers(BASE, "503");
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      seconds.add(hawkBit.round().plusMillis(10).toSeconds());
    }
    assertThat(seconds).containsExactly(30L, 60L, 120L, 240L, 480L, 960L, 1800L, 1800L, 1800L);
    assertThat(hawkBit.state().trouble()).contains("answers 503");
    assertThat(log).hasSize(1);
    server.wellAgain(BASE);
    rounds(1);
    assertThat(hawkBit.state().trouble()).isNull();
    server.answers(BASE, "503");
    assertThat(hawkBit.round().plusMillis(10).toSeconds()).isEqualTo(30);
  }

  @Test
  void aServerThatNamesAPauseGetsIt() throws Exception {
    server.answers(BASE, "429 Retry-After 1234");
    assertThat(hawkBit.round()).isEqualTo(Duration.ofSeconds(1234));
  }

  @Test
  void aWrongTokenIsToldAsSuch() throws Exception {
    server.answers(BASE, "401");
    rounds(1);
    assertThat(hawkBit.state().trouble()).contains("answers 401").contains("not for this box");
    Files.delete(folder.resolve("token"));
    rounds(1);
    assertThat(hawkBit.state().trouble()).contains("hawkBit's token cannot be read");
  }

  // ---- a server that means ill, or is badly set up

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"_links\":[]}",
        "{\"_links\":{\"deploymentBase\":{}}}",
        "{\"_links\":{},\"_links\":{}}",
        "{\"config\":{\"polling\":{\"sleep\":\"soon\"}}}",
        "{\"config\":{\"polling\":{\"sleep\":300}}}",
        "{\"_links\":{\"deploymentBase\":{\"href\":\"http://[\"}}}",
        "{\"_links\":{\"deploymentBase\":{\"href\":\"http://127.0.0.1:1/DEFAULT\"}}}",
        "{\"_links\":{\"deploymentBase\":{\"href\":\"file:///etc/passwd\"}}}"
      })
  void anAnswerThatIsNone(String answer) throws Exception {
    server.has(BASE, answer);
    assertThat(hawkBit.round()).isEqualTo(Duration.ofSeconds(15));
    assertThat(hawkBit.state().trouble()).isNotNull();
    assertThat(hawkBit.state().action()).isNull();
    assertThat(count("POST", "")).isZero();
    assertThat(count("GET", "")).isEqualTo(1);
  }

  @Test
  void anAnswerWithoutEnd() throws Exception {
    server.has(BASE, "{\"x\":\"" + "y".repeat(100_000) + "\"}");
    rounds(1);
    assertThat(hawkBit.state().trouble()).contains("more than the 65536 bytes");
  }

  @Test
  void aRedirectOfAPollIsNotFollowed() throws Exception {
    server.answers(BASE, "302 Location http://127.0.0.1:1/elsewhere");
    rounds(1);
    assertThat(hawkBit.state().trouble()).contains("sends elsewhere");
  }

  @Test
  void filesComeFromWhereTheServerSendsAndTheTokenDoesNotGoThere() throws Exception {
    try (DdiServer elsewhere = new DdiServer()) {
      offerDeployment("1", ONE, FORCED);
      for (ReleaseFile file : ONE.release().files()) {
        String path = "/artifacts/1/" + Publisher.artifactName(file);
        elsewhere.has(path, ONE.files().get(file.path()));
        server.answers(path, "302 Location " + elsewhere.address() + path);
      }
      rounds(3);
      assertThat(answering()).isEqualTo("0.1.0");
      assertThat(elsewhere.asked()).hasSize(2);
      assertThat(elsewhere.asked()).allMatch(each -> each.authorization() == null);
    }
  }

  @Test
  void linksWithoutTlsAreRefusedUnlessTheyAreAllowed() throws Exception {
    Order order =
        StrictJson.read(
            ("{\"id\":\"1\",\"deployment\":"
                    + deployment("1", ONE, FORCED, ONE.envelope().json())
                        .replace("HOST", "http://h")
                    + "}")
                .getBytes(StandardCharsets.UTF_8),
            Order.class,
            "the order",
            1 << 20);
    DownloadOptions safe = DownloadOptions.USUAL;
    assertThatThrownBy(
            () ->
                new ArtifactSource(
                    order,
                    "here",
                    new Web(safe, time, FLOOR),
                    safe,
                    DownloadListener.SILENT,
                    time,
                    RandomGenerator.getDefault()))
        .hasMessageContaining("emoji.release.json has no link with TLS");
  }

  @Test
  void theLinkWithoutTlsServesWhereTheOtherDoesNot() throws Exception {
    offerDeployment("1", ONE, FORCED);
    String path = BASE + "/deploymentBase/1?c=1";
    String document =
        "{\"id\":\"1\",\"deployment\":"
            + deployment("1", ONE, FORCED, ONE.envelope().signedBy(KEY).json())
                .replaceAll(
                    "(\"download)-http(\":\\{\"href\":\")HOST([^\"]*)\"\\}",
                    "$1$2https://127.0.0.1:1$3\"},$0")
            + "}";
    server.has(path, document);
    rounds(3);
    assertThat(answering()).isEqualTo("0.1.0");
  }

  // ---- what hawkBit 0.3.0M7 lacks; conversations as newer releases document them

  @Test
  void aDeploymentThatWantsConsentGetsIt() throws Exception {
    offer(link("confirmationBase", "5"));
    server.has(
        BASE + "/confirmationBase/5?c=1",
        "{\"id\":\"5\",\"confirmation\":{\"download\":\"forced\",\"update\":\"forced\","
            + "\"maintenanceWindow\":\"available\",\"chunks\":[]}}");
    rounds(1);
    Asked last = server.asked().get(server.asked().size() - 1);
    assertThat(last.path()).isEqualTo(BASE + "/confirmationBase/5/feedback");
    assertThat(JSON.readTree(last.body()))
        .isEqualTo(
            JSON.readTree(
                "{\"confirmation\":\"confirmed\",\"details\":[\"by this box's settings\"]}"));
  }

  @Test
  void somebodyIsAskedForConsentWhereTheOwnerWantsThat() throws Exception {
    consent = false;
    restart();
    offer(link("confirmationBase", "5"));
    server.has(
        BASE + "/confirmationBase/5?c=1",
        "{\"id\":\"5\",\"confirmation\":{\"download\":\"forced\",\"update\":\"forced\"}}");
    rounds(2);
    assertThat(hawkBit.state().consent()).isEqualTo("5");
    assertThat(count("POST", "confirmationBase")).isZero();
    hawkBit.answer("5", false);
    rounds(1);
    Asked last = server.asked().get(server.asked().size() - 1);
    assertThat(last.body()).contains("\"denied\"");
    assertThat(hawkBit.state().consent()).isNull();
  }

  @Test
  void aBoxThatLostAllGetsWhatWasInstalledLast() throws Exception {
    offerDeployment("3", ONE, FORCED);
    offer(link("installedBase", "3"));
    server.has(
        BASE + "/installedBase/3?c=1",
        "{\"id\":\"3\",\"deployment\":"
            + deployment("3", ONE, FORCED, ONE.envelope().signedBy(KEY).json())
            + ",\"actionHistory\":{\"status\":\"FINISHED\",\"messages\":[\"done\"]}}");
    rounds(2);
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(told()).isEmpty();
    long asked = count("GET", "installedBase");
    rounds(2);
    assertThat(count("GET", "installedBase")).isEqualTo(asked);
  }

  @Test
  void theAddressesFollowTheServersPath() {
    assertThat(
            new HawkBitOptions(
                    URI.create("https://hawkbit.example/fleet"),
                    "DEFAULT",
                    "box-1",
                    DownloadOptions.USUAL,
                    Sacrifice.NOTHING,
                    true)
                .base())
        .hasToString("https://hawkbit.example/fleet/DEFAULT/controller/v1/box-1");
  }
}
