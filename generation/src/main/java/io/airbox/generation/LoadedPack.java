package io.airbox.generation;

import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.memory.PackNetworks;
import io.airbox.generation.memory.PackShelf;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.prompt.PromptEncoder;
import io.airbox.generation.prompt.PromptTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A pack whose networks are in memory, their borders checked against the manifest. The VAE encoder
 * is loaded when it is first needed.
 */
final class LoadedPack implements PackShelf.Opened {
  /** What every picture needs. */
  static final List<Role> ROLES = List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER);

  private final PackNetworks networks;
  private final Set<Role> checked = EnumSet.noneOf(Role.class);
  private final PromptTokenizer tokenizer;
  private final PromptEncoder prompts;

  /**
   * Opens the pack's tokenizer while its networks load.
   *
   * @throws GenerationException {@code INVALID_PACK} naming role and file, {@code OUT_OF_MEMORY} or
   *     {@code ENGINE_FAULT}; the tokenizer is closed
   */
  LoadedPack(PackNetworks networks, Path nativeFolder) {
    this.networks = networks;
    PackManifest.Text text = manifest().text();
    this.tokenizer = PromptTokenizer.open(pack().path(text.tokenizer()), nativeFolder);
    try {
      networks.await();
      ROLES.forEach(this::network);
      this.prompts = new PromptEncoder(text, tokenizer, network(Role.TEXT_ENCODER));
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  ModelPack pack() {
    return networks.pack();
  }

  Engine engine() {
    return networks.engine();
  }

  PackManifest manifest() {
    return pack().manifest();
  }

  PromptEncoder prompts() {
    return prompts;
  }

  /** The network of a role, loaded if it is not yet. */
  Network network(Role role) {
    Network network = networks.network(role);
    if (!checked.contains(role)) {
      requireFit(role, network);
      checked.add(role);
    }
    return network;
  }

  private void requireFit(Role role, Network network) {
    List<String> problems = problems(role, network);
    if (!problems.isEmpty()) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          Message.of(
              "%s (%s) of pack %s does not fit its pack.json: %s",
              role.id(), networks.file(role), manifest().name(), String.join("; ", problems)));
    }
  }

  private List<String> problems(Role role, Network network) {
    return switch (role) {
      case TEXT_ENCODER -> textEncoderProblems(network);
      case UNET -> unetProblems(network);
      case VAE_DECODER ->
          pictureProblems(network, manifest().latent().channels(), manifest().latent().downscale());
      case VAE_ENCODER -> pictureProblems(network, 3, 1);
      case CONTROLNET -> List.of();
    };
  }

  private List<String> textEncoderProblems(Network network) {
    List<String> problems = new ArrayList<>();
    PackManifest.Text text = manifest().text();
    if (requireInputs(network, List.of(1), problems)) {
      requireShape(network.inputs().get(0), List.of(1L, (long) text.length()), problems);
      requireShape(
          network.outputs().get(0),
          List.of(1L, (long) text.length(), (long) text.width()),
          problems);
    }
    return problems;
  }

  private List<String> unetProblems(Network network) {
    List<String> problems = new ArrayList<>();
    PackManifest manifest = manifest();
    if (manifest.guidance().mode() == GuidanceMode.EMBEDDED) {
      requireInputs(network, List.of(UnetShapes.COMMON + 1), problems);
    } else {
      requireInputs(
          network, List.of(UnetShapes.COMMON, UnetShapes.COMMON + UnetShapes.RESIDUALS), problems);
    }
    if (!problems.isEmpty()) {
      return problems;
    }
    for (Size size : manifest.sizes()) {
      for (int chunks = 1; chunks <= manifest.text().maxChunks(); chunks++) {
        int rows = chunks * manifest.text().length();
        if (UnetShapes.of(network, manifest, size, rows, 1).isEmpty()
            && UnetShapes.of(network, manifest, size, rows, 2).isEmpty()) {
          problems.add(
              Message.of(
                  "it does not take %s with %d tokens; its inputs are %s",
                  size,
                  rows,
                  network.inputs().stream()
                      .map(input -> input.name() + " " + input.shape())
                      .collect(Collectors.joining(", "))));
        }
      }
    }
    return problems;
  }

  private List<String> pictureProblems(Network network, long channels, int downscale) {
    List<String> problems = new ArrayList<>();
    if (requireInputs(network, List.of(1), problems)) {
      for (Size size : manifest().sizes()) {
        List<Long> shape =
            List.of(
                1L, channels, (long) size.height() / downscale, (long) size.width() / downscale);
        if (network.shapes(List.of(shape)).isEmpty()) {
          problems.add(
              Message.of(
                  "%s is %s, needed is %s",
                  network.inputs().get(0).name(), network.inputs().get(0).shape(), shape));
        }
      }
    }
    return problems;
  }

  private static boolean requireInputs(
      Network network, List<Integer> counts, List<String> problems) {
    if (!counts.contains(network.inputs().size())) {
      problems.add(
          Message.of(
              "it has %d inputs (%s) instead of %s",
              network.inputs().size(),
              String.join(", ", network.inputs().stream().map(TensorInfo::name).toList()),
              counts.stream().map(String::valueOf).collect(Collectors.joining(" or "))));
      return false;
    }
    return true;
  }

  private static void requireShape(TensorInfo info, List<Long> shape, List<String> problems) {
    if (!info.accepts(shape)) {
      problems.add(Message.of("%s is %s, needed is %s", info.name(), info.shape(), shape));
    }
  }

  /** Closes the tokenizer; the networks are the shelf's. */
  @Override
  public void close() {
    tokenizer.close();
  }
}
