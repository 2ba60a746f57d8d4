package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.generation.Message;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.signing.Envelope;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code airbox models sign}: makes a release of a pack. */
@Command(
    name = "sign",
    description = {
      "Makes a release of a pack: the list of its files with their SHA-256, what it needs, its number"
          + " and its end, signed.",
      "The files stay as they are; they and the release are what boxes fetch."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox models sign models/default --counter 7 --key release.pem -o emoji.release.json",
      "  airbox models sign sd15 --counter 1 --key release.pem -o sd15.release.json --soc BM1684X"
          + " --min-driver 0.4.9 --expires 90d"
    })
final class SignCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();
  @Mixin private KeyFiles keys = new KeyFiles();

  @Parameters(paramLabel = "FOLDER", description = "The pack's folder.")
  private Path folder = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "KEYFILE",
      required = true,
      description = "The private release key.")
  private Path key = Path.of("");

  @Option(
      names = "--counter",
      paramLabel = "N",
      required = true,
      description = "Counts up with each release of the pack; a box never takes a lower one.")
  private long counter;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Where the release goes; into the pack's folder only as release.json.")
  private Path file = Path.of("");

  @Option(
      names = "--expires",
      paramLabel = "WHEN",
      defaultValue = "180d",
      description = "After a span such as 180d, or at an RFC 3339 time (default: 180d).")
  private String expires = "";

  @Option(
      names = "--soc",
      paramLabel = "CHIP",
      description = "A chip that it is for, such as BM1684X; may be repeated. Left out, any.")
  private @Nullable List<String> soc;

  @Option(
      names = "--min-driver",
      paramLabel = "VERSION",
      description = "The oldest driver of the TPU that will do.")
  private @Nullable String minDriver;

  @Option(
      names = "--probe-seconds",
      paramLabel = "S",
      defaultValue = "300",
      description = "How long its self-test may take on a box (default: 300).")
  private int probeSeconds;

  private SignCommand() {}

  @Override
  public Integer call() {
    Path source = folder.toAbsolutePath().normalize();
    Path target = file.toAbsolutePath().normalize();
    if (target.startsWith(source) && !target.equals(source.resolve(PackFiles.DOCUMENT))) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "the release cannot lie among the files that it signs, but as "
              + PackFiles.DOCUMENT
              + ": "
              + file);
    }
    PackManifest manifest = ModelPack.open(source).manifest();
    Instant end =
        Moment.end("--expires", expires, output.surroundings().clock().instant())
            .truncatedTo(ChronoUnit.SECONDS);
    List<ReleaseFile> files = list(source);
    long bytes = files.stream().mapToLong(ReleaseFile::size).sum();
    Release release =
        new Release(
            Release.SPEC,
            manifest.name(),
            manifest.version(),
            counter,
            end.toString(),
            new Compatibility(
                soc == null ? List.of() : soc,
                manifest.engines().keySet().stream().sorted().toList(),
                minDriver),
            new Release.Requirements(memory(manifest), bytes),
            files,
            ModelPack.MANIFEST,
            probeSeconds);
    Envelope envelope = Envelope.of(Release.TYPE, release.json()).signedBy(keys.read(key, output));
    ModelKeysCommand.write(file, envelope);
    output.print(
        new JsonObject()
            .put("file", file.toString())
            .put("pack", release.pack())
            .put("version", release.version())
            .put("counter", counter)
            .put("expires", release.expires())
            .put("files", files.size())
            .put("bytes", bytes)
            .put("signed_by", envelope.signers()),
        () ->
            Message.of(
                "%s: %s %s, number %d, %d files, %s, until %s",
                file,
                release.pack(),
                release.version(),
                counter,
                files.size(),
                FlashText.size(bytes),
                release.expires()));
    return ExitCodes.DONE;
  }

  private List<ReleaseFile> list(Path source) {
    ProgressLine line = new ProgressLine(output.command().commandLine().getErr());
    try {
      return PackFiles.list(source, bytes -> line.note(FlashText.size(bytes) + " read"));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, source + " cannot be read: " + StorageReason.of(e), e);
    } finally {
      line.clear();
    }
  }

  /** What the neediest engine's networks need together. */
  private static long memory(PackManifest manifest) {
    return manifest.engines().values().stream()
        .mapToLong(
            engine -> engine.roles().values().stream().mapToLong(role -> role.memory()).sum())
        .max()
        .orElse(0);
  }
}
