package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.flash.FlashJson;
import io.airbox.flasher.live.WatchEvent;
import io.airbox.flasher.watch.FlashProgress;
import io.airbox.flasher.watch.PartitionProgress;
import io.airbox.flasher.watch.Stage;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlashScreenTest {
  private static FlashProgress progress(double fraction, boolean estimated) {
    return new FlashProgress(
        Stage.FLASH_EMMC,
        fraction,
        estimated,
        "rootfs.9-of-27.gz",
        Optional.of(Duration.ofSeconds(230)),
        Duration.ofSeconds(3),
        FlashProgress.Alarm.NONE);
  }

  @Test
  void aBarFillsAndTellsWhatWentByUnseen() {
    assertThat(FlashScreen.bar(new PartitionProgress("boot", 4096, 2, 0.5, 0, false), 6))
        .isEqualTo("boot    [====================                    ]  50 %  2 chunks");
    assertThat(FlashScreen.bar(new PartitionProgress("rootfs", 27, 27, 0.25, 0.5, false), 6))
        .isEqualTo("rootfs  [????????????????????==========          ]  25 %  27 chunks");
    assertThat(FlashScreen.bar(new PartitionProgress("misc", 8, 1, 0.999, 0, true), 6))
        .as("not full before it is")
        .isEqualTo("misc    [======================================= ]  99 %  1 chunk  WRONG");
    assertThat(FlashScreen.bar(new PartitionProgress("", 8, 1, 1, 0, false), 0)).contains("100 %");
  }

  @Test
  void theLineBelowSaysHowLongItTakesAndWhetherThatIsAGuess() {
    assertThat(FlashScreen.status(progress(0.389, false)))
        .isEqualTo("38 %, about 4 minutes left  writing the eMMC  rootfs.9-of-27.gz");
    assertThat(FlashScreen.status(progress(0.389, true))).startsWith("38 % (estimated), ");
  }

  @Test
  void progressIsOneObjectForPrograms() {
    JsonObject json =
        FlashJson.of(
            new WatchEvent.Progressed(
                progress(0.5, false),
                List.of(new PartitionProgress("boot", 4096, 2, 0.5, 0.25, false))));
    assertThat(json.getString("event")).isEqualTo("progress");
    assertThat(json.getLong("remainingSeconds")).isEqualTo(230);
    assertThat(json.getJsonArray("partitions").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("partition", "boot")
                .put("blocks", 4096L)
                .put("chunks", 2)
                .put("done", 0.5)
                .put("unseen", 0.25)
                .put("wrong", false));
    assertThat(FlashJson.of(new WatchEvent.Sent("boot")).encode())
        .isEqualTo("{\"event\":\"sent\",\"command\":\"boot\"}");
    assertThat(FlashJson.of(new WatchEvent.CardStillIn()).getString("event"))
        .isEqualTo("card-still-in");
  }
}
