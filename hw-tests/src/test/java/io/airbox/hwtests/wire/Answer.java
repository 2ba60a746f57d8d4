package io.airbox.hwtests.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A reply as it was on the wire.
 *
 * @param status of the status line
 * @param headers lines {@code Name: value} in their order
 * @param body decoded from its transfer coding, a character per byte
 */
public record Answer(int status, List<String> headers, String body) {

  /** The first header of that name, in any case. */
  public @Nullable String header(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    for (String line : headers) {
      if (line.toLowerCase(Locale.ROOT).startsWith(start)) {
        return line.substring(start.length()).strip();
      }
    }
    return null;
  }

  /** All headers of that name. */
  public List<String> all(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    return headers.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .toList();
  }

  /** The body as JSON. */
  public JsonObject json() {
    try {
      return new JsonObject(body);
    } catch (DecodeException e) {
      throw new AssertionError("the body is no JSON object: " + this, e);
    }
  }

  /** The code of a problem, or of an error in OpenAI's shape, in upper case. */
  public String code() {
    JsonObject json = json();
    JsonObject error = json.getJsonObject("error", json);
    return String.valueOf(error.getString("code")).toUpperCase(Locale.ROOT);
  }

  /** Asserts a refusal. */
  public Answer refusedWith(int wanted, String code) {
    assertThat(status).as("%s", this).isEqualTo(wanted);
    assertThat(code()).as("%s", this).isEqualTo(code);
    return this;
  }

  /** Asserts one of some statuses. */
  public Answer has(Integer... wanted) {
    assertThat(status).as("%s", this).isIn((Object[]) wanted);
    return this;
  }

  @Override
  public String toString() {
    return "HTTP "
        + status
        + " "
        + headers
        + " "
        + (body.length() <= 400 ? body : body.substring(0, 400) + "…");
  }
}
