package io.airbox.daemon.access;

import static io.airbox.daemon.access.Audience.OWNER;
import static io.airbox.daemon.access.Audience.PUBLIC;
import static io.airbox.daemon.access.Demand.ANY;
import static io.airbox.daemon.access.Demand.SECURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTableTest {
  private static final AccessTable TABLE = AccessTable.AIRBOX;

  /** The whole table, written a second time: whoever changes one must mean it. */
  private static final String EXPECTED =
      """
      GET    /                            public     any
      GET    /*                           public     any
      GET    /webjars/*                   public     any
      GET    /openapi.json                public     any
      GET    /healthz                     public     any
      GET    /readyz                      public     any
      GET    /metrics                     user       any
      GET    /api/v1/status               public     any
      GET    /api/v1/session              public     any
      POST   /api/v1/session              public     secure
      DELETE /api/v1/session              public     any
      POST   /api/v1/claim                public     secure
      GET    /api/v1/claim                owner      socket
      DELETE /api/v1/claim                owner      socket
      PUT    /api/v1/passphrase           owner      secure
      GET    /api/v1/access               operator   secure
      PUT    /api/v1/access               owner      secure
      GET    /api/v1/keys                 owner      secure
      POST   /api/v1/keys                 owner      secure
      DELETE /api/v1/keys/:id             owner      secure
      GET    /api/v1/audit                owner      secure
      GET    /api/v1/certificate          public     any
      PUT    /api/v1/certificate          owner      secure
      DELETE /api/v1/certificate          owner      secure
      GET    /api/v1/system               operator   secure
      PUT    /api/v1/system/hostname      owner      secure
      PUT    /api/v1/system/time          operator   secure
      POST   /api/v1/system/reboot        operator   secure
      GET    /api/v1/system/mirror        operator   secure
      PUT    /api/v1/system/mirror        owner      secure
      GET    /api/v1/system/ntp           operator   secure
      PUT    /api/v1/system/ntp           owner      secure
      GET    /api/v1/flash                operator   secure
      POST   /api/v1/flash/watch          operator   secure
      DELETE /api/v1/flash/watch          operator   secure
      GET    /api/v1/flash/watch/events   operator   secure
      POST   /api/v1/flash/analyze        operator   secure
      GET    /api/v1/flash/reports/:folder/:file operator   secure
      GET    /api/v1/updates              operator   secure
      POST   /api/v1/updates              owner      secure
      DELETE /api/v1/updates/current      owner      secure
      GET    /api/v1/models               operator   secure
      POST   /api/v1/models/:name/rollback owner      secure
      DELETE /api/v1/models/:name         owner      secure
      GET    /api/v1/authorities          operator   secure
      POST   /api/v1/authorities          owner      socket
      DELETE /api/v1/authorities/:name    owner      socket
      GET    /api/v1/network              operator   secure
      GET    /api/v1/network/check        operator   secure
      GET    /api/v1/network/presets      operator   secure
      POST   /api/v1/network/plan         operator   secure
      POST   /api/v1/network/apply        owner      secure
      POST   /api/v1/network/confirm      public     secure
      POST   /api/v1/network/revert       owner      secure
      GET    /api/v1/network/transaction  operator   secure
      GET    /api/v1/network/history      operator   secure
      GET    /api/v1/tpu                  user       any
      PUT    /api/v1/tpu/packs/:name      operator   secure
      GET    /api/v1/telemetry            user       any
      GET    /api/v1/telemetry/history    user       any
      GET    /api/v1/packs                generation any
      GET    /api/v1/packs/:name          generation any
      GET    /api/v1/samplers             generation any
      POST   /api/v1/jobs                 generation any
      GET    /api/v1/jobs                 generation any
      GET    /api/v1/jobs/:id             generation any
      GET    /api/v1/jobs/:id/events      generation any
      POST   /api/v1/jobs/:id/cancel      generation any
      GET    /api/v1/pictures             generation any
      POST   /api/v1/pictures/read        generation any
      GET    /api/v1/pictures/:id.png     generation any
      GET    /api/v1/pictures/:id         generation any
      DELETE /api/v1/pictures/:id         generation any
      POST   /v1/images/generations       generation any
      POST   /v1/images/edits             generation any
      GET    /v1/images/files/:name       public     any
      GET    /v1/models                   generation any
      GET    /v1/models/:id               generation any
      POST   /sdapi/v1/txt2img            generation any
      POST   /sdapi/v1/img2img            generation any
      GET    /sdapi/v1/progress           generation any
      POST   /sdapi/v1/interrupt          generation any
      POST   /sdapi/v1/skip               generation any
      GET    /sdapi/v1/options            generation any
      POST   /sdapi/v1/options            generation any
      GET    /sdapi/v1/sd-models          generation any
      GET    /sdapi/v1/samplers           generation any
      GET    /sdapi/v1/schedulers         generation any
      GET    /sdapi/v1/upscalers          generation any
      GET    /sdapi/v1/embeddings         generation any
      GET    /sdapi/v1/scripts            generation any
      GET    /sdapi/v1/cmd-flags          generation any
      GET    /sdapi/v1/latent-upscale-modes generation any
      GET    /sdapi/v1/sd-vae             generation any
      GET    /sdapi/v1/sd-modules         generation any
      GET    /sdapi/v1/loras              generation any
      GET    /sdapi/v1/prompt-styles      generation any
      GET    /sdapi/v1/hypernetworks      generation any
      GET    /sdapi/v1/face-restorers     generation any
      GET    /sdapi/v1/realesrgan-models  generation any
      GET    /sdapi/v1/script-info        generation any
      GET    /sdapi/v1/extensions         generation any
      GET    /sdapi/v1/memory             generation any
      POST   /sdapi/v1/png-info           generation any
      POST   /sdapi/v1/refresh-checkpoints generation any
      POST   /sdapi/v1/refresh-vae        generation any
      POST   /sdapi/v1/reload-checkpoint  generation any
      POST   /sdapi/v1/unload-checkpoint  generation any
      """;

  @Test
  void isTheTableThatIsMeant() {
    assertThat(TABLE.rules())
        .extracting(
            rule ->
                String.format(
                    "%-6s %-28s %-10s %s",
                    rule.method(), rule.template(), rule.audience().id(), rule.demand().id()))
        .containsExactlyElementsOf(EXPECTED.lines().toList());
  }

  @Test
  void nothingThatChangesTheBoxGoesInPlainText() {
    assertThat(TABLE.rules())
        .filteredOn(rule -> rule.audience().compareTo(Audience.USER) > 0)
        .allMatch(rule -> rule.demand() != ANY, "asks for a secure channel");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, /",
    "HEAD, /, /",
    "GET, /app.js, /*",
    "GET, /fonts/a/b.woff2, /*",
    "GET, /webjars/preact/10/preact.js, /webjars/*",
    "GET, /webjars, /webjars/*",
    "GET, /metrics, /metrics",
    "GET, /metrics/, /metrics",
    "GET, /api/v1/keys, /api/v1/keys",
    "GET, /api/v1/keys/, /api/v1/keys",
    "GET, /api/v1/keys//, /api/v1/keys",
    "DELETE, /api/v1/keys/abc, /api/v1/keys/:id",
    "GET, /api/v1/pictures/x.png, /api/v1/pictures/:id.png",
    "HEAD, /api/v1/pictures/x.png, /api/v1/pictures/:id.png",
    "GET, /api/v1/pictures/.png, /api/v1/pictures/:id",
    "GET, /api/v1/pictures/x.png.json, /api/v1/pictures/:id",
    "DELETE, /api/v1/pictures/x.png, /api/v1/pictures/:id",
    "POST, /api/v1/pictures/read, /api/v1/pictures/read",
    "GET, /api/v1/pictures/read, /api/v1/pictures/:id",
  })
  void findsTheMostSpecialRule(String method, String path, String template) {
    assertThat(TABLE.rule(method, path)).map(Rule::template).contains(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/forgotten",
        "GET /api",
        "GET /api/v2/keys",
        "GET /v1/forgotten",
        "GET /metrics/more",
        "GET //api/v1/keys",
        "GET /a//b",
        "GET /api/v1/jobs//events",
        "GET api/v1/status",
        "GET *",
        "GET ''",
        "POST /",
        "POST /app.js",
        "PATCH /api/v1/keys",
        "get /api/v1/status",
        "OPTIONS /api/v1/keys",
        "TRACE /",
        "CONNECT /",
      })
  void refusesWhatItDoesNotKnow(String request) {
    String[] parts = request.replace("''", "").split(" ", -1);

    assertThat(TABLE.rule(parts[0], parts[1])).isEmpty();
  }

  @Test
  void knowsRoutesByTheirTemplates() {
    assertThat(TABLE.mounted("GET", "/api/v1/jobs/:id")).isPresent();
    assertThat(TABLE.mounted("HEAD", "/*")).isPresent();
    assertThat(TABLE.mounted("GET", "/api/v1/jobs/:job")).isEmpty();
    assertThat(TABLE.mounted("PUT", "/api/v1/jobs/:id")).isEmpty();
  }

  @Test
  void knowsWhomVerbsAreFor() {
    assertThat(TABLE.verb("keys add")).flatMap(Verb::audience).contains(OWNER);
    assertThat(TABLE.verb("claim")).flatMap(Verb::audience).contains(PUBLIC);
    assertThat(TABLE.verb("system reboot")).flatMap(Verb::audience).contains(Audience.OPERATOR);
    assertThat(TABLE.verb("run")).isPresent().get().matches(verb -> verb.audience().isEmpty());
    assertThat(TABLE.verb("keys")).isEmpty();
    assertThat(TABLE.verbs())
        .allSatisfy(
            verb -> verb.rule().ifPresent(rule -> assertThat(TABLE.rules()).contains(rule)));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/:x, /a/:y",
    "/a/:x/c, /a/b/:y",
    "/a/:x.png, /a/b:y",
    "/a/*, /:x/b",
    "/a, /a",
    "/a/*, /a/*",
  })
  void cannotBeMadeWhereTwoRulesCompete(String one, String other) {
    assertThatThrownBy(() -> table(one, other)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void canBeMadeWhereOneRuleIsASpecialCaseOfTheOther() {
    AccessTable table = table("/a/*", "/a/:x", "/a/:x.png", "/a/:x.tiny.png", "/a/b.png", "/a");

    assertThat(table.rule("GET", "/a/b.png")).map(Rule::template).contains("/a/b.png");
    assertThat(table.rule("GET", "/a/c.tiny.png")).map(Rule::template).contains("/a/:x.tiny.png");
    assertThat(table.rule("GET", "/a/c.png")).map(Rule::template).contains("/a/:x.png");
    assertThat(table.rule("GET", "/a/c")).map(Rule::template).contains("/a/:x");
    assertThat(table.rule("GET", "/a/c/d")).map(Rule::template).contains("/a/*");
    assertThat(table.rule("GET", "/a")).map(Rule::template).contains("/a");
  }

  @Test
  void cannotBeMadeWithAVerbTwice() {
    Verb verb = new Verb("run", Optional.empty());

    assertThatThrownBy(() -> new AccessTable(List.of(), List.of(verb, verb)))
        .hasMessageContaining("run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "//", "/a//b", "/a/", "/*/a", "/:", "/:a:b", "/a*", "/a:b", "/:x*"})
  void refusesTemplatesThatMeanNothing(String template) {
    assertThatThrownBy(() -> new Rule("GET", template, PUBLIC, SECURE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(template);
  }

  @Test
  void refusesMethodsThatNoRouteHas() {
    assertThatThrownBy(() -> new Rule("HEAD", "/", PUBLIC, SECURE)).hasMessageContaining("HEAD");
  }

  /** Every path under the API that no template describes is refused, whatever it looks like. */
  @Property
  void agreesWithRegularExpressions(
      @ForAll("methods") String method, @ForAll("paths") String path) {
    List<Rule> fitting =
        TABLE.rules().stream()
            .filter(rule -> rule.method().equals(method))
            .filter(rule -> !rule.template().endsWith("*"))
            .filter(rule -> path.matches(expression(rule.template())))
            .toList();
    Optional<Rule> found = TABLE.rule(method, path).filter(rule -> !rule.template().endsWith("*"));

    if (fitting.isEmpty()) {
      assertThat(found).isEmpty();
      if (path.matches("/(api|v1|metrics)(/.*)?")) {
        assertThat(TABLE.rule(method, path)).isEmpty();
      }
    } else {
      // a name counts more than a variable with a suffix, and that more than a variable
      assertThat(found)
          .contains(
              fitting.stream()
                  .min((a, b) -> Integer.compare(looseness(a), looseness(b)))
                  .orElseThrow());
    }
  }

  @Provide
  Arbitrary<String> methods() {
    return Arbitraries.of("GET", "POST", "PUT", "DELETE", "PATCH");
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "api",
            "v1",
            "keys",
            "jobs",
            "pictures",
            "read",
            "x.png",
            ".png",
            "x",
            "events",
            "cancel",
            "metrics",
            "claim",
            "system",
            "reboot",
            "models",
            "",
            "%2e",
            "webjars")
        .list()
        .ofMaxSize(6)
        .map(parts -> "/" + String.join("/", parts));
  }

  private static String expression(String template) {
    return template.replace(".", "\\.").replaceAll(":[a-z]+", "[^/]+").replaceAll("/$", "") + "/*";
  }

  private static int looseness(Rule rule) {
    String template = rule.template();
    return !template.contains(":") ? 0 : template.contains(".") ? 1 : 2;
  }

  private static AccessTable table(String... templates) {
    return new AccessTable(
        java.util.Arrays.stream(templates)
            .map(template -> new Rule("GET", template, PUBLIC, ANY))
            .toList(),
        List.of());
  }
}
