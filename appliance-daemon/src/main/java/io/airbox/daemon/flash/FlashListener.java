package io.airbox.daemon.flash;

import io.vertx.core.json.JsonObject;

/**
 * Is told how a flash goes: {@code watch}, all that is known but the console; {@code progress};
 * {@code console}, bytes that came.
 */
@FunctionalInterface
public interface FlashListener {
  /** Something happened. Called on the watching thread, which must not be held up. */
  void event(String name, JsonObject data);
}
