package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.HeapMemory;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.NetworkMemory;
import io.airbox.generation.memory.PackMemory;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Things to put into messages. */
final class SampleMessages {
  private SampleMessages() {}

  static GenerationSettings settings(String prompt, int count, @Nullable Double strength) {
    return new GenerationSettings(
        "probe",
        "1.0.0",
        "quality",
        prompt,
        "",
        8,
        8,
        3,
        2.5,
        SamplerKind.DDIM,
        Spacing.LEADING,
        4294967294L,
        NoiseKind.TORCH_CPU,
        count,
        strength);
  }

  static RgbImage image(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31);
    }
    return new RgbImage(width, height, rgb);
  }

  static GeneratedPicture picture(GenerationSettings settings, RgbImage image) {
    return new GeneratedPicture(
        image,
        settings,
        "fake",
        "00ff",
        List.of("steps clamped"),
        new GeneratedPicture.Timings(1, 2, 3, 6, 5, settings.steps()));
  }

  /** A report of packs, pinned or not, that hold 1000 bytes each; in the order of their names. */
  static MemoryReport report(Map<String, Boolean> packs) {
    long ours = 1000L * packs.size();
    return new MemoryReport(
        Instant.ofEpochMilli(1_700_000_000_000L),
        "fake",
        DeviceState.ofLibrary("1.0"),
        List.of(
            new HeapMemory(
                "npu",
                OptionalLong.of(100_000),
                OptionalLong.of(ours + 500),
                OptionalLong.of(99_500 - ours),
                ours,
                9000),
            new HeapMemory(
                "vpp", OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), 0, 0)),
        new TreeMap<>(packs)
            .entrySet().stream().map(pack -> pack(pack.getKey(), pack.getValue())).toList(),
        OptionalLong.of(50_000),
        64,
        3,
        1);
  }

  private static PackMemory pack(String name, boolean pinned) {
    return new PackMemory(
        name,
        "1.0.0",
        "00ff",
        "fake",
        pinned,
        false,
        900,
        pinned ? OptionalLong.of(1000) : OptionalLong.empty(),
        Instant.ofEpochMilli(1_600_000_000_000L),
        List.of(
            new NetworkMemory(
                "unet",
                "unet.bmodel",
                true,
                List.of(
                    new Holding("npu", "weights", 800), new Holding("npu", "input sample", 200)))));
  }
}
