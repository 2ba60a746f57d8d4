package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.generation.Message;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseCheck;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.trust.AuthorityKeys;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A release, who should have signed it, and the files that it should be of. */
final class ReleaseOptions {
  @Option(names = "--release", paramLabel = "FILE", description = "A signed release.")
  private @Nullable Path release;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = "A document of keys that is trusted; may be repeated.")
  private @Nullable List<Path> keys;

  @Option(names = "--folder", paramLabel = "DIR", description = "The files of the release.")
  private @Nullable Path folder;

  /** Whether it is about a release. */
  boolean given() {
    if (release == null && (keys != null || folder != null)) {
      throw new CommandFailure(ExitCodes.USAGE, "--keys and --folder want a --release FILE");
    }
    return release != null;
  }

  /**
   * Goes through signatures, ends and files.
   *
   * @throws io.airbox.ota.UpdateException why it would be refused everywhere
   */
  int verify(Output output) {
    if (release == null || keys == null) {
      throw new CommandFailure(
          ExitCodes.USAGE, "say whose signature counts: --keys FILE, the document of keys");
    }
    List<AuthorityKeys> authorities = new ArrayList<>();
    for (Path file : keys) {
      authorities.add(KeyFiles.authority(file));
    }
    Envelope envelope = KeyFiles.envelope(release);
    Instant now = output.surroundings().clock().instant();
    ReleaseCheck.Signed signed = ReleaseCheck.signed(authorities, envelope, now);
    Path files = folder;
    if (files != null) {
      compare(signed.release(), files, output);
    }
    JsonObject json =
        new JsonObject(new String(signed.release().json(), StandardCharsets.UTF_8))
            .put("authority", signed.authority().authority())
            .put("folder", files == null ? null : files.toString());
    output.print(
        json,
        () ->
            Message.of(
                "%s %s, number %d, is signed by %s and counts until %s%s",
                signed.release().pack(),
                signed.release().version(),
                signed.release().counter(),
                signed.authority().authority(),
                signed.release().expires(),
                files == null ? "" : "; the files in " + files + " are those that were signed"));
    return ExitCodes.DONE;
  }

  private static void compare(Release release, Path files, Output output) {
    ProgressLine line = new ProgressLine(output.command().commandLine().getErr());
    long all = Math.max(1, release.bytes());
    try {
      PackFiles.verify(
          release, files, bytes -> line.show((double) bytes / all, FlashText.size(bytes)));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, files + " cannot be read: " + StorageReason.of(e), e);
    } finally {
      line.clear();
    }
  }
}
