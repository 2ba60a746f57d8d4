package io.airbox.hwtests.hawkbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.hawkbit.HawkBitState;
import io.airbox.ota.hawkbit.Publisher;
import io.airbox.ota.hawkbit.Publisher.Published;
import io.airbox.ota.hawkbit.Publisher.Rollout;
import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Boxes that a real hawkBit updates, from a published pack to a rollout that pauses itself. */
final class HawkbitIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final SigningKey ROOT = SigningKey.generate();
  private static final SigningKey KEY = SigningKey.generate();
  private static final int NETWORK = 6 << 20;

  @TempDir private static Path serverFolder;
  private static HawkBitServer server;
  private static Operator operator;
  private static Publisher publisher;
  private static int counter;

  @TempDir private Path folder;
  private final Map<String, FleetBox> boxes = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    server = new HawkBitServer(serverFolder);
    operator = new Operator(server.address());
    operator.letBoxesIn();
    publisher =
        new Publisher(
            server.address(),
            HawkBitServer::authorization,
            DownloadOptions.USUAL.withPlainHttp(true),
            Time.system(),
            Instant.EPOCH);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    server.close();
  }

  @AfterEach
  void switchOff() throws IOException {
    for (FleetBox each : boxes.values()) {
      each.close();
    }
  }

  // ---- packs and boxes

  private static AuthorityKeys keys() {
    return new AuthorityKeys(
        AuthorityKeys.SPEC,
        "acme",
        1,
        1,
        Instant.now().plus(Duration.ofDays(90)).truncatedTo(ChronoUnit.SECONDS).toString(),
        new KeyRole(1, List.of(ROOT.verificationKey().text())),
        new KeyRole(1, List.of(KEY.verificationKey().text())));
  }

  /** A release of the next number, as it is published. */
  private Published publish(String manifest) throws Exception {
    counter++;
    Path pack = Files.createDirectories(folder.resolve("pack-" + counter));
    Files.writeString(pack.resolve("pack.json"), manifest + counter);
    Files.createDirectories(pack.resolve("nets"));
    byte[] network = new byte[NETWORK];
    new Random(counter).nextBytes(network);
    Files.write(pack.resolve("nets/unet.onnx"), network);
    Files.writeString(pack.resolve("NOTICE"), "the same in each release");
    Release release =
        new Release(
            Release.SPEC,
            "emoji",
            version(),
            counter,
            Instant.now().plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.SECONDS).toString(),
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, 0),
            PackFiles.list(pack, bytes -> {}),
            "pack.json",
            60);
    byte[] envelope = Envelope.of(Release.TYPE, release.json()).signedBy(KEY).json();
    List<Long> progress = new ArrayList<>();
    Published published = publisher.publish(envelope, release, pack, progress::add);
    assertThat(published.uploaded()).isEqualTo(4);
    assertThat(progress).last().isEqualTo(release.bytes() + envelope.length);
    assertThat(publisher.publish(envelope, release, pack, bytes -> {}))
        .isEqualTo(new Published(published.set(), published.modules(), 0));
    return published;
  }

  private static String version() {
    return "1." + counter + ".0";
  }

  private FleetBox box(String name, String token, long bytesPerSecond) throws IOException {
    FleetBox box =
        new FleetBox(name, server.address(), token, folder.resolve(name), keys(), bytesPerSecond);
    boxes.put(name, box);
    return box;
  }

  private void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what + "; " + boxes.values())
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(200))
        .until(condition);
  }

  private void awaitStatus(String box, String status) {
    await(box + " is " + status, () -> operator.updateStatus(box).equals(status));
  }

  // ---- tests

  @Test
  void anAssignedReleaseIsFetchedTriedAndInSync() throws Exception {
    FleetBox box = box("single", operator.target("single"), 0);
    Published one = publish("good");
    long action = operator.assign(one.set(), "single", "soft");
    box.pollNow();
    awaitStatus("single", "in_sync");
    assertThat(box.answering()).isEqualTo(version());
    List<String> history = operator.history("single", action);
    assertThat(history)
        .anyMatch(each -> each.startsWith("downloaded ") && each.contains("is here"));
    assertThat(history).anyMatch(each -> each.contains("is being tried"));
    assertThat(history)
        .anyMatch(each -> each.startsWith("finished ") && each.contains("answers now"));
    await(
        "attributes tell the pack",
        () ->
            operator.attributes("single").path("pack-emoji").asText().startsWith(version() + "-"));
    assertThat(operator.attributes("single").get("soc").asText()).isEqualTo("BM1684X");
    assertThat(
            operator
                .get("targets?q=attribute.soc==BM1684X;attribute.pack-emoji==" + version() + "*")
                .get("total")
                .asInt())
        .as("found by a filter")
        .isEqualTo(1);

    Published two = publish("bad");
    long failed = operator.assign(two.set(), "single", "forced");
    box.pollNow();
    awaitStatus("single", "error");
    assertThat(operator.history("single", failed))
        .anyMatch(each -> each.startsWith("error ") && each.contains("it says that it is bad"));
    assertThat(box.answering()).isEqualTo("1." + (counter - 1) + ".0");
    assertThat(box.isIdle()).isTrue();
  }

  @Test
  void aDownloadAloneLeavesWhatAnswers() throws Exception {
    FleetBox box = box("fetcher", operator.target("fetcher"), 0);
    Published one = publish("good");
    long action = operator.assign(one.set(), "fetcher", "downloadonly");
    await(
        "downloaded",
        () ->
            operator.history("fetcher", action).stream()
                .anyMatch(each -> each.startsWith("downloaded ") && each.contains("is here")));
    await("nothing under way", box::isIdle);
    assertThat(box.answering()).isEqualTo("none");
  }

  @Test
  void aCancelInTheMiddleOfADownload() throws Exception {
    FleetBox box = box("undecided", operator.target("undecided"), 300_000);
    Published one = publish("good");
    long action = operator.assign(one.set(), "undecided", "forced");
    box.pollNow();
    await("some bytes", () -> here(box) > 0);
    operator.cancel("undecided", action);
    await(
        "cancelled",
        () ->
            operator.history("undecided", action).stream()
                .anyMatch(
                    each ->
                        each.startsWith("canceled ") && each.contains("it was stopped in time")));
    assertThat(box.isIdle()).isTrue();
    assertThat(box.answering()).isEqualTo("none");
    assertThat(operator.get("targets/undecided/actions/" + action).get("status").asText())
        .isEqualTo("finished");
  }

  private static long here(FleetBox box) {
    HawkBitState.Working action = box.state().action();
    return action == null ? 0 : action.here();
  }

  @Test
  void aServerThatRestartsInTheMiddleAndABoxToo() throws Exception {
    String token = operator.target("patient");
    FleetBox box = box("patient", token, 500_000);
    Published one = publish("good");
    long action = operator.assign(one.set(), "patient", "forced");
    box.pollNow();
    await("a third of it", () -> here(box) > NETWORK / 3);
    server.stop();
    long kept = here(box);
    box.close();
    server.start();
    FleetBox again = box("patient", token, 0);
    awaitStatus("patient", "in_sync");
    assertThat(again.answering()).isEqualTo(version());
    List<String> history = operator.history("patient", action);
    assertThat(history).as("gone on with, %s bytes were there", kept).anyMatch(this::isLateRange);
  }

  /** hawkBit notes each range that is fetched: {@code bytes 2097152-6291455/6291456}. */
  private boolean isLateRange(String line) {
    Matcher matcher = Pattern.compile("bytes[ =](\\d+)-").matcher(line);
    return matcher.find() && Long.parseLong(matcher.group(1)) > NETWORK / 3;
  }

  @Test
  void aRolloutThatFailsPausesAndTheSecondGroupIsUntouched() throws Exception {
    for (String name : List.of("fleet-1", "fleet-2", "fleet-3")) {
      FleetBox unused = box(name, operator.target(name), 0);
    }
    Published good = publish("good");
    String before = version();
    long first =
        publisher.rollOut(good.set(), new Rollout("first", "controllerId==fleet-*", 2, 50, 50));
    begin(first);
    await("all have it", () -> allAnswer(before));
    await("the rollout has ended", () -> publisher.status(first).equals("finished"));

    Published bad = publish("bad");
    long second =
        publisher.rollOut(bad.set(), new Rollout("second", "controllerId==fleet-*", 2, 50, 50));
    begin(second);
    await("the rollout pauses", () -> publisher.status(second).equals("paused"));
    assertThat(allAnswer(before)).isTrue();
    List<JsonNode> groups = operator.groups(second);
    assertThat(groups).hasSize(2);
    JsonNode failed = groups.get(0).get("totalTargetsPerStatus");
    assertThat(failed.get("error").asInt()).as("%s", groups).isPositive();
    JsonNode untouched = groups.get(1).get("totalTargetsPerStatus");
    assertThat(untouched.get("notstarted").asInt() + untouched.get("scheduled").asInt())
        .as("%s", groups)
        .isEqualTo(groups.get(1).get("totalTargets").asInt())
        .isPositive();
  }

  private void begin(long rollout) throws Exception {
    await("the rollout is ready", () -> publisher.status(rollout).equals("ready"));
    publisher.start(rollout);
  }

  private boolean allAnswer(String version) throws IOException {
    for (FleetBox each : boxes.values()) {
      if (!each.answering().equals(version)) {
        return false;
      }
    }
    return true;
  }
}
