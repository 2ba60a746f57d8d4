package io.airbox.generation;

import io.airbox.generation.engine.Network;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The shapes of a UNet's inputs for a picture: sample, timestep, states, then the guidance of a
 * full LCM, or the residuals of a ControlNet, whose shapes the network tells.
 */
final class UnetShapes {
  static final int SAMPLE = 0;
  static final int TIMESTEP = 1;
  static final int STATES = 2;

  /** How many inputs every UNet has. */
  static final int COMMON = 3;

  /** Residuals of SD 1.x: one of the middle, twelve of the way down. */
  static final int RESIDUALS = 13;

  /** Numbers that tell a full LCM its guidance. */
  static final int GUIDANCE_VALUES = 256;

  private UnetShapes() {}

  /**
   * The shapes of all inputs.
   *
   * @param rows tokens of the prompt
   * @param batch pictures at once
   * @return empty when the network does not take these
   */
  static Optional<List<List<Long>>> of(
      Network unet, PackManifest pack, Size size, int rows, int batch) {
    List<List<Long>> shapes = new ArrayList<>();
    int downscale = pack.latent().downscale();
    shapes.add(
        List.of(
            (long) batch,
            (long) pack.latent().channels(),
            (long) size.height() / downscale,
            (long) size.width() / downscale));
    List<Long> timestep = unet.inputs().get(TIMESTEP).shape();
    shapes.add(
        timestep.isEmpty()
            ? List.of()
            : List.of(timestep.get(0) > 0 ? timestep.get(0) : Long.valueOf(batch)));
    shapes.add(List.of((long) batch, (long) rows, (long) pack.text().width()));
    if (pack.guidance().mode() == GuidanceMode.EMBEDDED) {
      shapes.add(List.of((long) batch, (long) GUIDANCE_VALUES));
    }
    Optional<List<List<Long>>> all = unet.shapes(shapes);
    if (all.isEmpty()) {
      return all;
    }
    for (List<Long> residual : all.get().subList(shapes.size(), all.get().size())) {
      if (residual.contains(-1L)) {
        return Optional.empty();
      }
      shapes.add(residual);
    }
    return Optional.of(List.copyOf(shapes));
  }
}
