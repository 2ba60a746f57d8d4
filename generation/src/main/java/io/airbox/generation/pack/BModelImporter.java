package io.airbox.generation.pack;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.engine.bm1684x.NetworkBorders;
import io.airbox.generation.image.LatentPreview;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.Guidance;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Latent;
import io.airbox.generation.pack.PackManifest.Licence;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Schedule;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.sampling.NoiseSchedule.Betas;
import io.airbox.generation.sampling.Prediction;
import io.airbox.sophon.BModelFile;
import io.airbox.sophon.TpuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pack of a folder with the bmodels of SD-lcm-tpu, the pipeline that an AirBox is sold
 * with: {@code models/basic/NAME} of it, in any of the {@linkplain BModelNames namings} that it
 * had.
 *
 * <p>Sizes, passes and memory are read from the bmodels; no TPU is needed. What they do not say is
 * filled with SD 1.5's values; the manifest is meant to be looked over.
 */
public final class BModelImporter {
  private static final String ENGINE = "bm1684x";
  private static final String CHIP = "BM1684X";
  private static final int CLIP_LENGTH = 77;
  private static final int CLIP_WIDTH = 768;
  private static final int SD2_WIDTH = 1024;
  private static final int CHANNELS = 4;
  private static final int DOWNSCALE = 8;
  private static final int RGB = 3;
  private static final double SD15_SCALE = 0.18215;
  private static final int SAMPLE = 0;
  private static final int STATES = 2;

  /** Inputs of a UNet without and with a ControlNet's residuals. */
  private static final Set<Integer> UNET_INPUTS = Set.of(3, 16);

  /** SD-lcm-tpu's root lies this far above a pack; its tokenizer lies there. */
  private static final int LEVELS_UP = 3;

  private static final Schedule SD15_SCHEDULE =
      new Schedule(1000, 0.00085, 0.012, Betas.SCALED_LINEAR, Prediction.EPSILON);
  private static final Size USUAL = new Size(512, 512);

  private final Path folder;
  private final PackDraft draft;
  private final PackImporter.Wish wish;
  private final Consumer<String> say;

  private BModelImporter(Path folder, PackImporter.Wish wish, Consumer<String> say) {
    this.folder = folder;
    this.draft = new PackDraft(folder);
    this.wish = wish;
    this.say = say;
  }

  /** A bmodel with its borders. */
  private record Compiled(Path path, NetworkBorders borders) {}

