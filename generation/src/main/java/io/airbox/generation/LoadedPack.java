package io.airbox.generation;

import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.prompt.PromptEncoder;
import io.airbox.generation.prompt.PromptTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A pack whose networks are in memory, their borders checked against the manifest. The VAE encoder
 * is loaded when it is first needed.
 */
final class LoadedPack implements AutoCloseable {
  private final ModelPack pack;
  private final Engine engine;
  private final Map<Role, Network> networks = new EnumMap<>(Role.class);
  private final PromptTokenizer tokenizer;
  private final PromptEncoder prompts;

  /**
   * Loads a pack; the networks side by side where the engine allows it, since each takes a core.
   *
   * @throws GenerationException {@code INVALID_PACK} naming role and file, {@code OUT_OF_MEMORY} or
   *     {@code ENGINE_FAULT}; nothing stays loaded
   */
  LoadedPack(ModelPack pack, Engine engine, Path nativeFolder) {
    this.pack = pack;
    this.engine = engine;
    Map<Role, FutureTask<Network>> loads = new EnumMap<>(Role.class);
    for (Role role : List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER)) {
      FutureTask<Network> load = new FutureTask<>(() -> load(role));
      loads.put(role, load);
      if (engine.loadsConcurrently()) {
        new Thread(load, "load-" + role.id()).start();
      } else {
        load.run();
      }
    }
    PackManifest.Text text = pack.manifest().text();
    @Nullable PromptTokenizer opened = null;
    try {
      opened = PromptTokenizer.open(pack.path(text.tokenizer()), nativeFolder);
    } finally {
      if (opened == null) {
        collect(loads);
        networks.values().forEach(Network::close);
      }
    }
    this.tokenizer = opened;
    try {
      RuntimeException failure = collect(loads);
      if (failure != null) {
        throw failure;
      }
      networks.forEach(this::requireFit);
      this.prompts = new PromptEncoder(text, tokenizer, network(Role.TEXT_ENCODER));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Waits for all loads, keeps what came of them, and returns the first failure. */
  private @Nullable RuntimeException collect(Map<Role, FutureTask<Network>> loads) {
    RuntimeException first = null;
    boolean interrupted = false;
    for (Map.Entry<Role, FutureTask<Network>> load : loads.entrySet()) {
      while (true) {
        try {
          networks.put(load.getKey(), load.getValue().get());
          break;
        } catch (InterruptedException e) {
          interrupted = true; // a native load cannot be stopped; the pipeline heeds it afterwards
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Error fatal) {
            throw fatal;
          }
          first = first == null ? (RuntimeException) e.getCause() : first;
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return first;
  }

  ModelPack pack() {
    return pack;
  }

  PackManifest manifest() {
    return pack.manifest();
  }

  PromptEncoder prompts() {
    return prompts;
  }

  /** The network of a role, loaded if it is not yet. */
  Network network(Role role) {
    Network loaded = networks.get(role);
    if (loaded == null) {
      loaded = load(role);
      networks.put(role, loaded);
      requireFit(role, loaded);
    }
    return loaded;
  }

  private String file(Role role) {
    return networkFile(role).main().file();
  }

  private NetworkFile networkFile(Role role) {
    NetworkFile file = pack.engine(engine.id()).roles().get(role);
    if (file == null) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          Message.of("pack %s has no %s for engine %s", manifest().name(), role.id(), engine.id()));
    }
    return file;
  }

  private Network load(Role role) {
    try {
      return engine.load(pack.path(networkFile(role).main()));
    } catch (GenerationException e) {
      throw new GenerationException(
          e.reason(),
          Message.of(
              "%s (%s) of pack %s cannot be loaded: %s",
              role.id(), file(role), manifest().name(), e.getMessage()),
          e);
    }
  }

  private void requireFit(Role role, Network network) {
    List<String> problems = problems(role, network);
    if (!problems.isEmpty()) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          Message.of(
              "%s (%s) of pack %s does not fit its pack.json: %s",
              role.id(), file(role), manifest().name(), String.join("; ", problems)));
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

  /** Gives everything back. */
  @Override
  public void close() {
    networks.values().forEach(Network::close);
    networks.clear();
    tokenizer.close();
  }
}
