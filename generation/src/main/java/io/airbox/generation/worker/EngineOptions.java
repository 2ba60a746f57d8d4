package io.airbox.generation.worker;

import io.airbox.generation.memory.MemoryPolicy;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker process runs on.
 *
 * @param engine {@code onnx}, {@code bm1684x} or {@code auto}
 * @param models folders with packs
 * @param cache folder for compiled or unpacked files
 * @param threads threads of the CPU engine; 0 lets it choose
 * @param sysroot what the paths of the TPU's driver and libraries are below; {@code /} on a box
 * @param tpuLibraries folder of the TPU's libraries; null to follow {@code
 *     /opt/sophon/libsophon-current} below {@code sysroot}
 * @param memory how much of the heaps packs may fill
 */
public record EngineOptions(
    String engine,
    List<Path> models,
    Path cache,
    int threads,
    Path sysroot,
    @Nullable Path tpuLibraries,
    MemoryPolicy memory) {
  public EngineOptions {
    models = List.copyOf(models);
  }

  /** This machine's own libraries and the usual memory policy. */
  public static EngineOptions of(String engine, List<Path> models, Path cache, int threads) {
    return new EngineOptions(
        engine, models, cache, threads, Path.of("/"), null, MemoryPolicy.DEFAULT);
  }
}
