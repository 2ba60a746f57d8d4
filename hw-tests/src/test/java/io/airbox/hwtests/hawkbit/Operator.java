package io.airbox.hwtests.hawkbit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whoever looks after a fleet, at hawkBit's Management API. */
final class Operator {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI server;

  Operator(URI server) {
    this.server = server;
  }

  /** Lets boxes in by their own tokens, asking every second. */
  void letBoxesIn() throws Exception {
    set("authentication.targettoken.enabled", true);
    set("pollingTime", "00:00:01");
  }

  private void set(String name, Object value) throws Exception {
    call("PUT", "system/configs/" + name, Map.of("value", value));
  }

  /** Makes a target and tells its token. */
  String target(String controllerId) throws Exception {
    return call(
            "POST", "targets", List.of(Map.of("controllerId", controllerId, "name", controllerId)))
        .get(0)
        .get("securityToken")
        .asText();
  }

  /** Assigns a distribution set to a box; the action's id. */
  long assign(long set, String controllerId, String type) throws Exception {
    JsonNode answer =
        call(
            "POST",
            "distributionsets/" + set + "/assignedTargets",
            List.of(Map.of("id", controllerId, "type", type)));
    return answer.get("assignedActions").get(0).get("id").asLong();
  }

  void cancel(String controllerId, long action) throws Exception {
    call("DELETE", "targets/" + controllerId + "/actions/" + action, "");
  }

  /** {@code registered}, {@code pending}, {@code in_sync}, {@code error}. */
  String updateStatus(String controllerId) throws Exception {
    return get("targets/" + controllerId).get("updateStatus").asText();
  }

  JsonNode attributes(String controllerId) throws Exception {
    return get("targets/" + controllerId + "/attributes");
  }

  /** What happened to an action, oldest first: type and messages. */
  List<String> history(String controllerId, long action) throws Exception {
    List<String> lines = new ArrayList<>();
    for (JsonNode each :
        get("targets/" + controllerId + "/actions/" + action + "/status?limit=100&sort=id:ASC")
            .get("content")) {
      lines.add(each.get("type").asText() + " " + each.get("messages"));
    }
    return lines;
  }

  /** The groups of a rollout, in order, with how their targets stand. */
  List<JsonNode> groups(long rollout) throws Exception {
    List<JsonNode> groups = new ArrayList<>();
    String path = "rollouts/" + rollout + "/deploygroups";
    for (JsonNode each : get(path + "?sort=id:ASC").get("content")) {
      groups.add(get(path + "/" + each.get("id").asLong()));
    }
    return groups;
  }

  JsonNode get(String path) throws Exception {
    return call("GET", path, "");
  }

  private JsonNode call(String method, String path, Object body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/rest/v1/" + path))
            .header("Authorization", HawkBitServer.authorization())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .method(
                method,
                body.equals("")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(
          method + " " + path + " answers " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
  }
}
