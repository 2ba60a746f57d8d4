package io.airbox.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What makes the pictures.
 *
 * @param kind {@code auto}, {@code onnx} or {@code bm1684x}
 * @param threads threads of the CPU engine, 0 for one per core
 * @param stallTimeout how long a running request may go without a word of the worker
 * @param tpuLibraries folder with the vendor's libraries; null for those that the sysroot's {@code
 *     /opt/sophon/libsophon-current} leads to
 */
public record EngineConfig(
    String kind, int threads, Duration stallTimeout, @Nullable Path tpuLibraries) {
  private static final Duration LEAST_STALL = Duration.ofSeconds(1);
  private static final Duration MOST_STALL = Duration.ofDays(1);

  static EngineConfig read(SettingsReader settings) {
    return new EngineConfig(
        settings.oneOf(
            "engine.kind", "known are auto, onnx and bm1684x", "auto", "onnx", "bm1684x"),
        settings.integer("engine.threads", 0, 256),
        settings.duration("engine.stall.timeout", LEAST_STALL, MOST_STALL),
        settings.path("tpu.libraries"));
  }
}
