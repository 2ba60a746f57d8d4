package io.airbox.daemon.http;

import io.vertx.ext.web.RoutingContext;

/** Numbers in the query of a request. */
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
}
