package io.airbox.hwtests.linux;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An HTTP response as {@code curl --include} prints it.
 *
 * @param status the status code
 * @param headers the last value of each, by its name in lower case
 * @param body the text after the empty line
 */
record HttpAnswer(int status, Map<String, String> headers, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads what curl printed; fails with it if that is no response. */
  static HttpAnswer of(CommandResult curl) {
    String text = curl.orThrow().replace("\r", "");
    int end = text.indexOf("\n\n");
    if (!text.startsWith("HTTP/") || end < 0) {
      throw new AssertionError("'" + curl.command() + "' printed no response:\n" + text);
    }
    Map<String, String> headers = new TreeMap<>();
    text.substring(0, end)
        .lines()
        .skip(1)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              headers.put(
                  line.substring(0, colon).toLowerCase(Locale.ROOT),
                  line.substring(colon + 1).strip());
            });
    return new HttpAnswer(
        Integer.parseInt(text.split(" ", 3)[1].strip()), headers, text.substring(end + 2));
  }

  /** The body as JSON. */
  JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError("the body is no JSON:\n" + body, e);
    }
  }
}
