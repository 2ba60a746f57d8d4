package io.airbox.generation.pack;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.image.LatentPreview;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.Guidance;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Latent;
import io.airbox.generation.pack.PackManifest.Licence;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Schedule;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.sampling.NoiseSchedule.Betas;
import io.airbox.generation.sampling.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pack of a folder with SD 1.5 as ONNX graphs, by writing a {@code pack.json} into it.
 * Knows the layout of the usual exporters ({@code unet/model.onnx} with external weights beside it,
 * {@code tokenizer/}, {@code scheduler/}) and flat names ({@code unet.onnx}). What the files do not
 * say is filled with SD 1.5's values; the manifest is meant to be looked over.
 */
public final class PackImporter {
  private static final int MAX_CHUNKS = 3;
  private static final int CLIP_LENGTH = 77;
  private static final int CLIP_WIDTH = 768;
  private static final double SD15_SCALE = 0.18215;
  private static final int DOWNSCALE = 8;
  private static final int CHANNELS = 4;
  private static final int UNET_INPUTS = 3;
  private static final List<Size> USUAL_SIZES =
      List.of(new Size(512, 512), new Size(512, 768), new Size(768, 512), new Size(768, 768));

  private final Path folder;
  private final PackDraft draft;
  private final Wish wish;
  private final Engine engine;

  /**
   * What the files cannot tell.
   *
   * @param name the pack's name
   * @param version its version
   * @param title for people
   * @param licence SPDX expression
   * @param commercial whether commercial use is allowed
   * @param distillation how the UNet was distilled, or null to guess from scheduler and inputs
   */
  public record Wish(
      String name,
      String version,
      String title,
      String licence,
      boolean commercial,
      @Nullable Distillation distillation) {}

  private PackImporter(Path folder, Wish wish, Engine engine) {
    this.folder = folder;
    this.draft = new PackDraft(folder);
    this.wish = wish;
    this.engine = engine;
  }

  /**
   * Writes {@code pack.json}, and {@code tokenizer.json} where there are only its two older files.
   * Overwrites nothing.
   *
   * @param folder where the graphs lie
   * @param engine reads the graphs' shapes
   * @return the pack, opened
   * @throws GenerationException {@code INVALID_PACK} saying what is missing, does not fit or is
   *     there already; then no {@code pack.json} was written
   */
  public static ModelPack importFolder(Path folder, Wish wish, Engine engine) {
    try {
      return new PackImporter(folder, wish, engine).run();
    } catch (IOException e) {
      throw new GenerationException(Reason.INVALID_PACK, folder + " cannot be imported: " + e, e);
    }
  }

  private ModelPack run() throws IOException {
    draft.requireNew();
    requireSupportedPipeline();
    Map<Role, Path> graphs = graphs();
    Shapes shapes = shapes(graphs);
    Path tokenizer = draft.tokenizer(List.of());
    JsonNode schedule = draft.json("scheduler/scheduler_config.json");
    Map<Role, NetworkFile> roles = new LinkedHashMap<>();
    for (Map.Entry<Role, Path> graph : graphs.entrySet()) {
      roles.put(graph.getKey(), network(graph.getKey(), graph.getValue()));
    }
    return draft.finish(
        new PackManifest(
            wish.name(),
            wish.version(),
            wish.title(),
            "",
            new Licence(wish.licence(), null, wish.commercial()),
            draft.text(tokenizer, shapes.length(), shapes.width(), shapes.chunks()),
            new Latent(CHANNELS, DOWNSCALE, scale(), 0, LatentPreview.STABLE_DIFFUSION_1),
            schedule(schedule),
            shapes.guidance(),
            shapes.sizes(),
            distillation(shapes, schedule).presets(),
            Map.of(engine.id(), new EngineFiles("", roles)),
            null,
            null));
  }

  private void requireSupportedPipeline() throws IOException {
    String kind = draft.json("model_index.json").path("_class_name").asText("");
    boolean second = Files.exists(folder.resolve("text_encoder_2"));
    for (String other : List.of("XL", "StableDiffusion3", "Flux")) {
      if (kind.contains(other) || second) {
        throw draft.refusal(
            Message.of("it is a %s; only SD 1.x is supported yet", kind.isEmpty() ? "SDXL" : kind));
      }
    }
  }

  /** Whether a folder looks like this importer's: there is a UNet where exporters put it. */
  public static boolean recognises(Path folder) {
    return graphNames(Role.UNET).stream().map(folder::resolve).anyMatch(Files::isRegularFile);
  }

  private static List<String> graphNames(Role role) {
    return List.of(role.id() + "/model.onnx", role.id() + ".onnx");
  }

