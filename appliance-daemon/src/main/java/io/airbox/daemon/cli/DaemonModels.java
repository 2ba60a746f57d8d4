package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Those of a daemon. */
record DaemonModels(DaemonClient client) implements ModelDesk {
  private static final String UPDATES = "/api/v1/updates";
  private static final String MODELS = "/api/v1/models";
  private static final String AUTHORITIES = "/api/v1/authorities";

  /** A release's document may come slowly, and a pack that is removed may be in use. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Override
  public JsonObject updates() {
    return client.get(UPDATES);
  }

  @Override
  public JsonObject install(String place, String letGo) {
    return client.post(
        UPDATES, new JsonObject().put("address", place).put("let_go", letGo), PATIENCE);
  }

  @Override
  public void cancel() {
    client.delete(UPDATES + "/current");
  }

  @Override
  public JsonObject slots() {
    return client.get(MODELS);
  }

  @Override
  public JsonObject rollBack(String pack) {
    return client.post(MODELS + "/" + segment(pack) + "/rollback", new JsonObject(), PATIENCE);
  }

  @Override
  public void remove(String pack) {
    client.delete(MODELS + "/" + segment(pack), PATIENCE);
  }

  @Override
  public JsonObject authorities() {
    return client.get(AUTHORITIES);
  }

  @Override
  public JsonObject trust(byte[] document) {
    return client.post(
        AUTHORITIES, new JsonObject(new String(document, StandardCharsets.UTF_8)), PATIENCE);
  }

  @Override
  public void distrust(String authority) {
    client.delete(AUTHORITIES + "/" + segment(authority), PATIENCE);
  }

  private static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.close();
  }
}
