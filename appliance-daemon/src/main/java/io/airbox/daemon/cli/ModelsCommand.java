package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import io.airbox.generation.GenerationException;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.pack.BModelImporter;
import io.airbox.generation.pack.Distillation;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackImporter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code airbox models}: the installed packs. {@code list}, {@code verify}, {@code import} and what
 * signs work on this machine's folders and need no daemon; what changes installed releases is done
 * by the daemon, where one runs.
 */
@Command(
    name = "models",
    description = "Model packs: what is installed, whether it is whole, and new ones.",
    subcommands = {SignCommand.class, PublishCommand.class, ModelKeysCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {"  airbox models list", "  airbox models verify"})
final class ModelsCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private ModelsCommand() {
    spec = CommandLine.Model.CommandSpec.create();
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "say what to do: list, install, rollback, remove, slots, history, cancel, import, verify,"
            + " sign, publish or keys");
  }

  private static PackFolder open(Places places) {
    return PackFolder.open(places.models().toArray(Path[]::new));
  }

  @Command(
      name = "list",
      description = "Lists the installed packs; the first is the default.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models list",
        "  airbox models list --json",
        "  airbox models list --host airbox.local"
      })
  int list(
      @Mixin StorageOptions storage, @Mixin ConnectionOptions connection, @Mixin Output output) {
    if (!connection.elsewhere()) {
      Places places = storage.places(spec);
      list(describe(open(places)), places.models().toString(), output);
      return ExitCodes.DONE;
    }
    try (DaemonClient client =
        connection.connect(spec, () -> storage.load(spec, Map.of())).orElseThrow()) {
      list(describe(client.get("/api/v1/packs")), "the box", output);
    }
    return ExitCodes.DONE;
  }

  private static void list(JsonObject packs, String where, Output output) {
    List<JsonObject> usable = objects(packs, "packs");
    output.print(
        packs,
        () -> {
          Table table = new Table();
          for (JsonObject pack : usable) {
            table.row(
                pack.getString("name"),
                pack.getString("version"),
                pack.getJsonArray("sizes").getString(0),
                pack.getString("title"));
          }
          return table.toString();
        });
    for (JsonObject pack : objects(packs, "broken")) {
      output.say(
          Table.harmless(
              pack.getString("folder") + " cannot be used: " + pack.getJsonArray("problems")));
    }
    if (usable.isEmpty()) {
      output.say("no usable pack in " + where);
    }
  }

  private static List<JsonObject> objects(JsonObject document, String name) {
    return document.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }

  private static JsonObject describe(PackFolder packs) {
    JsonArray usable = new JsonArray();
    packs.packs().forEach(pack -> usable.add(describe(pack)));
    JsonArray broken = new JsonArray();
    packs
        .broken()
        .forEach(
            pack ->
                broken.add(
                    new JsonObject()
                        .put("folder", pack.folder().toString())
                        .put("problems", texts(pack.problems()))));
    return new JsonObject().put("packs", usable).put("broken", broken);
  }

  /** What a daemon says, in the words that are used here for this machine's folders. */
  private static JsonObject describe(JsonObject answer) {
    JsonArray usable = new JsonArray();
    for (JsonObject pack : objects(answer, "packs")) {
      JsonArray sizes = new JsonArray();
      for (JsonObject size : objects(pack, "sizes")) {
        sizes.add(size.getInteger("width") + "x" + size.getInteger("height"));
      }
      usable.add(
          new JsonObject()
              .put("name", pack.getString("name"))
              .put("version", pack.getString("version"))
              .put("title", pack.getString("title"))
              .put("licence", pack.getJsonObject("licence").getString("spdx"))
              .put("sizes", sizes)
              .put("engines", pack.getJsonArray("engines"))
              .put("folder", null)
              .put("digest", pack.getString("digest")));
    }
    return new JsonObject().put("packs", usable).put("broken", answer.getJsonArray("broken"));
  }

  private static JsonObject describe(ModelPack pack) {
    return new JsonObject()
        .put("name", pack.manifest().name())
        .put("version", pack.manifest().version())
        .put("title", pack.manifest().title())
        .put("licence", pack.manifest().licence().spdx())
        .put("sizes", texts(pack.manifest().sizes()))
        .put(
            "engines", new JsonArray(pack.manifest().engines().keySet().stream().sorted().toList()))
        .put("folder", pack.folder().toString())
        .put("digest", pack.digest());
  }

  private static JsonArray texts(List<?> values) {
    return new JsonArray(values.stream().map(String::valueOf).toList());
  }

  @Command(
      name = "install",
      description = {
        "Installs a pack by signed release, or goes on with one that is under way.",
        "The release is checked first: who signed it, whether it is for this machine, new, and fits."
            + " What is here already is not fetched again. The engine then tries the pack with its"
            + " self-test; until that has passed, what answered before goes on.",
        "PLACE is the address or the path of the signed release, whose files lie beside it; with a"
            + " slash at its end, or as a folder, the release.json in it."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models install https://models.example/airbox-emoji/",
        "  airbox models install /media/stick/airbox-emoji",
        "  airbox models install https://models.example/sd15/release.json --let-go previous"
      })
  int install(
      @Mixin ModelDeskOptions which,
      @Mixin Output output,
      @Parameters(paramLabel = "PLACE", description = "Address or path of the release.")
          String place,
      @Option(
              names = "--let-go",
              paramLabel = "SLOT",
              defaultValue = "nothing",
              description =
                  "What may be let go when there is no room: nothing, previous (no way back until"
                      + " the new release is proven) or current (no pack until it is there).")
          LetGo letGo,
      @Option(names = "--detach", description = "Do not wait for its end; a daemon goes on.")
          boolean detach)
      throws IOException, InterruptedException {
    return InstalledModels.install(which, output, place, letGo, detach);
  }

  @Command(
      name = "cancel",
      description = "Calls off the update that is under way; what was fetched is kept for a while.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models cancel"})
  int cancel(@Mixin ModelDeskOptions which, @Mixin Output output) throws IOException {
    return InstalledModels.cancel(which, output);
  }

  @Command(
      name = "slots",
      description =
          "Packs that were installed by release: what answers, and what can be gone back to.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models slots", "  airbox models slots --json"})
  int slots(@Mixin ModelDeskOptions which, @Mixin Output output) throws IOException {
    return InstalledModels.slots(which, output);
  }

  @Command(
      name = "history",
      description = "What came of updates, and what is under way.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models history", "  airbox models history --json"})
  int history(@Mixin ModelDeskOptions which, @Mixin Output output) throws IOException {
    return InstalledModels.history(which, output);
  }

  @Command(
      name = "rollback",
      description = "Lets the previous release of a pack answer again.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models rollback airbox-emoji"})
  int rollBack(
      @Mixin ModelDeskOptions which,
      @Mixin Output output,
      @Parameters(paramLabel = "PACK", description = "Its name.") String pack)
      throws IOException {
    return InstalledModels.rollBack(which, output, pack);
  }

  @Command(
      name = "remove",
      description = {
        "Removes a pack that was installed by release, with its previous release.",
        "One of the same name that came with the software answers again."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models remove airbox-emoji"})
  int remove(
      @Mixin ModelDeskOptions which,
      @Mixin Output output,
      @Parameters(paramLabel = "PACK", description = "Its name.") String pack)
      throws IOException, InterruptedException {
    return InstalledModels.remove(which, output, pack);
  }

  @Command(
      name = "verify",
      description = {
        "Reads every file of a pack, or of all, and compares it with its SHA-256.",
        "With --release: whether the authority of --keys signed this release, whether it still"
            + " counts, and, with --folder, whether the files there are those that were signed."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models verify",
        "  airbox models verify airbox-emoji",
        "  airbox models verify --release emoji.release.json --keys acme.keys.json"
            + " --folder models/default"
      })
  int verify(
      @Mixin StorageOptions storage,
      @Mixin Output output,
      @Mixin ReleaseOptions signed,
      @Parameters(arity = "0..1", paramLabel = "PACK", description = "Name of one pack.")
          @Nullable String name) {
    if (signed.given()) {
      if (name != null) {
        throw new CommandFailure(
            ExitCodes.USAGE, "a release is compared with a folder, not with a name: --folder DIR");
      }
      return signed.verify(output);
    }
    PackFolder packs = open(storage.places(spec));
    List<ModelPack> chosen = name == null ? packs.packs() : List.of(packs.find(name));
    FileVerifier verifier = new FileVerifier();
    JsonArray results = new JsonArray();
    boolean whole = packs.broken().isEmpty() || name != null;
    List<String> wholes = new ArrayList<>();
    for (ModelPack pack : chosen) {
      String problem = problem(verifier, pack);
      whole &= problem == null;
      results.add(
          new JsonObject()
              .put("pack", pack.manifest().name())
              .put("whole", problem == null)
              .put("problem", problem));
      if (problem == null) {
        wholes.add(pack.manifest().name() + ": whole");
      } else {
        output.say(problem);
      }
    }
    if (name == null) {
      packs.broken().forEach(pack -> output.say(pack.folder() + ": " + pack.problems()));
    }
    output.print(results, () -> String.join("\n", wholes));
    return whole ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private static @Nullable String problem(FileVerifier verifier, ModelPack pack) {
    try {
      verifier.verifyAll(pack);
      return null;
    } catch (GenerationException e) {
      return e.getMessage();
    }
  }

  @Command(
      name = "import",
      description = {
        "Makes a pack of a folder with ONNX graphs or with bmodels.",
        "It reads what the usual tools export of Stable Diffusion 1.5, or the bmodels of SD-lcm-tpu"
            + " (models/basic/NAME), writes a pack.json into the folder and links it among the"
            + " models. The files stay where they are. A running daemon sees it at once."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models import ~/sd15-onnx --name sd15 --licence CreativeML-OpenRAIL-M",
        "  airbox models import ~/hyper --name hyper --licence MIT --distillation hyper",
        "  airbox models import ~/SD-lcm-tpu/models/basic/hellonijicute --name hellonijicute"
            + " --licence CreativeML-OpenRAIL-M",
        "  airbox models import ~/meinamix --name meinamix --licence CreativeML-OpenRAIL-M"
            + " --vae ~/SD-lcm-tpu/models/basic/awportrait"
      })
  int importPack(
      @Mixin StorageOptions storage,
      @Parameters(paramLabel = "FOLDER", description = "Folder with the networks.") Path folder,
      @Option(names = "--name", required = true, description = "Name of the pack.") String name,
      @Option(names = "--version-number", defaultValue = "1.0.0", description = "Its version.")
          String version,
      @Option(names = "--title", description = "Name for people.") @Nullable String title,
      @Option(names = "--licence", required = true, description = "SPDX expression.")
          String licence,
      @Option(names = "--non-commercial", description = "The weights forbid commercial use.")
          boolean nonCommercial,
      @Option(
              names = "--distillation",
              paramLabel = "WAY",
              description =
                  "How the UNet was made to need fewer steps, which decides the presets: "
                      + "${COMPLETION-CANDIDATES}. Left out, scheduler and networks tell what they can.")
          @Nullable Distillation distillation,
      @Option(
              names = "--vae",
              paramLabel = "PATH",
              description =
                  "Folder of another pack of bmodels, or a VAE decoder's bmodel: its VAE is copied"
                      + " into this one.")
          @Nullable Path vae)
      throws IOException {
    Places places = storage.places(spec);
    Path source = folder.toAbsolutePath().normalize();
    List<Path> folders = places.models();
    Path link = Files.createDirectories(folders.get(folders.size() - 1)).resolve(name);
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !link.equals(source)) {
      throw new CommandFailure(ExitCodes.USAGE, link + " is there already; choose another --name");
    }
    PackImporter.Wish wish =
        new PackImporter.Wish(
            name, version, title == null ? name : title, licence, !nonCommercial, distillation);
    ModelPack pack = importPack(places, source, wish, vae);
    if (!link.equals(source)) {
      Files.createSymbolicLink(link, source);
    }
    spec.commandLine().getOut().println(pack.folder().resolve(ModelPack.MANIFEST));
    spec.commandLine().getOut().flush();
    return ExitCodes.DONE;
  }

  private ModelPack importPack(
      Places places, Path source, PackImporter.Wish wish, @Nullable Path vae) {
    if (!PackImporter.recognises(source) && BModelImporter.recognises(source)) {
      PrintWriter err = spec.commandLine().getErr();
      return BModelImporter.importFolder(
          source, wish, vae, sentence -> err.println(Table.harmless(sentence)));
    }
    if (vae != null) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--vae is for folders with bmodels; " + source + " has none");
    }
    places.announceNativeLibraries();
    try (OnnxEngine engine =
        OnnxEngine.create(
            new OnnxEngine.Options(0, places.data().resolve("cache").resolve("onnxruntime")))) {
      return PackImporter.importFolder(source, wish, engine);
    }
  }
}
