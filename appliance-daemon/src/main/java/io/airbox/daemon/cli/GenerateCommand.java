package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.pictures.StorageReason;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code airbox generate}: pictures from a prompt. {@code -o} writes over a file of that name, as
 * {@code curl -o} does; a name that it makes up itself is always a new one.
 */
@Command(
    name = "generate",
    description = "Makes pictures from a prompt.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox generate \"a red apple\" -o apple.png --seed 7",
      "  airbox generate --from apple.png -o again.png",
      "  airbox generate \"a green apple\" --image apple.png --strength 0.6",
      "  airbox generate \"a yellow banana\" --count 4 --json",
      "  airbox generate \"a red apple\" --host airbox.local --key-file ~/.airbox/key"
    })
final class GenerateCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[xX×](\\d{1,5})");
  private static final int LONGEST_NAME = 40;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
  @Mixin private StorageOptions storage;
  @Mixin private ConnectionOptions connection;

  @Parameters(index = "0", arity = "0..1", paramLabel = "PROMPT", description = "What to draw.")
  private @Nullable String prompt;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Where the picture goes; written over. With --count a number is added. Left out: a new"
              + " file named after the prompt.")
  private @Nullable Path output;

  @Option(names = "--seed", paramLabel = "N", description = "The same seed makes the same picture.")
  private @Nullable Long seed;

  @Option(names = "--steps", paramLabel = "N", description = "Denoising steps.")
  private @Nullable Integer steps;

  @Option(names = "--size", paramLabel = "WxH", description = "Picture size, such as 512x512.")
  private @Nullable String size;

  @Option(names = "--pack", paramLabel = "NAME", description = "Model pack.")
  private @Nullable String pack;

  @Option(names = "--preset", paramLabel = "ID", description = "Preset of the pack.")
  private @Nullable String preset;

  @Option(names = "--sampler", paramLabel = "NAME", description = "Sampler.")
  private @Nullable String sampler;

  @Option(names = "--cfg", paramLabel = "X", description = "Guidance scale.")
  private @Nullable Double cfg;

  @Option(names = "--negative", paramLabel = "TEXT", description = "What to avoid.")
  private @Nullable String negative;

  @Option(
      names = "--from",
      paramLabel = "PNG",
      description = "Make a picture again as its file says; other options change single settings.")
  private @Nullable Path from;

  @Option(names = "--image", paramLabel = "FILE", description = "Picture to start from.")
  private @Nullable Path image;

  @Option(names = "--strength", paramLabel = "0…1", description = "How much of --image to replace.")
  private @Nullable Double strength;

  @Option(names = "--count", paramLabel = "N", description = "How many pictures, 1 to 10.")
  private @Nullable Integer count;

  @Option(names = "--json", description = "Say what was made as JSON on standard output.")
  private boolean json;

  private GenerateCommand() {
    spec = CommandLine.Model.CommandSpec.create();
    storage = new StorageOptions();
    connection = new ConnectionOptions();
  }

  @Override
  public Integer call() {
    GenerationRequest request = request();
    requirePlace();
    DaemonConfig config = storage.load(spec, Map.of());
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr());
    PictureSource.Result result;
    try (PictureSource source = source(config)) {
      result = source.make(request, progress);
    } finally {
      progress.clear();
    }
    PrintWriter err = spec.commandLine().getErr();
    result.warnings().forEach(warning -> err.println("airbox: warning: " + warning));
    report(result, write(request, result.pictures()));
    return ExitCodes.DONE;
  }

  /** Says that a picture could not be kept before it is made, which may take minutes. */
  private void requirePlace() {
    Path file = output == null ? Path.of("picture.png") : output;
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new CommandFailure(ExitCodes.USAGE, file + " is a folder; name a file in it with -o");
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " cannot be written: there is no folder " + folder);
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " cannot be written: permission denied; choose another -o");
    }
  }

  private PictureSource source(DaemonConfig config) {
    Optional<DaemonClient> daemon = connection.connect(spec, () -> config);
    return daemon.isPresent()
        ? new DaemonPictures(daemon.get())
        : LocalPictures.open(Places.of(config.storage()), config.engine());
  }

  private GenerationRequest request() {
    @Nullable GenerationRequest base = from == null ? null : fromPicture(from);
    String words = prompt != null ? prompt : base == null ? null : base.prompt();
    if (words == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say what to draw: airbox generate \"a red apple\"");
    }
    Integer width = base == null ? null : base.width();
    Integer height = base == null ? null : base.height();
    if (size != null) {
      Matcher matcher = SIZE.matcher(size);
      if (!matcher.matches()) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--size " + size + " is not a size; write it as 512x512");
      }
      width = Integer.valueOf(matcher.group(1));
      height = Integer.valueOf(matcher.group(2));
    }
    return new GenerationRequest(
        or(pack, base == null ? null : base.pack()),
        or(preset, base == null ? null : base.preset()),
        words,
        or(negative, base == null ? null : base.negativePrompt()),
        width,
        height,
        or(steps, base == null ? null : base.steps()),
        or(cfg, base == null ? null : base.cfg()),
        or(sampler, base == null ? null : base.sampler()),
        sampler != null || base == null ? null : base.spacing(),
        or(seed, base == null ? null : base.seed()),
        base == null ? null : base.noise(),
        count,
        base == null ? start() : base.image(),
        or(strength, base == null ? null : base.strength()),
        false);
  }

  private static <T> @Nullable T or(@Nullable T given, @Nullable T otherwise) {
    return given != null ? given : otherwise;
  }

  private GenerationRequest fromPicture(Path file) {
    String text = understood(file, Png::texts).get(Infotext.KEYWORD);
    if (text == null) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " does not say how it was made: it has no text \"parameters\"");
    }
    Infotext infotext = Infotext.parse(text);
    RgbImage start = start();
    if (infotext.strength().isPresent() && start == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          file + " was made from another picture; give that one with --image to make it again");
    }
    return infotext.request(start);
  }

  private @Nullable RgbImage start() {
    return image == null ? null : understood(image, PictureReader::read);
  }

  private static <T> T understood(Path file, Function<byte[], T> reader) {
    try {
      return reader.apply(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCodes.USAGE, file + ": no such file", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " cannot be read: " + StorageReason.of(e), e);
    } catch (GenerationException e) {
      throw new CommandFailure(ExitCodes.USAGE, file + ": " + e.getMessage(), e);
    }
  }

  private List<Path> write(GenerationRequest request, List<PictureSource.Made> pictures) {
    List<Path> files = new java.util.ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      PictureSource.Made picture = pictures.get(i);
      Path file =
          output == null
              ? unused(request.prompt(), picture.settings().getLong("seed"))
              : numbered(output, pictures.size() == 1 ? 0 : i + 1);
      try {
        Files.write(file, picture.png());
      } catch (IOException e) {
        throw new CommandFailure(
            ExitCodes.FAILED, file + " cannot be written: " + StorageReason.of(e), e);
      }
      files.add(file);
    }
    return files;
  }

  /** {@code apple.png} becomes {@code apple-2.png}. */
  static Path numbered(Path file, int number) {
    if (number == 0) {
      return file;
    }
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String stem = dot <= 0 ? name : name.substring(0, dot);
    String ending = dot <= 0 ? "" : name.substring(dot);
    return file.resolveSibling(stem + "-" + number + ending);
  }

  /** {@code a-red-apple-7.png}, or with a number behind it when that is there already. */
  private static Path unused(String prompt, long seed) {
    String words =
        prompt.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    String stem =
        (words.isEmpty() ? "picture" : words.substring(0, Math.min(LONGEST_NAME, words.length())))
            + "-"
            + seed;
    Path file = Path.of(stem + ".png");
    for (int number = 2; Files.exists(file); number++) {
      file = Path.of(stem + "-" + number + ".png");
    }
    return file;
  }

  private void report(PictureSource.Result result, List<Path> files) {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      files.forEach(file -> out.println(file));
      out.flush();
      return;
    }
    JsonArray pictures = new JsonArray();
    for (int i = 0; i < files.size(); i++) {
      pictures.add(
          new JsonObject()
              .put("file", files.get(i).toString())
              .put("settings", result.pictures().get(i).settings()));
    }
    out.println(
        new JsonObject()
            .put("pictures", pictures)
            .put("warnings", new JsonArray(result.warnings()))
            .encodePrettily());
    out.flush();
  }
}
