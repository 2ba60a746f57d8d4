package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.access.AccessTable;
import io.airbox.daemon.access.Audience;
import io.airbox.daemon.access.Demand;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.access.Rule;
import io.airbox.daemon.access.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every verb that asks a daemon, by everybody, over TLS and the sockets, as the table says. */
class VerbsByRoleIT {
  /** How a verb is given so that it does no harm when it is let in. */
  private static final Map<String, List<String>> LINES = new TreeMap<>();

  static {
    LINES.put("generate", List.of("generate", "a red apple", "-o", "{data}/apple.png"));
    LINES.put("models list", List.of("models", "list"));
    LINES.put("models slots", List.of("models", "slots"));
    LINES.put("models install", List.of("models", "install", "https://127.0.0.1:1/", "--detach"));
    LINES.put("models cancel", List.of("models", "cancel"));
    LINES.put("models rollback", List.of("models", "rollback", "one"));
    LINES.put("models remove", List.of("models", "remove", "one"));
    LINES.put("models history", List.of("models", "history"));
    LINES.put("models keys trust", List.of("models", "keys", "trust", "{data}/acme.keys.json"));
    LINES.put("models keys trusted", List.of("models", "keys", "trusted"));
    LINES.put("models keys distrust", List.of("models", "keys", "distrust", "acme"));
    LINES.put("claim", List.of("claim", "--passphrase-file", "-"));
    LINES.put("claim --show", List.of("claim", "--show"));
    LINES.put("claim --reset", List.of("claim", "--reset", "--yes"));
    LINES.put("access", List.of("access"));
    LINES.put("access --guests", List.of("access", "--guests", "on"));
    LINES.put("keys list", List.of("keys", "list"));
    LINES.put("keys add", List.of("keys", "add", "another"));
    LINES.put("keys revoke", List.of("keys", "revoke", "zzzzzzzz"));
    LINES.put("audit", List.of("audit"));
    LINES.put("certificate show", List.of("certificate", "show"));
    LINES.put(
        "certificate install",
        List.of("certificate", "install", "{data}/junk.pem", "{data}/junk.pem"));
    LINES.put("certificate reset", List.of("certificate", "reset"));
    LINES.put("system show", List.of("system", "show"));
    LINES.put("system hostname", List.of("system", "hostname", "studio", "--dry-run"));
    LINES.put("system time", List.of("system", "time", "2026-11-23T12:00:00Z", "--dry-run"));
    LINES.put("tpu status", List.of("tpu", "status"));
    LINES.put("tpu heaps", List.of("tpu", "heaps"));
    LINES.put("tpu load", List.of("tpu", "load", "one"));
    LINES.put("tpu unload", List.of("tpu", "unload", "one"));
    LINES.put("tpu pin", List.of("tpu", "pin", "one"));
    LINES.put("tpu unpin", List.of("tpu", "unpin", "one"));
    LINES.put("system reboot", List.of("system", "reboot", "--dry-run"));
    LINES.put("system mirror", List.of("system", "mirror"));
    LINES.put(
        "system mirror --set",
        List.of("system", "mirror", "--set", "https://mirrors.invalid", "--dry-run"));
    LINES.put("system mirror --undo", List.of("system", "mirror", "--undo", "--dry-run"));
    LINES.put("system ntp", List.of("system", "ntp"));
    LINES.put("system ntp --set", List.of("system", "ntp", "--set", "ntp.invalid", "--dry-run"));
    LINES.put("system ntp --undo", List.of("system", "ntp", "--undo", "--dry-run"));
    LINES.put("net show", List.of("net", "show"));
    LINES.put("net check", List.of("net", "check"));
    LINES.put("net presets", List.of("net", "presets"));
    LINES.put("net plan", List.of("net", "plan", "--preset", "both-dhcp"));
    LINES.put("net apply", List.of("net", "apply", "--plan", "none", "--yes"));
    LINES.put("net confirm", List.of("net", "confirm", "none", "--token", "none"));
    LINES.put("net revert", List.of("net", "revert", "none"));
    LINES.put("net history", List.of("net", "history"));
    LINES.put("telemetry once", List.of("telemetry", "once"));
    LINES.put("telemetry watch", List.of("telemetry", "watch"));
  }

  @TempDir Path data;
  @TempDir Path elsewhere;

  private Shell owner;
  private TestDaemon daemon;

  /** Somebody with a way to the daemon. */
  private record Visitor(String name, Role role, boolean socket, Shell shell, List<String> way) {
    private int airbox(List<String> words) {
      List<Object> all = new ArrayList<>(words);
      all.addAll(way);
      return shell.airbox(all.toArray());
    }
  }

