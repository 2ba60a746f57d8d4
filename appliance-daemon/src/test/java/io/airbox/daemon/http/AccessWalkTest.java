package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.access.AccessTable;
import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Decision;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.access.Rule;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route of the OpenAPI document, asked by everybody in every way, answers as the {@link
 * AccessTable} says. What is allowed is asked with a body or an id that leads to nothing, so that
 * no question changes the next one's answer.
 */
class AccessWalkTest {
  private static final String PASSPHRASE = "correct horse battery";
  private static final String LAN = "127.0.0.2";

  /** What only the gate says. */
  private static final Set<String> REFUSALS =
      Set.of(
          "UNAUTHENTICATED",
          "INVALID_KEY",
          "FORBIDDEN",
          "NOT_CLAIMED",
          "SOCKET_ONLY",
          "TLS_REQUIRED",
          "WRONG_ORIGIN");

  @TempDir Path data;
  private TestDaemon daemon;
  private final List<Question> questions = new ArrayList<>();

  /** A way in, as the daemon is to see it. */
  private record Way(String name, Channel channel, @Nullable Role socket, RawHttp.Way http) {}

  /** Somebody with a credential, as headers; the actor is null for a wrong one. */
  private record Asker(String name, String headers, @Nullable Actor actor) {}

  private record Operation(String method, String path) {}

  private record Question(Operation operation, Way way, Asker asker) {}

  @BeforeEach
  void start() throws Exception {
    String group = Files.readAttributes(data, PosixFileAttributes.class).group().getName();
    daemon =
        TestDaemon.start(
            data,
            Map.of(
                "https.enabled", "true",
                "socket.operator.group", group,
                "socket.user.group", group),
            address -> address.isLoopbackAddress() && !isLan(address));
    daemon.httpsUrl();
  }

