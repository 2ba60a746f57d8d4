package io.airbox.daemon.config;

/**
 * What makes the pictures.
 *
 * @param kind {@code auto}, {@code onnx} or {@code bm1684x}
 * @param threads threads of the CPU engine, 0 for one per core
 */
public record EngineConfig(String kind, int threads) {

  static EngineConfig read(SettingsReader settings) {
    return new EngineConfig(
        settings.oneOf(
            "engine.kind", "known are auto, onnx and bm1684x", "auto", "onnx", "bm1684x"),
        settings.integer("engine.threads", 0, 256));
  }
}