  @BeforeEach
  void start() throws Exception {
    String group = Files.readAttributes(data, PosixFileAttributes.class).group().getName();
    daemon =
        TestDaemon.start(
            data,
            Map.of(
                "https.enabled",
                "true",
                "socket.operator.group",
                group,
                "socket.user.group",
                group));
    Files.writeString(data.resolve("junk.pem"), "-----BEGIN JUNK-----\n");
    AuthorityFile.write(data.resolve("acme.keys.json"), "acme");
    owner = new Shell(data);
    owner.piping("correct horse battery");
    assertThat(owner.airbox("claim", "--passphrase-file", "-", "--data", data)).isZero();
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private List<Visitor> visitors() throws IOException {
    List<Visitor> visitors = new ArrayList<>();
    String url = daemon.httpsUrl();
    assertThat(owner.airbox("certificate", "show", "--json", "--data", data)).isZero();
    String fingerprint = owner.json().getString("public_key_sha256");
    for (Role role : Role.values()) {
      List<String> way = new ArrayList<>(List.of("--host", url, "--fingerprint", fingerprint));
      Shell shell = new Shell(elsewhere);
      if (role != Role.GUEST) {
        assertThat(owner.airbox("keys", "add", role.id(), "--role", role.id(), "--data", data))
            .isZero();
        shell.environment.put("AIRBOX_KEY", owner.out().strip());
      }
      visitors.add(new Visitor(role.id() + " over TLS", role, false, shell, way));
    }
    for (Map.Entry<Role, String> socket :
        Map.of(
                Role.USER, "api-user.sock",
                Role.OPERATOR, "api-operator.sock",
                Role.OWNER, "api.sock")
            .entrySet()) {
      Path home = Files.createDirectories(elsewhere.resolve(socket.getKey().id()));
      Files.createDirectories(home.resolve("run"));
      Files.createSymbolicLink(
          home.resolve("run").resolve(socket.getValue()), data.resolve(socket.getValue()));
      visitors.add(
          new Visitor(
              socket.getValue(),
              socket.getKey(),
              true,
              new Shell(home),
              List.of("--data", home.resolve("none").toString())));
    }
    return visitors;
  }

  @Test
  void everyVerbIsTried() {
    assertThat(LINES.keySet())
        .containsExactlyInAnyOrderElementsOf(
            AccessTable.AIRBOX.verbs().stream()
                .filter(verb -> verb.rule().isPresent())
                .map(Verb::words)
                .toList());
  }

  @TestFactory
  List<DynamicTest> everybodyMayWhatTheTableSays() throws IOException {
    List<Visitor> visitors = visitors();
    List<DynamicTest> tests = new ArrayList<>();
    for (Verb verb : AccessTable.AIRBOX.verbs()) {
      Rule rule = verb.rule().orElse(null);
      if (rule == null || verb.words().equals("claim --reset")) {
        continue;
      }
      for (Visitor visitor : visitors) {
        tests.add(
            DynamicTest.dynamicTest(
                verb.words() + ": " + visitor.name(), () -> tryVerb(verb, rule, visitor)));
      }
    }
    return tests;
  }

  @Test
  void onlyTheOwnersSocketResets() throws IOException {
    Verb verb = AccessTable.AIRBOX.verb("claim --reset").orElseThrow();
    for (Visitor visitor : visitors()) {
      boolean last = visitor.socket() && visitor.role() == Role.OWNER;
      if (!last) {
        tryVerb(verb, verb.rule().orElseThrow(), visitor);
        assertThat(daemon.json("/api/v1/session").getBoolean("claimed")).isTrue();
      }
    }
    assertThat(owner.airbox("claim", "--reset", "--yes", "--data", data)).isZero();
    assertThat(daemon.json("/api/v1/session").getBoolean("claimed")).isFalse();
  }

  @Test
  void withoutGuestsPicturesNeedAKey() throws IOException {
    assertThat(owner.airbox("access", "--guests", "off", "--data", data)).isZero();
    for (Visitor visitor : visitors()) {
      for (String words : List.of("generate", "models list")) {
        assertThat(visitor.airbox(line(words)))
            .as("%s: %s: %s", words, visitor.name(), visitor.shell().err())
            .isEqualTo(visitor.role() == Role.GUEST ? ExitCodes.NOT_ALLOWED : ExitCodes.DONE);
      }
    }
  }

  private void tryVerb(Verb verb, Rule rule, Visitor visitor) {
    visitor.shell().piping("correct horse battery");
    int exit = visitor.airbox(line(verb.words()));
    if (rule.demand() == Demand.SOCKET && !visitor.socket()) {
      // the command line does not even ask
      assertThat(exit).as(visitor.shell().err()).isEqualTo(ExitCodes.USAGE);
      assertThat(visitor.shell().err()).contains("on the box itself");
    } else if (welcome(rule.audience(), visitor.role())) {
      assertThat(exit)
          .as(visitor.shell().err())
          .isIn(ExitCodes.DONE, ExitCodes.FAILED, ExitCodes.USAGE);
    } else {
      assertThat(exit).as(visitor.shell().err()).isEqualTo(ExitCodes.NOT_ALLOWED);
      assertThat(visitor.shell().out()).isEmpty();
    }
  }

  private static boolean welcome(Audience audience, Role role) {
    return switch (audience) {
      case PUBLIC, GENERATION -> true;
      case USER -> role.compareTo(Role.USER) >= 0;
      case OPERATOR -> role.compareTo(Role.OPERATOR) >= 0;
      case OWNER -> role == Role.OWNER;
    };
  }

  private List<String> line(String words) {
    return LINES.get(words).stream().map(word -> word.replace("{data}", data.toString())).toList();
  }
}
