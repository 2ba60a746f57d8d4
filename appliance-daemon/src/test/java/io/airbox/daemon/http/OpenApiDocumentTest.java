package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.access.AccessTable;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code openapi.json} to the routes and to what is really answered. */
class OpenApiDocumentTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode DOCUMENT = document();

  @TempDir Path data;

  private static JsonNode document() {
    try (InputStream in = OpenApiDocumentTest.class.getResourceAsStream("openapi.json")) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void documentsExactlyTheRoutesThatExist() throws Exception {
    Set<String> documented = new TreeSet<>();
    DOCUMENT
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

    assertThat(documented).isEqualTo(routes());
  }

  @Test
  void saysOfEveryOperationWhatTheAccessTableSays() {
    Set<String> documented = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : DOCUMENT.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        documented.add(
            String.join(
                " ",
                operation.getKey().toUpperCase(Locale.ROOT),
                path.getKey(),
                operation.getValue().path("x-airbox-role").asText(),
                operation.getValue().path("x-airbox-channel").asText()));
      }
    }
    Set<String> page = Set.of("/", "/*", "/webjars/*");

    assertThat(documented)
        .isEqualTo(
            AccessTable.AIRBOX.rules().stream()
                .filter(rule -> !page.contains(rule.template()))
                .map(
                    rule ->
                        String.join(
                            " ",
                            rule.method(),
                            rule.template().replaceAll(":(\\w+)", "{$1}"),
                            rule.audience().id(),
                            rule.demand().id()))
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** What the edge itself answers, whatever the route. */
  @Test
  void documentsTheAnswersOfTheEdgeForEveryOperation() {
    for (Map.Entry<String, JsonNode> path : DOCUMENT.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        JsonNode responses = operation.getValue().get("responses");
        List<String> answers = new ArrayList<>();
        responses.fieldNames().forEachRemaining(answers::add);
        String what = operation.getKey() + " " + path.getKey();

        assertThat(answers).as(what).contains("400", "401", "403", "414", "421", "431", "500");
        if (operation.getValue().get("x-airbox-channel").asText().equals("secure")) {
          assertThat(answers).as(what).contains("307");
        }
        if (path.getKey().contains("{")) {
          assertThat(answers).as(what).contains("404", "405");
        }
        if (operation.getValue().has("requestBody")) {
          assertThat(answers).as(what).contains("408", "413", "503");
        }
      }
    }
  }

  private Set<String> routes() throws Exception {
    Set<String> routes = new TreeSet<>();
    Vertx vertx = Vertx.vertx();
    try (TestRoutes parts = new TestRoutes(data)) {
      for (Route route : parts.routes(vertx, Entrance.https())) {
        String path = route.getPath();
        if (path == null || route.methods() == null || path.endsWith("/") || path.endsWith("*")) {
          // handlers of everything, and the page's static files
          continue;
        }
        String template = path.replaceAll(":(\\w+)", "{$1}");
        route.methods().forEach(method -> routes.add(method.name() + " " + template));
      }
    } finally {
      vertx.close();
    }
    return routes;
  }

  static Stream<String> schemas() {
    Iterable<String> names = () -> DOCUMENT.at("/components/schemas").fieldNames();
    return java.util.stream.StreamSupport.stream(names.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void everyExampleKeepsItsSchema(String name) {
    for (JsonNode example : DOCUMENT.at("/components/schemas/" + name + "/examples")) {
      validate(name, example);
    }
  }

  @Test
  void everyReplyKeepsItsSchema() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(data)) {
      String job = daemon.submit("{\"prompt\":\"a red apple\",\"seed\":7}");
      check(daemon.get("/api/v1/jobs/" + job), "get", "/api/v1/jobs/{id}");
      daemon.finished(job);
      check(daemon.post("/api/v1/jobs", "{\"prompt\":\"b\"}"), "post", "/api/v1/jobs");
      check(daemon.post("/api/v1/jobs", "{\"prompt\":7}"), "post", "/api/v1/jobs");
      check(daemon.get("/api/v1/jobs"), "get", "/api/v1/jobs");
      check(daemon.get("/api/v1/jobs/" + job), "get", "/api/v1/jobs/{id}");
      check(daemon.get("/api/v1/jobs/none"), "get", "/api/v1/jobs/{id}");
      check(daemon.get("/api/v1/jobs/" + job + "/events"), "get", "/api/v1/jobs/{id}/events");
      check(daemon.post("/api/v1/jobs/" + job + "/cancel", ""), "post", "/api/v1/jobs/{id}/cancel");
      String failed = daemon.submit("{\"prompt\":\"fail\"}");
      daemon.finished(failed);
      check(daemon.get("/api/v1/jobs/" + failed), "get", "/api/v1/jobs/{id}");
      check(daemon.get("/api/v1/status"), "get", "/api/v1/status");
      check(daemon.get("/api/v1/packs"), "get", "/api/v1/packs");
      check(daemon.get("/api/v1/packs/airbox-emoji"), "get", "/api/v1/packs/{name}");
      check(daemon.get("/api/v1/packs/none"), "get", "/api/v1/packs/{name}");
      check(daemon.get("/api/v1/samplers"), "get", "/api/v1/samplers");
      check(daemon.get("/api/v1/pictures"), "get", "/api/v1/pictures");
      check(daemon.get("/api/v1/pictures?limit=x"), "get", "/api/v1/pictures");
      check(daemon.get("/api/v1/pictures/" + job + "-0"), "get", "/api/v1/pictures/{id}");
      check(daemon.get("/api/v1/pictures/" + job + "-0.png"), "get", "/api/v1/pictures/{id}.png");
      byte[] png =
          daemon
              .client()
              .send(
                  daemon.request("/api/v1/pictures/" + job + "-0.png").build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
      check(
          daemon.send(
              daemon
                  .request("/api/v1/pictures/read")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(png))),
          "post",
          "/api/v1/pictures/read");
      check(daemon.post("/api/v1/pictures/read", "no"), "post", "/api/v1/pictures/read");
      check(
          daemon.send(daemon.request("/api/v1/pictures/" + job + "-0").DELETE()),
          "delete",
          "/api/v1/pictures/{id}");
      String images = "/v1/images/generations";
      check(daemon.post(images, "{\"prompt\":\"a\",\"n\":2}"), "post", images);
      check(daemon.post(images, "{\"prompt\":\"a\",\"response_format\":\"url\"}"), "post", images);
      check(daemon.post(images, "{\"prompt\":\"a\",\"n\":11}"), "post", images);
      check(daemon.post(images, "{\"prompt\":\"fail\"}"), "post", images);
      check(daemon.post(images, "{\"prompt\":\"a\",\"output_format\":\"jpeg\"}"), "post", images);
      check(daemon.post("/v1/images/edits", "{}"), "post", "/v1/images/edits");
      check(daemon.get("/v1/images/files/no.png"), "get", "/v1/images/files/{name}");
      String webUi = "/sdapi/v1/";
      check(daemon.post(webUi + "txt2img", "{\"prompt\":\"a\"}"), "post", webUi + "txt2img");
      check(daemon.post(webUi + "txt2img", "{\"prompt\":\"\"}"), "post", webUi + "txt2img");
      check(daemon.post(webUi + "txt2img", "{\"prompt\":\"fail\"}"), "post", webUi + "txt2img");
      check(daemon.post(webUi + "img2img", "{\"prompt\":\"a\"}"), "post", webUi + "img2img");
      for (String path : webUiPaths("get")) {
        check(daemon.get(path), "get", path);
      }
      for (String path : webUiPaths("post")) {
        check(daemon.post(path, "{}"), "post", path);
      }
      check(daemon.get("/v1/models"), "get", "/v1/models");
      check(daemon.get("/v1/models/airbox-emoji"), "get", "/v1/models/{id}");
      check(daemon.get("/v1/models/none"), "get", "/v1/models/{id}");
      check(daemon.get("/api/v1/tpu"), "get", "/api/v1/tpu");
      check(daemon.get("/healthz"), "get", "/healthz");
      check(daemon.get("/readyz"), "get", "/readyz");
      check(daemon.get("/metrics"), "get", "/metrics");
      check(daemon.get("/openapi.json"), "get", "/openapi.json");
    }
  }

  private static List<String> webUiPaths(String method) {
    return DOCUMENT.get("paths").properties().stream()
        .filter(path -> path.getKey().startsWith("/sdapi/") && path.getValue().has(method))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static void check(HttpResponse<String> reply, String method, String template)
      throws IOException {
    String what = method + " " + template + " " + reply.statusCode();
    JsonNode documented =
        DOCUMENT
            .get("paths")
            .get(template)
            .get(method)
            .get("responses")
            .get(Integer.toString(reply.statusCode()));
    assertThat(documented).as(what + " is documented").isNotNull();
    if (documented.has("$ref")) {
      documented = DOCUMENT.at(documented.get("$ref").asText().substring(1));
    }
    JsonNode content = documented.get("content");
    if (content == null) {
      assertThat(reply.body()).isEmpty();
      return;
    }
    String type = reply.headers().firstValue("Content-Type").orElseThrow().split(";")[0];
    assertThat(content.fieldNames()).toIterable().as(what).contains(type);
    JsonNode reference = content.get(type).path("schema").path("$ref");
    if (type.equals("text/event-stream")) {
      assertThat(reference.asText()).endsWith("/Event");
      events(reply.body()).forEach(event -> validate("Event", event));
    } else if (reference.isTextual()) {
      String name = reference.asText().substring(reference.asText().lastIndexOf('/') + 1);
      validate(name, JSON.readTree(reply.body()));
    }
  }

  /** The events of a stream; the document describes one of them. */
  private static List<JsonNode> events(String body) {
    List<JsonNode> events = new ArrayList<>();
    for (String block : body.split("\n\n")) {
      ObjectNode event = JSON.createObjectNode();
      block
          .lines()
          .filter(line -> !line.startsWith(":"))
          .map(line -> line.split(": ", 2))
          .forEach(field -> event.put(field[0], field[1]));
      if (!event.isEmpty()) {
        events.add(event);
      }
    }
    assertThat(events).isNotEmpty();
    return events;
  }

  static void validate(String name, JsonNode value) {
    ObjectNode schema = JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    schema.set("components", DOCUMENT.get("components"));
    JsonSchema validator = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
    assertThat(validator.validate(value)).as(name + " " + value).isEmpty();
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    assertThat(DOCUMENT.findValuesAsText("$ref"))
        .isNotEmpty()
        .allMatch(reference -> !DOCUMENT.at(reference.substring(1)).isMissingNode());
  }
}
