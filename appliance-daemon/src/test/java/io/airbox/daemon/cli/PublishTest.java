package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code airbox models publish} refuses before it asks a server. */
class PublishTest {
  @TempDir private Path folder;
  private Path pack;
  private Shell shell;

  @BeforeEach
  void sign() throws IOException {
    shell = new Shell(folder, InstantSource.fixed(Instant.parse("2026-12-01T00:00:00Z")));
    pack = Files.createDirectories(folder.resolve("pack"));
    Files.writeString(pack.resolve("pack.json"), "{}");
    Release release =
        new Release(
            Release.SPEC,
            "emoji",
            "1.0.0",
            7,
            "2027-06-30T00:00:00Z",
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, 0),
            PackFiles.list(pack, bytes -> {}),
            "pack.json",
            60);
    Envelope envelope = Envelope.of(Release.TYPE, release.json()).signedBy(SigningKey.generate());
    Files.write(pack.resolve("release.json"), envelope.json());
    Files.writeString(folder.resolve("pw"), "s3cret\n");
  }

  private int publish(String server, String... more) {
    List<String> words =
        new ArrayList<>(List.of("models", "publish", pack.toString(), "--hawkbit", server));
    words.addAll(List.of("--user", "ops", "--password-file", folder.resolve("pw").toString()));
    words.addAll(List.of(more));
    return shell.airbox(words.toArray());
  }

  @Test
  void aPasswordIsNotSentWithoutTls() {
    assertThat(publish("http://127.0.0.1:1")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("without TLS").doesNotContain("s3cret");
  }

  @Test
  void aServerThatIsAwayIsTold() {
    assertThat(publish("http://127.0.0.1:1", "--plain-http")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("cannot be reached").doesNotContain("s3cret");
  }

  @Test
  void aFolderThatIsNotWhatWasSignedIsNotPublished() throws IOException {
    Files.writeString(pack.resolve("pack.json"), "[]");
    assertThat(publish("https://127.0.0.1:1")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("is not what was signed");
  }

  @Test
  void aRolloutWantsAFilterAndTheOtherWayRound() {
    assertThat(publish("https://127.0.0.1:1", "--rollout", "all")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--filter RSQL");
    assertThat(publish("https://127.0.0.1:1", "--start")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("want a --rollout NAME");
  }

  @Test
  void aThresholdBeyondAHundredIsRefused() {
    assertThat(
            publish(
                "https://127.0.0.1:1",
                "--rollout",
                "all",
                "--filter",
                "controllerId==*",
                "--error-threshold",
                "120"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("thresholds 1 to 100");
  }
}