  private static boolean isLan(InetAddress address) {
    return address.getHostAddress().equals(LAN);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private List<Way> ways() {
    return List.of(
        new Way("loopback", Channel.LOOPBACK, null, RawHttp.http(daemon)),
        new Way("lan", Channel.LAN, null, RawHttp.http(daemon, LAN)),
        new Way("tls", Channel.TLS, null, RawHttp.https(daemon)),
        new Way("api.sock", Channel.SOCKET, Role.OWNER, unix("api.sock")),
        new Way("api-operator.sock", Channel.SOCKET, Role.OPERATOR, unix("api-operator.sock")),
        new Way("api-user.sock", Channel.SOCKET, Role.USER, unix("api-user.sock")));
  }

  private RawHttp.Way unix(String name) {
    return RawHttp.unix(data.resolve(name));
  }

  private static List<Operation> operations() throws IOException {
    List<Operation> operations = new ArrayList<>();
    try (InputStream in = AccessWalkTest.class.getResourceAsStream("openapi.json")) {
      JsonNode paths = new ObjectMapper().readTree(in).get("paths");
      for (Map.Entry<String, JsonNode> path : paths.properties()) {
        path.getValue()
            .fieldNames()
            .forEachRemaining(
                method ->
                    operations.add(new Operation(method.toUpperCase(Locale.ROOT), path.getKey())));
      }
    }
    return operations;
  }

  private static Rule rule(Operation operation) {
    return AccessTable.AIRBOX
        .mounted(operation.method(), operation.path().replaceAll("\\{(\\w+)}", ":$1"))
        .orElseThrow();
  }

  @Test
  void anUnclaimedBoxAnswersAsTheTableSays() throws Exception {
    walk(List.of(nobody(), wrong()), false, true);
  }

  @Test
  void aClaimedBoxAnswersAsTheTableSays() throws Exception {
    Map<Role, Asker> keys = claim();
    List<Asker> askers = new ArrayList<>(keys.values());
    askers.add(nobody());
    askers.add(wrong());

    walk(askers, true, true);
  }

  @Test
  void aBoxWithoutGuestsAnswersAsTheTableSays() throws Exception {
    Map<Role, Asker> keys = claim();
    assertThat(unix("api.sock").send("PUT", "/api/v1/access", "", "{\"guests\":false}").status())
        .isEqualTo(200);

    walk(List.of(nobody(), wrong(), keys.get(Role.USER)), true, false);
  }

  @Test
  void aSessionMayWhatItsOwnerMay() throws Exception {
    claim();
    for (Way way : ways()) {
      if (way.channel() == Channel.LOOPBACK || way.channel() == Channel.TLS) {
        RawHttp.Reply in =
            way.http()
                .send("POST", "/api/v1/session", "", "{\"passphrase\":\"" + PASSPHRASE + "\"}");
        String set = in.header("Set-Cookie");
        String origin = way.channel() == Channel.TLS ? "https" : "http";
        Asker owner =
            new Asker(
                "owner's session",
                "Cookie: "
                    + set.substring(0, set.indexOf(';'))
                    + "\r\nOrigin: "
                    + origin
                    + "://localhost\r\n",
                Actor.owner());
        for (Operation operation : operations()) {
          if (!operation.equals(new Operation("DELETE", "/api/v1/session"))) {
            questions.add(new Question(operation, way, owner));
          }
        }
      }
    }
    ask(true, true);
  }

  /** Makes an owner and a key of each role. */
  private Map<Role, Asker> claim() {
    RawHttp.Way socket = unix("api.sock");
    assertThat(
            socket
                .send("POST", "/api/v1/claim", "", "{\"passphrase\":\"" + PASSPHRASE + "\"}")
                .status())
        .isEqualTo(201);
    Map<Role, Asker> askers = new EnumMap<>(Role.class);
    for (Role role : List.of(Role.USER, Role.OPERATOR, Role.OWNER)) {
      RawHttp.Reply made =
          socket.send(
              "POST",
              "/api/v1/keys",
              "",
              "{\"name\":\"" + role.id() + "\",\"role\":\"" + role.id() + "\"}");
      JsonObject key = new JsonObject(made.body());
      askers.put(
          role,
          new Asker(
              role.id() + "'s key",
              "Authorization: Bearer " + key.getString("key") + "\r\n",
              Actor.key(key.getString("id"), role)));
    }
    return askers;
  }

  private static Asker nobody() {
    return new Asker("nobody", "", Actor.guest("somewhere"));
  }

  private static Asker wrong() {
    return new Asker(
        "a wrong key", "Authorization: Bearer abx_00000000_" + "A".repeat(43) + "\r\n", null);
  }

  private void walk(List<Asker> askers, boolean claimed, boolean guests) throws IOException {
    for (Operation operation : operations()) {
      for (Way way : ways()) {
        for (Asker asker : askers) {
          questions.add(new Question(operation, way, asker));
        }
      }
    }
    ask(claimed, guests);
  }

  private void ask(boolean claimed, boolean guests) {
    List<String> wrong = new ArrayList<>();
    for (Question question : questions) {
      String expected = expected(question, claimed, guests);
      String answer = answer(question);
      if (!answer.equals(expected)) {
        wrong.add(
            question.asker().name()
                + " by "
                + question.way().name()
                + ": "
                + question.operation().method()
                + " "
                + question.operation().path()
                + " should be "
                + expected
                + ", is "
                + answer);
      }
    }
    assertThat(questions).hasSizeGreaterThan(50);
    assertThat(wrong).isEmpty();
  }

  private static String expected(Question question, boolean claimed, boolean guests) {
    Actor actor = question.asker().actor();
    if (actor == null) {
      return "401 INVALID_KEY";
    }
    Way way = question.way();
    Role socket = way.socket();
    boolean keyless = question.asker().headers().isEmpty();
    Decision decision =
        Decision.of(
            rule(question.operation()),
            socket != null && keyless ? Actor.local(socket) : actor,
            way.channel(),
            claimed,
            guests);
    if (decision instanceof Decision.Unauthenticated) {
      return "401 UNAUTHENTICATED";
    }
    if (decision instanceof Decision.Forbidden) {
      return "403 FORBIDDEN";
    }
    if (decision instanceof Decision.NeedsTls) {
      return "307 TLS_REQUIRED";
    }
    if (decision instanceof Decision.TooPowerful) {
      return "403 TLS_REQUIRED";
    }
    if (decision instanceof Decision.SocketOnly) {
      return "403 SOCKET_ONLY";
    }
    return decision instanceof Decision.NotClaimed ? "403 NOT_CLAIMED" : "allowed";
  }

  private static String answer(Question question) {
    Operation operation = question.operation();
    String path = operation.path().replaceAll("\\{\\w+}", "none");
    boolean reads = operation.method().equals("GET");
    // a half body for what takes one, a senseless query for what takes none
    RawHttp.Reply reply =
        question
            .way()
            .http()
            .send(
                operation.method(),
                path.equals("/api/v1/claim") ? path + "?keys=nonsense" : path,
                question.asker().headers(),
                reads ? "" : "{");
    String code = reply.code();
    if (code.equals("TLS_REQUIRED") && reply.status() == 307) {
      assertThat(reply.header("Location")).startsWith("https://localhost:").contains(path);
    }
    return REFUSALS.contains(code) ? reply.status() + " " + code : "allowed";
  }
}
