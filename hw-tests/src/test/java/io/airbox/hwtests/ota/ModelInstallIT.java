package io.airbox.hwtests.ota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built-in pack, released anew under its own name: by an address, by a folder, tampered with,
 * with a self-test that fails, and with the daemon killed in the middle.
 */
class ModelInstallIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String PACK = "airbox-emoji";

  @TempDir Path folder;
  private Path web;
  private Path data;
  private Cli cli;
  private PackShop shop;

  @BeforeEach
  void sign() throws Exception {
    web = Files.createDirectory(folder.resolve("web"));
    data = Files.createDirectory(folder.resolve("data"));
    cli = new Cli(folder, data);
    for (String key : new String[] {"root.pem", "key.pem", "stranger.pem"}) {
      cli.plain("models", "keys", "new", folder.resolve(key), "--unencrypted").done();
    }
    cli.plain(
            "models",
            "keys",
            "create",
            folder.resolve("acme.keys.json"),
            "--authority",
            "acme",
            "--root",
            folder.resolve("root.pem"),
            "--release",
            folder.resolve("key.pem"))
        .done();
    cli.airbox("models", "keys", "trust", folder.resolve("acme.keys.json")).done();
    shop = new PackShop(web);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** The built-in pack with another version, and what else is changed in its manifest. */
  private Path release(int counter, String key, UnaryOperator<String> change) throws Exception {
    Path pack = Files.createDirectory(web.resolve("v" + counter + key));
    try (Stream<Path> files = Files.list(Checkout.path("models/default"))) {
      for (Path file : files.toList()) {
        Files.copy(file, pack.resolve(file.getFileName()));
      }
    }
    Path manifest = pack.resolve("pack.json");
    String text =
        Files.readString(manifest)
            .replace("\"version\": \"0.1.0\"", "\"version\": \"0." + counter + ".0\"");
    Files.writeString(manifest, change.apply(text));
    cli.plain(
            "models",
            "sign",
            pack,
            "--counter",
            counter,
            "--key",
            folder.resolve(key + ".pem"),
            "-o",
            pack.resolve("release.json"))
        .done();
    return pack;
  }

  private static DaemonProcess daemon(Path data, Map<String, String> more) {
    Map<String, String> settings = new TreeMap<>(more);
    settings.put("http.port", "0");
    settings.put("https.enabled", "false");
    settings.put("updates.plain.http", "true");
    return DaemonProcess.start(data, settings, List.of());
  }

  private String drawnBy() throws Exception {
    JsonNode drawn =
        cli.airbox(
                "generate",
                "a red apple",
                "-o",
                folder.resolve("apple.png"),
                "--steps",
                4,
                "--json")
            .json();
    assertThat(Files.size(folder.resolve("apple.png"))).isGreaterThan(1000);
    return drawn.findValue("pack_version").asText();
  }

  private Map<String, String> store() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(data.resolve("models"))) {
      for (Path each :
          all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)).toList()) {
        tree.put(
            each.toString(),
            Files.isSymbolicLink(each)
                ? Files.readSymbolicLink(each).toString()
                : Files.size(each) + " " + Files.getLastModifiedTime(each));
      }
    }
    return tree;
  }

  @Test
  void isInstalledRefusedTakenBackAndRemoved() throws Exception {
    release(2, "key", text -> text);
    Path failing =
        release(
            3,
            "key",
            text ->
                text.replace("\"tolerance\": 8.0", "\"tolerance\": 0.0")
                    .replaceFirst("(\"seed\": )7\\b", "$18"));
    Path tampered = release(4, "key", text -> text);
    release(5, "stranger", text -> text);
    try (DaemonProcess daemon = daemon(data, Map.of())) {
      assertThat(drawnBy()).isEqualTo("0.1.0");

      cli.airbox("models", "install", shop.address("v2key")).done();
      assertThat(drawnBy()).as(daemon.output()).isEqualTo("0.2.0");

      cli.airbox("models", "install", failing)
          .refused(
              "is taken back, and what answered before goes on: the picture of its self-test is");
      assertThat(drawnBy()).isEqualTo("0.2.0");

      Map<String, String> before = store();
      cli.airbox("models", "install", shop.address("v5stranger")).refused("signed by");
      Path manifest = tampered.resolve("pack.json");
      Files.writeString(
          manifest, Files.readString(manifest).replace("Small pictures", "Large pictures"));
      cli.airbox("models", "install", tampered).refused("pack.json from");
      String document = Files.readString(tampered.resolve("release.json"), StandardCharsets.UTF_8);
      Files.writeString(
          tampered.resolve("release.json"), document.substring(0, document.length() / 2));
      cli.airbox("models", "install", shop.address("v4key")).refused("the signed document");
      assertThat(store()).isEqualTo(before);
      assertThat(drawnBy()).isEqualTo("0.2.0");

      cli.airbox("models", "rollback", PACK).refused("no previous release");
      cli.airbox("models", "remove", PACK).done();
      assertThat(drawnBy()).isEqualTo("0.1.0");
    }
  }

  @Test
  void aDaemonThatIsKilledGoesOn() throws Exception {
    Path pack = release(2, "key", text -> text);
    long size = 0;
    try (Stream<Path> files = Files.list(pack)) {
      for (Path file : files.toList()) {
        size += Files.size(file);
      }
    }
    DaemonProcess first = daemon(data, Map.of("updates.rate", "20MB"));
    cli.airbox("models", "install", shop.address("v2key"), "--detach").done();
    await().atMost(PATIENCE).until(() -> underWay().path("bytes_here").asLong() > 10_000_000);
    kill(first);

    DaemonProcess second = daemon(data, Map.of());
    Path store = data.resolve("models/.store");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.readString(store.resolve("journal.json")).contains("TRIAL"));
    kill(second);
    assertThat(store.resolve("packs").resolve(PACK).resolve("slots.json")).doesNotExist();

    try (DaemonProcess third = daemon(data, Map.of())) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> updates().path("history").path(0).path("outcome").asText().equals("installed"));
      assertThat(drawnBy()).as(third.output()).isEqualTo("0.2.0");
    }
    assertThat(shop.given()).as("of %d", size).isLessThan(size + (40L << 20));
  }

  private JsonNode updates() throws Exception {
    return cli.airbox("models", "history", "--json").json();
  }

  private JsonNode underWay() throws Exception {
    return updates().path("under_way");
  }

  private static void kill(DaemonProcess daemon) {
    daemon.handle().destroyForcibly();
    daemon.handle().onExit().join();
  }

  @Test
  void isInstalledFromAStickWithoutADaemon() throws Exception {
    Path pack = release(2, "key", text -> text);

    cli.airbox("models", "install", pack).done();

    assertThat(cli.airbox("models", "list", "--json").json().toString()).contains("0.2.0");
    assertThat(cli.airbox("models", "slots").done().out()).contains("current", "0.2.0", "acme");
    assertThat(cli.airbox("models", "install", pack).done().out()).contains("installed already");
  }
}
