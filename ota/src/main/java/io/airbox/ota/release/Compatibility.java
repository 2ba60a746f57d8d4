package io.airbox.ota.release;

import io.airbox.ota.document.StrictJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a release runs on.
 *
 * @param soc names of chips, {@code BM1684X}; empty for any machine
 * @param engines ids of engines that it has files for, at least one
 * @param minDriver oldest driver of the TPU, {@code 0.4.9}; null for any
 */
public record Compatibility(List<String> soc, List<String> engines, @Nullable String minDriver) {
  public Compatibility(
      @Nullable List<String> soc, @Nullable List<String> engines, @Nullable String minDriver) {
    this.soc = List.copyOf(StrictJson.required(soc, "soc"));
    this.engines = List.copyOf(StrictJson.required(engines, "engines"));
    StrictJson.require(!this.engines.isEmpty(), "engines", this.engines, "must name one at least");
    this.minDriver = minDriver;
    if (minDriver != null) {
      StrictJson.require(
          DriverVersion.isOne(minDriver), "minDriver", minDriver, "must be like 0.4.9");
    }
  }
}
