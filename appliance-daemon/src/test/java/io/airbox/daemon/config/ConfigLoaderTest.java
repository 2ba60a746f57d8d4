package io.airbox.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.ota.download.QuietHours;
import io.airbox.power.mqtt.Layout;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
  @TempDir Path folder;

  @Test
  void startsFromThePackagedDefaults() {
    DaemonConfig config = load(Map.of(), Map.of());

    assertThat(config.http())
        .isEqualTo(
            new HttpConfig(
                "127.0.0.1",
                8999,
                20,
                List.of(),
                DataSize.parse("20MB"),
                Duration.ofSeconds(15),
                Duration.ofMinutes(2),
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                4096,
                512));
    assertThat(config.tls()).isEqualTo(new TlsConfig(true, 8443));
    assertThat(config.access())
        .isEqualTo(new AccessConfig(30, Duration.ofHours(12), Duration.ofDays(7)));
    assertThat(config.sockets()).isEqualTo(new SocketConfig(null, null, null, null));
    assertThat(config.helper()).isEqualTo(Path.of("/run/airbox/helper.sock"));
    assertThat(config.storage()).isEqualTo(new StorageConfig(null, List.of()));
    assertThat(config.engine())
        .isEqualTo(new EngineConfig("auto", 0, Duration.ofMinutes(10), null));
    assertThat(config.sysroot()).isEqualTo(Path.of("/"));
    assertThat(config.memory()).isEqualTo(new MemoryConfig(null, DataSize.parse("64MB")));
    assertThat(config.jobs()).isEqualTo(new JobsConfig(64, 16));
    assertThat(config.pictures())
        .isEqualTo(new PicturesConfig(Duration.ofDays(7), DataSize.parse("500MB")));
  }

  @Test
  void everySettingCanBeGivenInTheFile() throws IOException {
    DaemonConfig config =
        loader(Map.of())
            .load(
                file(
                    """
                    http.host = ::1
                    http.port = 9001
                    http.port.attempts = 3
                    http.names = Box.example, fd00::7
                    http.body.limit = 1MB
                    http.read.timeout = 500ms
                    http.idle.timeout = 1h
                    http.stall.timeout = 10s
                    http.sse.heartbeat = 1s
                    http.connections.limit = 100
                    http.connections.address.limit = 10
                    https.enabled = false
                    https.port = 443
                    access.guest.jobs.per.minute = 5
                    access.session.idle = 1h
                    access.session.limit = 2h
                    socket.dir = /run/airbox
                    socket.owner.group = wheel
                    socket.operator.group = ops
                    socket.user.group = users
                    helper.socket = /run/helper.sock
                    sysroot = /usr
                    data.dir = /srv/airbox
                    models.dirs = /srv/one, /srv/two
                    engine.kind = onnx
                    engine.threads = 2
                    engine.stall.timeout = 30s
                    tpu.libraries = /opt/tpu
                    memory.limit = 1GB
                    memory.headroom = 0B
                    jobs.queue.limit = 5
                    jobs.owner.limit = 2
                    pictures.keep.days = 1
                    pictures.keep.bytes = 10kB
                    telemetry.interval = 5s
                    telemetry.recent = 10m
                    telemetry.history.bytes = 2MB
                    alarms.power.limit = 40
                    mqtt.broker = ssl://broker.lan:8883
                    mqtt.layouts = json, sparkplug
                    mqtt.site = lab
                    mqtt.box = one
                    mqtt.user = box
                    mqtt.password.file = /run/pw
                    mqtt.authority = /run/ca.pem
                    mqtt.certificate = /run/box.pem
                    mqtt.certificate.key = /run/box.key
                    mqtt.keep.alive = 10s
                    mqtt.interval = 20s
                    mqtt.primary.host = scada
                    mqtt.discovery = ha
                    mqtt.command.key = /run/command.pem
                    mqtt.update.origins = https://Models.example, http://10.0.0.5:8000
                    alarms.webhook.url = https://[fd00::1]:8443/hook?box=one%20
                    alarms.webhook.secret.file = /run/hook
                    alarms.webhook.authority = /run/hook.pem
                    updates.rate = 1MB
                    updates.quiet.hours = 08:00-22:00
                    updates.plain.http = true
                    """),
                Map.of());

    assertThat(config)
        .isEqualTo(
            new DaemonConfig(
                new HttpConfig(
                    "::1",
                    9001,
                    3,
                    List.of("box.example", "fd00::7"),
                    DataSize.parse("1MB"),
                    Duration.ofMillis(500),
                    Duration.ofHours(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(1),
                    100,
                    10),
                new TlsConfig(false, 443),
                new AccessConfig(5, Duration.ofHours(1), Duration.ofHours(2)),
                new SocketConfig(Path.of("/run/airbox"), "wheel", "ops", "users"),
                Path.of("/run/helper.sock"),
                Path.of("/usr"),
                new StorageConfig(
                    Path.of("/srv/airbox"), List.of(Path.of("/srv/one"), Path.of("/srv/two"))),
                new EngineConfig("onnx", 2, Duration.ofSeconds(30), Path.of("/opt/tpu")),
                new MemoryConfig(DataSize.parse("1GB"), DataSize.parse("0B")),
                new JobsConfig(5, 2),
                new PicturesConfig(Duration.ofDays(1), DataSize.parse("10kB")),
                new TelemetryConfig(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(10),
                    DataSize.parse("2MB"),
                    OptionalDouble.of(40)),
                new MqttConfig(
                    URI.create("ssl://broker.lan:8883"),
                    Set.of(Layout.JSON, Layout.SPARKPLUG),
                    "lab",
                    "one",
                    Optional.of("box"),
                    Optional.of(Path.of("/run/pw")),
                    Optional.of(Path.of("/run/ca.pem")),
                    Optional.of(Path.of("/run/box.pem")),
                    Optional.of(Path.of("/run/box.key")),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Optional.of("scada"),
                    "ha",
                    Optional.of(Path.of("/run/command.pem")),
                    List.of("https://models.example", "http://10.0.0.5:8000")),
                new WebhookConfig(
                    Optional.of(URI.create("https://[fd00::1]:8443/hook?box=one%20")),
                    Optional.of(Path.of("/run/hook")),
                    Optional.of(Path.of("/run/hook.pem"))),
                new UpdatesConfig(
                    DataSize.parse("1MB"),
                    Optional.of(QuietHours.parse("08:00-22:00", ZoneId.systemDefault())),
                    true)));
  }

  @Test
  void theEnvironmentWinsOverTheFileAndTheCommandLineOverBoth() throws IOException {
    Path file = file("http.port = 1\njobs.queue.limit = 2\nengine.threads = 3\n");
    Map<String, String> environment =
        Map.of("AIRBOX_JOBS_QUEUE_LIMIT", "20", "AIRBOX_ENGINE_THREADS", "30", "HOME", "/root");

    DaemonConfig config = loader(environment).load(file, Map.of("engine.threads", "31"));

    assertThat(config.http().port()).isEqualTo(1);
    assertThat(config.jobs().queueLimit()).isEqualTo(20);
    assertThat(config.engine().threads()).isEqualTo(31);
  }

  @Test
  void reportsEveryProblemAtOnceWithItsSource() throws IOException {
    Path file =
        file("http.prot = 1\nhttp.port = many\nhttp.idle.timeout = 5\npictures.keep.bytes = big\n");

    assertThatThrownBy(
            () ->
                loader(Map.of("AIRBOX_JOBS_QUEUE_LIMIT", "0", "AIRBOX_HTTP_HOTS", "x"))
                    .load(file, Map.of("engine.kind", "gpu", "http.host", "0.0.0.256")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            file + ":http.prot: unknown setting. Did you mean \"http.port\"?",
            "AIRBOX_HTTP_HOTS: unknown setting in the environment. Did you mean \"AIRBOX_HTTP_HOST\"?",
            file + ":http.port: \"many\" is not a whole number",
            file
                + ":http.idle.timeout: \"5\" is not a duration; write a number with ms, s, m, h or d",
            file + ":pictures.keep.bytes: \"big\" is not a size",
            "AIRBOX_JOBS_QUEUE_LIMIT: \"0\" is out of range, allowed are 1…100000",
            "command line: engine.kind: \"gpu\" is not accepted: known are auto, onnx and bm1684x",
            "command line: http.host: \"0.0.0.256\" is not an address; write localhost, one address")
        .extracting(problem -> ((ConfigException) problem).problems().size())
        .isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "0.0.0.0", "192.168.1.7", "::", "::1", "fe80::1", "localhost"})
  void everyLocalAddressCanBeListenedOn(String host) {
    assertThat(load(Map.of(), Map.of("http.host", host)).http().host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "999.1.1.1",
        "example.org",
        "http://[::1]",
        "1:2",
        "[::1]"
      })
  void whatIsNoAddressIsRefusedWithoutAskingANameServer(String host) {
    assertThatThrownBy(() -> load(Map.of(), Map.of("http.host", host)))
        .hasMessageContaining("is not an address");
  }

  @ParameterizedTest
  @CsvSource({
    "http.names,box:8443,is not a host name",
    "http.names,http://box,is not a host name",
    "http.names,-box,is not a host name",
    "https.enabled,yes,say true or false",
    "access.session.idle,8d,is out of range",
    "socket.user.group,a b,is not the name of a group",
    "helper.socket,' ',is not a path",
    "sysroot,/no/such/box,is not a folder",
    "memory.limit,7,is not a size",
    "memory.limit,1kB,is out of range"
  })
  void whatCannotBeMeantIsRefused(String key, String value, String reason) {
    assertThatThrownBy(() -> load(Map.of(), Map.of(key, value))).hasMessageContaining(reason);
  }

  @Test
  void aNamedFileMustExist() {
    Path missing = folder.resolve("missing.properties");

    assertThatThrownBy(() -> loader(Map.of()).load(missing, Map.of()))
        .hasMessageContaining(missing + ": no such file (--config)");
  }

  @Test
  void valuesAreNotInterpolated() throws IOException {
    Path file = file("data.dir = /srv/${sys:user.name}\n");

    assertThat(loader(Map.of()).load(file, Map.of()).storage().data())
        .isEqualTo(Path.of("/srv/${sys:user.name}"));
  }

  @Test
  void secretsAreNotShownInProblems() {
    SettingsReader reader =
        new SettingsReader(key -> new SettingsReader.Setting(key, "hunter2", "file:" + key));

    reader.integer("mqtt.password", 0, 1);
    reader.integer("mqtt.port", 0, 1);

    assertThat(reader.problems())
        .containsExactly(
            "file:mqtt.password: *** is not a whole number",
            "file:mqtt.port: \"hunter2\" is not a whole number");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://hooks.lan/s3cret",
        "http://box:s3cret@hooks.lan/",
        "https://hooks.lan/s3cret#part",
        "https://hooks.lan:99999/s3cret",
        "https:///s3cret",
        "https://-/s3cret",
        "https://hooks.lan/s3cret path",
        "hooks.lan/s3cret"
      })
  void whatIsNoAddressOfAWebhookIsToldButNotShown(String url) {
    assertThatThrownBy(() -> load(Map.of("AIRBOX_ALARMS_WEBHOOK_URL", url), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("AIRBOX_ALARMS_WEBHOOK_URL: *** ")
        .message()
        .doesNotContain("s3cret");
  }

  private DaemonConfig load(Map<String, String> environment, Map<String, String> flags) {
    return loader(environment).load(null, flags);
  }

  private ConfigLoader loader(Map<String, String> environment) {
    return new ConfigLoader(environment, folder.resolve("system.properties"));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("airbox.properties"), text);
  }
}
