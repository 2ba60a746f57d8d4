package io.airbox.generation.worker;

import io.airbox.generation.PackHost;

/** Builds what a worker process runs, once, on the thread that will make the pictures. */
@FunctionalInterface
public interface PictureMakerFactory {
  /**
   * Builds it.
   *
   * @throws io.airbox.generation.GenerationException it cannot be had on this machine; the message
   *     is told to the daemon and the process ends
   */
  Engine open();

  /**
   * A picture maker and what it runs on.
   *
   * @param id {@code onnx} or {@code bm1684x}
   * @param description name and version of the runtime, for people
   * @param maker makes the pictures, one request at a time, and keeps the packs
   */
  record Engine(String id, String description, PackHost maker) {}
}
