package io.airbox.daemon.cli;

import io.airbox.generation.GenerationRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What makes the pictures of {@code airbox generate}: a daemon, or this process. */
interface PictureSource extends AutoCloseable {
  /**
   * A finished picture.
   *
   * @param png its file
   * @param settings what it was made with, {@code seed} is its own
   */
  @SuppressWarnings("ArrayRecordComponent") // carries a file, never compared
  record Made(byte[] png, JsonObject settings) {}

  /**
   * Finished pictures.
   *
   * @param pictures in order
   * @param warnings sentences for the person who asked
   */
  record Result(List<Made> pictures, List<String> warnings) {}

  /**
   * Makes pictures and waits for them.
   *
   * @throws CommandFailure why it could not
   */
  Result make(GenerationRequest request, ProgressLine progress);

  @Override
  void close();
}
