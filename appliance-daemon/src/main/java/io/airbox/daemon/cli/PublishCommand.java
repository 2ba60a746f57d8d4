package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.generation.Message;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.hawkbit.Publisher;
import io.airbox.ota.hawkbit.Publisher.Published;
import io.airbox.ota.hawkbit.Publisher.Rollout;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.signing.Envelope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code airbox models publish}: puts a signed release into a hawkBit. */
@Command(
    name = "publish",
    description = {
      "Puts a signed release into Eclipse hawkBit: its files as artifacts, a distribution set of"
          + " them and, if wanted, a rollout.",
      "What is there already is not sent again, so that it may be repeated when it was interrupted."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox models publish pack --hawkbit https://hawkbit.example --user ops",
      "  airbox models publish pack --release emoji.release.json --hawkbit https://hawkbit.example"
          + " --user ops --password-file pw --rollout emoji-7 --filter 'attribute.soc==BM1684X'"
          + " --groups 10 --error-threshold 20 --start"
    })
final class PublishCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FOLDER", description = "The pack's folder, as it was signed.")
  private Path folder = Path.of("");

  @Option(
      names = "--release",
      paramLabel = "FILE",
      description = "The signed release of it (default: FOLDER/release.json).")
  private @Nullable Path file;

  @Option(
      names = "--hawkbit",
      paramLabel = "URL",
      required = true,
      description = "The server, such as https://hawkbit.example.")
  private URI server = URI.create("");

  @Option(
      names = "--plain-http",
      description =
          "The server may be reached without TLS; everybody on the way reads the password.")
  private boolean plainHttp;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      required = true,
      description = "Who you are there; with several tenants TENANT\\NAME.")
  private String user = "";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "File whose one line is the password; - is standard input. Else it is asked for.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--rollout",
      paramLabel = "NAME",
      description = "Makes a rollout of it, which is not started without --start.")
  private @Nullable String rollout;

  @Option(
      names = "--filter",
      paramLabel = "RSQL",
      description = "Which targets the rollout is for, such as controllerId==lab-*.")
  private @Nullable String filter;

  @Option(
      names = "--groups",
      paramLabel = "N",
      defaultValue = "5",
      description = "In how many groups, one after the other (default: 5).")
  private int groups;

  @Option(
      names = "--success-threshold",
      paramLabel = "PERCENT",
      defaultValue = "80",
      description = "How much of a group has to have it before the next one begins (default: 80).")
  private int success;

  @Option(
      names = "--error-threshold",
      paramLabel = "PERCENT",
      defaultValue = "20",
      description = "How much of a group may fail before all is paused (default: 20).")
  private int error;

  @Option(names = "--start", description = "Starts the rollout.")
  private boolean start;

  private PublishCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    Rollout wish = wish();
    Envelope envelope = KeyFiles.envelope(file == null ? folder.resolve(PackFiles.DOCUMENT) : file);
    Release release = Release.read(envelope.payload());
    compare(release);
    String authorization = authorization();
    Publisher publisher =
        new Publisher(
            server,
            () -> authorization,
            DownloadOptions.USUAL.withPlainHttp(plainHttp),
            Time.system(),
            Instant.EPOCH);
    Published published = publish(publisher, envelope, release);
    JsonObject json =
        new JsonObject()
            .put("pack", release.pack())
            .put("version", release.version())
            .put("counter", release.counter())
            .put("distribution_set", published.set())
            .put("modules", new JsonArray(published.modules()))
            .put("sent", published.uploaded());
    String words =
        Message.of(
            "%s %s, number %d, is distribution set %d; %d files were sent",
            release.pack(),
            release.version(),
            release.counter(),
            published.set(),
            published.uploaded());
    if (wish != null) {
      long id = publisher.rollOut(published.set(), wish);
      if (start) {
        awaitReady(publisher, id);
        publisher.start(id);
      }
      json.put("rollout", id).put("started", start);
      words +=
          Message.of(
              "%nrollout %s is number %d%s",
              wish.name(), id, start ? " and has started" : "; it is not started");
    }
    String text = words;
    output.print(json, () -> text);
    return ExitCodes.DONE;
  }

  private @Nullable Rollout wish() {
    if (rollout == null) {
      if (filter != null || start) {
        throw new CommandFailure(ExitCodes.USAGE, "--filter and --start want a --rollout NAME");
      }
      return null;
    }
    if (filter == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "say which boxes the rollout is for: --filter RSQL, such as 'controllerId==*' for all");
    }
    try {
      return new Rollout(rollout, filter, groups, success, error);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** A release whose files are others than signed would be refused by every box. */
  private void compare(Release release) {
    ProgressLine line = new ProgressLine(output.command().commandLine().getErr());
    long all = Math.max(1, release.bytes());
    try {
      PackFiles.verify(
          release,
          folder,
          bytes -> line.show((double) bytes / all, FlashText.size(bytes) + " read"));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, folder + " cannot be read: " + StorageReason.of(e), e);
    } finally {
      line.clear();
    }
  }

  private Published publish(Publisher publisher, Envelope envelope, Release release)
      throws InterruptedException {
    ProgressLine line = new ProgressLine(output.command().commandLine().getErr());
    long all = Math.max(1, release.bytes());
    try {
      return publisher.publish(
          envelope.json(),
          release,
          folder,
          bytes -> line.show((double) bytes / all, FlashText.size(bytes) + " there"));
    } finally {
      line.clear();
    }
  }

  private String authorization() {
    char[] password = password();
    try {
      String login = user + ":" + new String(password);
      return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private char[] password() {
    if (passwordFile != null) {
      return SecretFile.read(passwordFile, output.surroundings().terminal());
    }
    Questions questions = output.questions();
    if (!questions.canAsk()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "there is no terminal to type the password at; give it with --password-file FILE, or - for"
              + " standard input");
    }
    return questions.passphraseOf(user + " at " + server);
  }

  private void awaitReady(Publisher publisher, long id) throws InterruptedException {
    for (String status = publisher.status(id);
        !status.equals("ready");
        status = publisher.status(id)) {
      if (!status.equals("creating")) {
        throw new CommandFailure(
            ExitCodes.FAILED, "rollout " + id + " is " + status + ", so it cannot be started");
      }
      output.surroundings().pauses().pause();
    }
  }
}
