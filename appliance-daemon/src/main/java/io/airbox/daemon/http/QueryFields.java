package io.airbox.daemon.http;

import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Numbers and flags in the query of a request. */
final class QueryFields {
  private QueryFields() {}

  /**
   * A whole number.
   *
   * @throws HttpFailure 400 when it is none or out of range
   */
  static long whole(RoutingContext context, String name, long min, long max, long absent) {
    String text = context.request().getParam(name);
    if (text == null) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw HttpFailure.invalid(
          name, name + ": \"" + Fields.shortened(text) + "\" is not a whole number");
    }
    throw HttpFailure.invalid(
        name,
        name
            + ": "
            + Fields.shortened(text)
            + " is out of range, allowed are "
            + min
            + "…"
            + (max == Long.MAX_VALUE ? "" : Long.toString(max)));
  }

  /**
   * A flag, as programs of several languages write it; false when it is not there.
   *
   * @throws HttpFailure 400 when it is none, or there twice
   */
  static boolean flag(RoutingContext context, String name) {
    List<String> texts = context.request().params().getAll(name);
    String text = texts.isEmpty() ? "false" : String.join(", ", texts);
    return switch (text) {
      case "true", "True", "1" -> true;
      case "false", "False", "0" -> false;
      default ->
          throw HttpFailure.invalid(
              name, name + ": \"" + Fields.shortened(text) + "\" is not true or false");
    };
  }
}
