package io.airbox.daemon.cli;

import io.airbox.daemon.tpu.TpuJson;
import io.airbox.daemon.tpu.TpuSources;
import io.airbox.daemon.tpu.TpuView;
import io.airbox.sophon.facts.BmSmiScreen;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code airbox tpu}: the device, and the memory of packs. A daemon tells most; without one the
 * files of the system tell what they know.
 */
@Command(
    name = "tpu",
    description = "The TPU: what it is and does, and which packs are in its memory.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox tpu status",
      "  airbox tpu heaps --watch",
      "  airbox tpu pin airbox-emoji",
      "  airbox tpu status --sysroot recorded-box --json"
    })
final class TpuCommand implements Runnable {
  private static final String PATH = "/api/v1/tpu";

  /** Loading a pack reads gigabytes from a slow disk. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  @Spec private CommandSpec spec;

  private TpuCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: status, heaps, load, unload, pin or unpin");
  }

  /** Where the facts come from, and how often they are shown. */
  static final class View {
    @Mixin private DataOptions data;
    @Mixin private ConnectionOptions connection;

    @Option(
        names = "--sysroot",
        paramLabel = "DIR",
        description = "Read the files of a recorded box below this folder, and ask no daemon.")
    private @Nullable Path sysroot;

    @Option(
        names = "--bm-smi",
        paramLabel = "FILE",
        description =
            "A capture (bm-smi --noloop --file=FILE) that tells what the files do not; its last"
                + " sample counts. Asks no daemon.")
    private @Nullable Path capture;

    @Option(names = "--watch", description = "Show it again every two seconds, until Ctrl+C.")
    private boolean watch;

    View() {
      data = new DataOptions();
      connection = new ConnectionOptions();
    }

    int show(Output output, Function<JsonObject, String> text) {
      boolean files = sysroot != null || capture != null;
      Optional<DaemonClient> daemon =
          files
              ? Optional.empty()
              : connection.connect(output.command(), () -> data.load(output.command(), Map.of()));
      if (daemon.isPresent()) {
        try (DaemonClient client = daemon.get()) {
          show(output, () -> client.get(PATH), text);
        }
        return ExitCodes.DONE;
      }
      if (!files) {
        output.say("no daemon runs here: these are the files of the system alone");
      }
      show(output, () -> ofFiles(output), text);
      return ExitCodes.DONE;
    }

    private void show(
        Output output, Supplier<JsonObject> source, Function<JsonObject, String> text) {
      if (watch) {
        output.surroundings().pauses().repeat(() -> output.again(source.get(), text));
      } else {
        JsonObject tpu = source.get();
        output.print(tpu, () -> text.apply(tpu));
      }
    }

    private JsonObject ofFiles(Output output) {
      Path root = sysroot == null ? Path.of("/") : sysroot;
      if (!Files.isDirectory(root)) {
        throw new CommandFailure(ExitCodes.USAGE, root + " is not a folder (--sysroot)");
      }
      TpuView view = TpuView.of(TpuSources.ofFiles(root, screen()));
      return TpuJson.of(view, output.surroundings().clock().instant(), true);
    }

    private Optional<BmSmiScreen> screen() {
      if (capture == null) {
        return Optional.empty();
      }
      List<BmSmiScreen> samples;
      try {
        samples = BmSmiScreen.parse(Files.readString(capture, StandardCharsets.ISO_8859_1));
      } catch (NoSuchFileException e) {
        throw new CommandFailure(ExitCodes.USAGE, capture + ": no such file (--bm-smi)", e);
      } catch (IOException e) {
        throw new CommandFailure(
            ExitCodes.USAGE, capture + " cannot be read: " + e.getMessage(), e);
      }
      if (samples.isEmpty()) {
        throw new CommandFailure(
            ExitCodes.USAGE, capture + " holds no table of bm-smi; capture one with --file");
      }
      return Optional.of(samples.get(samples.size() - 1));
    }
  }

  @Command(
      name = "status",
      description = "Shows what bm-smi shows, and what only the daemon knows.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox tpu status",
        "  airbox tpu status --host airbox.local --key-file ~/.airbox/key",
        "  airbox tpu status --sysroot recorded-box --json",
        "  airbox tpu status --bm-smi capture.txt"
      })
  int status(@Mixin View view, @Mixin Output output) {
    return view.show(output, TpuText::status);
  }

  @Command(
      name = "heaps",
      description = "Shows how full the memory is, and with what.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox tpu heaps", "  airbox tpu heaps --watch", "  airbox tpu heaps --json"})
  int heaps(@Mixin View view, @Mixin Output output) {
    boolean bars = output.surroundings().terminal().attended();
    return view.show(output, tpu -> TpuText.heaps(tpu, bars));
  }

  @Command(
      name = "load",
      description = "Loads a pack before it is needed; others may have to go for it.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox tpu load airbox-emoji"})
  int load(@Mixin DaemonOptions daemon, @Mixin Output output, @Mixin Pack pack) {
    return steer(daemon, output, pack, new JsonObject().put("loaded", true), "loaded");
  }

  @Command(
      name = "unload",
      description = "Gives a pack's memory back, pinned or not; its next picture loads it again.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox tpu unload airbox-emoji"})
  int unload(@Mixin DaemonOptions daemon, @Mixin Output output, @Mixin Pack pack) {
    return steer(daemon, output, pack, new JsonObject().put("loaded", false), "unloaded");
  }

  @Command(
      name = "pin",
      description = "Keeps a pack loaded, whatever else is asked for; loads it if need be.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox tpu pin airbox-emoji"})
  int pin(@Mixin DaemonOptions daemon, @Mixin Output output, @Mixin Pack pack) {
    return steer(daemon, output, pack, new JsonObject().put("pinned", true), "pinned");
  }

  @Command(
      name = "unpin",
      description = "Lets a pack go when its memory is needed for others.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox tpu unpin airbox-emoji"})
  int unpin(@Mixin DaemonOptions daemon, @Mixin Output output, @Mixin Pack pack) {
    return steer(daemon, output, pack, new JsonObject().put("pinned", false), "unpinned");
  }

  private static int steer(
      DaemonOptions daemon, Output output, Pack pack, JsonObject wish, String done) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject tpu = client.put(PATH + "/packs/" + pack.segment(), wish, PATIENCE);
      output.print(tpu, () -> done + " " + pack.name() + "\n" + TpuText.packs(tpu));
    }
    return ExitCodes.DONE;
  }

  /** Which pack. */
  static final class Pack {
    @Parameters(
        index = "0",
        paramLabel = "PACK",
        description = "Its name, as `airbox models list` shows it.")
    private String name = "";

    String name() {
      return Table.harmless(name);
    }

    String segment() {
      return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
  }
}
