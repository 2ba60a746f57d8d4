package io.airbox.daemon.http;

import io.vertx.core.json.JsonObject;

final class PictureText {
  private PictureText() {}

  static JsonObject read(byte[] png) {
    return new JsonObject().put("prompt", "" + png.length);
  }
}