  private Map<Role, Path> graphs() {
    Map<Role, Path> graphs = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (Role role : List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER, Role.VAE_ENCODER)) {
      List<String> names = graphNames(role);
      names.stream()
          .map(folder::resolve)
          .filter(Files::isRegularFile)
          .findFirst()
          .ifPresentOrElse(
              graph -> graphs.put(role, graph),
              () -> {
                if (role.required()) {
                  missing.add(String.join(" or ", names));
                }
              });
    }
    if (!missing.isEmpty()) {
      throw draft.refusal("missing " + String.join("; missing ", missing));
    }
    return graphs;
  }

  /** What the graphs say. */
  private record Shapes(int length, int width, int chunks, Guidance guidance, List<Size> sizes) {}

  private Shapes shapes(Map<Role, Path> graphs) {
    int length;
    int width;
    try (Network text = engine.load(required(graphs, Role.TEXT_ENCODER))) {
      length = fixed(text.inputs().get(0), 1, CLIP_LENGTH);
      width = fixed(text.outputs().get(0), 2, CLIP_WIDTH);
    }
    try (Network unet = engine.load(required(graphs, Role.UNET))) {
      int inputs = unet.inputs().size();
      boolean embedded = inputs == UNET_INPUTS + 1;
      if (inputs != UNET_INPUTS && !embedded) {
        throw draft.refusal(
            Message.of("the UNet has %d inputs; supported are 3, or 4 for a full LCM", inputs));
      }
      TensorInfo sample = unet.inputs().get(0);
      requireAxis("the UNet's latent channels", fixed(sample, 1, CHANNELS), CHANNELS);
      requireAxis("the UNet's text width", fixed(unet.inputs().get(2), 2, width), width);
      Guidance guidance =
          new Guidance(
              embedded ? GuidanceMode.EMBEDDED : GuidanceMode.CFG,
              !embedded && fixed(sample, 0, 1) == 2 ? 2 : 1);
      int height = fixed(sample, 2, 0) * DOWNSCALE;
      int breadth = fixed(sample, 3, 0) * DOWNSCALE;
      List<Size> sizes =
          USUAL_SIZES.stream()
              .filter(size -> height == 0 || size.height() == height)
              .filter(size -> breadth == 0 || size.width() == breadth)
              .toList();
      int rows = fixed(unet.inputs().get(2), 1, MAX_CHUNKS * length);
      return new Shapes(
          length,
          width,
          Math.max(1, rows / length),
          guidance,
          sizes.isEmpty() ? List.of(new Size(breadth, height)) : sizes);
    }
  }

  private static Path required(Map<Role, Path> graphs, Role role) {
    Path graph = graphs.get(role);
    if (graph == null) {
      throw new IllegalStateException(role + " was found before");
    }
    return graph;
  }

  private static int fixed(TensorInfo info, int axis, int otherwise) {
    if (axis >= info.shape().size() || info.shape().get(axis) < 1) {
      return otherwise;
    }
    return Math.toIntExact(info.shape().get(axis));
  }

  private void requireAxis(String what, int actual, int needed) {
    if (actual != needed) {
      throw draft.refusal(Message.of("%s is %d instead of %d", what, actual, needed));
    }
  }

  private Schedule schedule(JsonNode config) {
    String betas = config.path("beta_schedule").asText("scaled_linear");
    String prediction = config.path("prediction_type").asText("epsilon");
    return new Schedule(
        config.path("num_train_timesteps").asInt(1000),
        config.path("beta_start").asDouble(0.00085),
        config.path("beta_end").asDouble(0.012),
        Stream.of(Betas.values())
            .filter(value -> value.id().equals(betas))
            .findFirst()
            .orElseThrow(
                () -> draft.refusal("its beta_schedule \"" + betas + "\" is not supported")),
        Stream.of(Prediction.values())
            .filter(value -> value.id().equals(prediction))
            .findFirst()
            .orElseThrow(
                () ->
                    draft.refusal("its prediction_type \"" + prediction + "\" is not supported")));
  }

  private double scale() throws IOException {
    return draft.json("vae_decoder/config.json").path("scaling_factor").asDouble(SD15_SCALE);
  }

  private Distillation distillation(Shapes shapes, JsonNode schedule) {
    Distillation wished = wish.distillation();
    if (wished != null) {
      return wished;
    }
    if (shapes.guidance().mode() == GuidanceMode.EMBEDDED) {
      return Distillation.LCM;
    }
    String scheduler = schedule.path("_class_name").asText("").toLowerCase(Locale.ROOT);
    return scheduler.contains("lcm") ? Distillation.LCM_LORA : Distillation.NONE;
  }

  private NetworkFile network(Role role, Path graph) throws IOException {
    List<PackFile> data = new ArrayList<>();
    for (Path path : externalData(role, graph)) {
      data.add(draft.file(path));
    }
    return new NetworkFile(draft.file(graph), data, 0);
  }

  /** Weights too large for a graph's file lie beside it. */
  private List<Path> externalData(Role role, Path graph) throws IOException {
    Path beside = graph.getParent();
    boolean own = beside != null && !beside.equals(folder);
    try (Stream<Path> files = Files.list(beside == null ? folder : beside)) {
      return files
          .filter(Files::isRegularFile)
          .filter(path -> !path.equals(graph))
          .filter(
              path -> {
                String name = String.valueOf(path.getFileName());
                return own
                    ? !name.endsWith(".json") && !name.endsWith(".onnx")
                    : name.startsWith(role.id() + ".onnx");
              })
          .sorted()
          .toList();
    }
  }
}