  /**
   * Whether a folder looks like this importer's: bmodels in it, or packs of bmodels below it.
   *
   * @throws GenerationException {@code INVALID_PACK} if it cannot be read
   */
  public static boolean recognises(Path folder) {
    try {
      return !BModelNames.files(folder).isEmpty() || !packsBelow(folder).isEmpty();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /**
   * Writes {@code pack.json}, {@code tokenizer.json} where there are only CLIP's two older files,
   * and a copy of a borrowed VAE. Overwrites nothing; files appear whole or not at all.
   *
   * @param folder absolute path of the folder with the bmodels
   * @param vae a folder, or a decoder's file, to take the VAE from, or null
   * @param say is told what takes its time and what was not taken over, a sentence each
   * @return the pack, opened
   * @throws GenerationException {@code INVALID_PACK} saying what is missing, does not fit or is
   *     there already; then no {@code pack.json} was written
   */
  public static ModelPack importFolder(
      Path folder, PackImporter.Wish wish, @Nullable Path vae, Consumer<String> say) {
    try {
      return new BModelImporter(folder, wish, say).run(vae);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static GenerationException unreadable(Path folder, IOException e) {
    return new GenerationException(Reason.INVALID_PACK, folder + " cannot be imported: " + e, e);
  }

  private ModelPack run(@Nullable Path vae) throws IOException {
    draft.requireNew();
    Map<Role, Compiled> networks = networks(files(vae));
    Compiled unet = required(networks, Role.UNET);
    Compiled decoder = required(networks, Role.VAE_DECODER);
    requireTextEncoder(required(networks, Role.TEXT_ENCODER));
    Map<Size, Set<Long>> drawn = unetSizes(unet);
    Set<Size> decoded = pictureSizes(Role.VAE_DECODER, decoder);
    List<Size> sizes = sizes(drawn.keySet(), decoded, unet, decoder);
    Compiled encoder = networks.get(Role.VAE_ENCODER);
    if (encoder != null && !encodes(encoder, sizes)) {
      networks.remove(Role.VAE_ENCODER);
    }
    List<Preset> presets = presets(unet.borders().name());
    Path tokenizer = draft.tokenizer(tokenizerFolders());
    PackManifest.Text clip = draft.text(tokenizer, CLIP_LENGTH, CLIP_WIDTH, 1);
    Map<Role, NetworkFile> roles = new LinkedHashMap<>();
    for (Map.Entry<Role, Compiled> network : networks.entrySet()) {
      roles.put(network.getKey(), file(network.getKey(), network.getValue()));
    }
    boolean pairs =
        sizes.stream().anyMatch(size -> drawn.getOrDefault(size, Set.of()).contains(2L));
    return draft.finish(
        new PackManifest(
            wish.name(),
            wish.version(),
            wish.title(),
            "",
            new Licence(wish.licence(), null, wish.commercial()),
            clip,
            new Latent(CHANNELS, DOWNSCALE, SD15_SCALE, 0, LatentPreview.STABLE_DIFFUSION_1),
            SD15_SCHEDULE,
            new Guidance(GuidanceMode.CFG, pairs ? 2 : 1),
            sizes,
            presets,
            Map.of(ENGINE, new EngineFiles("", roles)),
            null,
            null));
  }

  /** The file of each role; borrowed ones lie elsewhere yet. */
  private Map<Role, Path> files(@Nullable Path vae) throws IOException {
    List<Path> there = BModelNames.files(folder);
    if (there.isEmpty()) {
      List<Path> packs = packsBelow(folder);
      throw draft.refusal(
          packs.isEmpty()
              ? "it has no .bmodel files"
              : "its packs lie in folders of their own; name one of "
                  + packs.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
    Map<Role, Path> files = new EnumMap<>(Role.class);
    for (Role role : List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER, Role.VAE_ENCODER)) {
      BModelNames.find(role, there).ifPresent(file -> files.put(role, file));
    }
    if (vae != null) {
      borrow(vae, files);
    }
    List<String> missing = new ArrayList<>();
    for (Role role : List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER)) {
      if (!files.containsKey(role)) {
        missing.add(
            Message.of(
                "missing %s: looked for %s", title(role), String.join(", ", BModelNames.of(role))));
      }
    }
    if (!missing.isEmpty()) {
      throw draft.refusal(
          Message.of(
              "%s; there are %s%s",
              String.join("; ", missing),
              names(there),
              files.containsKey(Role.VAE_DECODER)
                  ? ""
                  : ". Older packs borrow another one's VAE: name its folder with --vae"));
    }
    List<Path> unused = there.stream().filter(file -> !files.containsValue(file)).toList();
    if (!unused.isEmpty()) {
      say.accept("left out: " + names(unused));
    }
    noteControlNets();
    return files;
  }

  private void borrow(Path vae, Map<Role, Path> files) throws IOException {
    Path from = vae.toAbsolutePath().normalize();
    if (Files.isRegularFile(from)) {
      files.put(Role.VAE_DECODER, from);
      return;
    }
    List<Path> there = BModelNames.files(from);
    files.put(
        Role.VAE_DECODER,
        BModelNames.find(Role.VAE_DECODER, there)
            .orElseThrow(
                () ->
                    draft.refusal(
                        Message.of(
                            "%s has no VAE decoder to borrow: looked for %s; there are %s",
                            from,
                            String.join(", ", BModelNames.of(Role.VAE_DECODER)),
                            names(there)))));
    // encoder and decoder of one VAE belong together
    Optional<Path> encoder = BModelNames.find(Role.VAE_ENCODER, there);
    encoder.ifPresent(file -> files.put(Role.VAE_ENCODER, file));
  }

  private void noteControlNets() throws IOException {
    Path root = folder;
    for (int i = 0; i < LEVELS_UP && root != null; i++) {
      List<Path> nets = BModelNames.files(root.resolve("controlnet"));
      if (!nets.isEmpty()) {
        say.accept(
            Message.of(
                "left out: the ControlNets in %s (%s), which are not supported yet",
                root.resolve("controlnet"), names(nets)));
        return;
      }
      root = root.getParent();
    }
  }

  /** Folders with bmodels, where SD-lcm-tpu keeps its packs. */
  private static List<Path> packsBelow(Path folder) throws IOException {
    for (Path parent : List.of(folder.resolve("models/basic"), folder.resolve("basic"), folder)) {
      if (!Files.isDirectory(parent)) {
        continue;
      }
      List<Path> packs = new ArrayList<>();
      List<Path> entries;
      try (Stream<Path> list = Files.list(parent)) {
        entries = list.filter(Files::isDirectory).sorted().toList();
      }
      for (Path entry : entries) {
        if (BModelNames.find(Role.UNET, BModelNames.files(entry)).isPresent()) {
          packs.add(entry);
        }
      }
      if (!packs.isEmpty()) {
        return packs;
      }
    }
    return List.of();
  }

  private List<Path> tokenizerFolders() {
    List<Path> folders = new ArrayList<>();
    Path parent = folder.getParent();
    for (int i = 0; i < LEVELS_UP && parent != null; i++) {
      folders.add(parent.resolve("tokenizer"));
      parent = parent.getParent();
    }
    return folders;
  }

  private Map<Role, Compiled> networks(Map<Role, Path> files) {
    Map<Role, Compiled> networks = new EnumMap<>(Role.class);
    files.forEach((role, file) -> networks.put(role, compiled(role, file)));
    return networks;
  }

  private Compiled compiled(Role role, Path path) {
    try {
      BModelFile file = BModelFile.read(path);
      file.checkChip(CHIP);
      return new Compiled(path, NetworkBorders.of(file));
    } catch (TpuException e) {
      throw draft.refusal(Message.of("%s: %s", title(role), e.getMessage()));
    }
  }

  private static Compiled required(Map<Role, Compiled> networks, Role role) {
    Compiled network = networks.get(role);
    if (network == null) {
      throw new IllegalStateException(role + " was found before");
    }
    return network;
  }

  private void requireTextEncoder(Compiled text) {
    List<Long> ids = List.of(1L, (long) CLIP_LENGTH);
    List<Long> states = List.of(1L, (long) CLIP_LENGTH, (long) CLIP_WIDTH);
    NetworkBorders borders = text.borders();
    boolean fits =
        borders.inputs().size() == 1
            && borders.inputs().get(0).shape().equals(ids)
            && borders.outputs().get(0).shape().equals(states);
    if (!fits) {
      throw draft.refusal(
          Message.of(
              "%s makes %s of %s instead of %s of %s; only SD 1.x is supported yet",
              BModelNames.name(text.path()),
              borders.outputs().get(0).shape(),
              borders.inputs().stream().map(input -> input.shape().toString()).toList(),
              states,
              List.of(ids)));
    }
  }

  /** The batches of each size that the UNet was compiled for. */
  private Map<Size, Set<Long>> unetSizes(Compiled unet) {
    String name = BModelNames.name(unet.path());
    int inputs = unet.borders().inputs().size();
    if (!UNET_INPUTS.contains(inputs)) {
      throw draft.refusal(
          Message.of(
              "%s has %d inputs; a UNet has 3, or 16 with the residuals of a ControlNet",
              name, inputs));
    }
    Map<Size, Set<Long>> sizes = new LinkedHashMap<>();
    for (List<List<Long>> stage : unet.borders().stages()) {
      List<Long> sample = stage.get(SAMPLE);
      List<Long> states = stage.get(STATES);
      boolean fits =
          sample.size() == 4
              && sample.get(1) == CHANNELS
              && sample.get(0) <= 2
              && states.equals(List.of(sample.get(0), (long) CLIP_LENGTH, (long) CLIP_WIDTH));
      if (!fits) {
        boolean second = states.size() == 3 && states.get(2) == SD2_WIDTH;
        throw draft.refusal(
            Message.of(
                "%s takes a latent of %s and text states of %s%s; only SD 1.x is supported yet",
                name, sample, states, second ? ", as an SD 2.x" : ""));
      }
      sizes
          .computeIfAbsent(size(sample, DOWNSCALE), size -> new LinkedHashSet<>())
          .add(sample.get(0));
    }
    return sizes;
  }

  /** The sizes of the pictures that go into an encoder, or come out of a decoder. */
  private Set<Size> pictureSizes(Role role, Compiled vae) {
    boolean decodes = role == Role.VAE_DECODER;
    int channels = decodes ? CHANNELS : RGB;
    NetworkBorders borders = vae.borders();
    List<Long> output = borders.outputs().get(0).shape();
    Set<Size> sizes = new LinkedHashSet<>();
    for (List<List<Long>> stage : borders.stages()) {
      List<Long> input = stage.get(0);
      boolean fits =
          stage.size() == 1
              && input.size() == 4
              && input.get(0) == 1
              && input.get(1) == channels
              && output.size() == 4
              && output.get(1) == (decodes ? RGB : 2 * CHANNELS);
      if (!fits) {
        throw draft.refusal(
            Message.of(
                "%s makes %s of %s, which is no %s",
                BModelNames.name(vae.path()), output, stage, title(role)));
      }
      sizes.add(size(input, decodes ? DOWNSCALE : 1));
    }
    return sizes;
  }

  private static Size size(List<Long> shape, int scale) {
    return new Size(Math.toIntExact(shape.get(3) * scale), Math.toIntExact(shape.get(2) * scale));
  }

  /** Sizes that can be drawn and decoded: the usual one first, then the smaller first. */
  private List<Size> sizes(Set<Size> drawn, Set<Size> decoded, Compiled unet, Compiled decoder) {
    List<Size> both =
        drawn.stream()
            .filter(decoded::contains)
            .sorted(
                Comparator.comparing((Size size) -> !size.equals(USUAL))
                    .thenComparing(size -> size.width() * size.height())
                    .thenComparing(Size::width))
            .toList();
    if (both.isEmpty()) {
      throw draft.refusal(
          Message.of(
              "%s was compiled for %s and %s for %s: they have no size in common. A VAE of another pack can be borrowed with --vae",
              BModelNames.name(unet.path()),
              list(drawn),
              BModelNames.name(decoder.path()),
              list(decoded)));
    }
    return both;
  }

  private boolean encodes(Compiled encoder, List<Size> sizes) {
    List<Size> lacking = new ArrayList<>(sizes);
    lacking.removeAll(pictureSizes(Role.VAE_ENCODER, encoder));
    if (!lacking.isEmpty()) {
      say.accept(
          Message.of(
              "left out: %s, which was not compiled for %s; the pack makes no pictures from pictures",
              BModelNames.name(encoder.path()), list(lacking)));
    }
    return lacking.isEmpty();
  }

  /** SD-lcm-tpu's converter names a UNet after whether an LCM LoRA was fused into it. */
  private List<Preset> presets(String network) {
    Distillation wished = wish.distillation();
    if (wished != null) {
      return wished.presets();
    }
    if (network.endsWith("_no_fuse")) {
      return Distillation.NONE.presets();
    }
    if (network.endsWith("_fuse")) {
      return Distillation.LCM_LORA.presets();
    }
    say.accept(
        Message.of(
            "the UNet's name, %s, does not tell whether an LCM LoRA was fused into it: the pack has presets for both, %s first; --distillation decides it",
            network, Distillation.LCM_LORA.presets().get(0).id()));
    return Stream.concat(
            Distillation.LCM_LORA.presets().stream(), Distillation.NONE.presets().stream())
        .toList();
  }

  /** The entry of a network in the manifest; a borrowed one is copied into the folder. */
  private NetworkFile file(Role role, Compiled network) throws IOException {
    Path path = network.path();
    if (!folder.equals(path.getParent())) {
      say.accept("copying " + path);
      path = draft.copy(path, "borrowed_" + role.id() + ".bmodel");
    }
    say.accept(
        Message.of("reading %s, %d MB", folder.relativize(path), Files.size(path) / 1_000_000));
    return new NetworkFile(draft.file(path), List.of(), network.borders().need().totalBytes());
  }

  private static String title(Role role) {
    return switch (role) {
      case TEXT_ENCODER -> "text encoder";
      case UNET -> "UNet";
      case VAE_DECODER -> "VAE decoder";
      case VAE_ENCODER -> "VAE encoder";
      case CONTROLNET -> "ControlNet";
    };
  }

  private static String names(List<Path> files) {
    return files.isEmpty()
        ? "none"
        : files.stream().map(BModelNames::name).collect(Collectors.joining(", "));
  }

  private static String list(Collection<Size> sizes) {
    return sizes.stream().map(Size::toString).collect(Collectors.joining(", "));
  }
}
