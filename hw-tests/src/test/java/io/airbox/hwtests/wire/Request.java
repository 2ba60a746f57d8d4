package io.airbox.hwtests.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request in the making; what it becomes on the wire is exactly what was put in, so it can be as
 * wrong as an attacker likes. {@code Host}, {@code Connection: close} and the true {@code
 * Content-Length} are added unless the request brings its own.
 */
public final class Request {
  private final String method;
  private final String target;
  private final List<String> headers = new ArrayList<>();
  private @Nullable String body;
  private boolean bare;

  private Request(String method, String target) {
    this.method = method;
    this.target = target;
  }

  public static Request of(String method, String target) {
    return new Request(method, target);
  }

  public static Request get(String target) {
    return of("GET", target);
  }

  /** A POST of JSON. */
  public static Request post(String target, String json) {
    return of("POST", target).header("Content-Type", "application/json").body(json);
  }

  public Request header(String name, String value) {
    headers.add(name + ": " + value);
    return this;
  }

  /** A header line as it stands, without its line end. */
  public Request line(String line) {
    headers.add(line);
    return this;
  }

  /** A body, one byte a character. */
  public Request body(String text) {
    body = text;
    return this;
  }

  /** Presents an API key. */
  public Request key(String key) {
    return header("Authorization", "Bearer " + key);
  }

  /** Presents a cookie as {@code NAME=VALUE}. */
  public Request cookie(String cookie) {
    return header("Cookie", cookie);
  }

  /** Keeps the connection open after the reply. */
  public Request kept() {
    bare = true;
    return this;
  }

  /** The request on the wire. */
  public String wire(String host) {
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (!has("host")) {
      text.append("Host: ").append(host).append("\r\n");
    }
    if (!bare && !has("connection")) {
      text.append("Connection: close\r\n");
    }
    String sent = body;
    if (sent != null && !has("content-length") && !has("transfer-encoding")) {
      text.append("Content-Length: ")
          .append(sent.getBytes(StandardCharsets.ISO_8859_1).length)
          .append("\r\n");
    }
    headers.forEach(line -> text.append(line).append("\r\n"));
    text.append("\r\n");
    return sent == null ? text.toString() : text.append(sent).toString();
  }

  private boolean has(String name) {
    return headers.stream().anyMatch(line -> line.regionMatches(true, 0, name, 0, name.length()));
  }
}
