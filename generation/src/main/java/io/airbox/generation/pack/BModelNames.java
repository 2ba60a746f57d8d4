package io.airbox.generation.pack;

import io.airbox.generation.pack.PackManifest.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The names that SD-lcm-tpu, its older branches, the packs published for them, Sophgo's sophon-demo
 * and this project's own compilation give to the bmodels of a folder.
 */
final class BModelNames {
  private static final String SUFFIX = ".bmodel";

  /**
   * Names without {@code .bmodel}, the preferred one first: today's, then a batch of 1 before a
   * batch of 2, which computes everything twice where there is no guidance.
   */
  private static final Map<Role, List<String>> NAMES =
      Map.of(
          Role.TEXT_ENCODER,
          List.of(
              "sdv15_text",
              "te_f32",
              "sdv15_te",
              "te",
              "encoder_1684x_f32",
              "text_encoder_1684x_f32",
              "text_encoder"),
          Role.UNET,
          List.of(
              "sdv15_unet_multisize",
              "unet_1_1684x_F16",
              "unet_1_1684x_F16_attention",
              "unet_multize",
              "unet_1684x_1bs_f16",
              "unet",
              "unet_1684x_f16",
              "unet_2_1684x_F16",
              "unet2"),
          Role.VAE_DECODER,
          List.of(
              "sdv15_vd_multisize",
              "vae_decoder_multize",
              "vae_decoder_multi",
              "vae_decoder_1684x_f16",
              "vae_decoder"),
          Role.VAE_ENCODER,
          List.of(
              "sdv15_ve_multisize",
              "vae_encoder_multize",
              "vae_encoder_multi",
              "vae_encoder_1684x_f16",
              "vae_encoder"));

  private BModelNames() {}

  /** The file names of a role, the preferred one first. */
  static List<String> of(Role role) {
    return NAMES.getOrDefault(role, List.of()).stream().map(name -> name + SUFFIX).toList();
  }

  /** The file of a role among those of a folder; capitals do not matter. */
  static Optional<Path> find(Role role, List<Path> files) {
    return of(role).stream()
        .flatMap(name -> files.stream().filter(file -> name(file).equalsIgnoreCase(name)))
        .findFirst();
  }

  /** The bmodels of a folder, in alphabetical order. */
  static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name(file).toLowerCase(Locale.ROOT).endsWith(SUFFIX))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
