package io.airbox.flasher.live;

import io.airbox.flasher.console.Port;
import io.airbox.flasher.watch.FlashProgress;
import io.airbox.flasher.watch.PartitionProgress;
import io.airbox.flasher.watch.Problem;
import io.airbox.flasher.watch.Remark;
import io.airbox.flasher.watch.SeenWrite;
import io.airbox.flasher.watch.Stage;
import java.time.Duration;
import java.util.List;

/** Something that happened while a flash was watched. */
public sealed interface WatchEvent {
  /**
   * The port was opened.
   *
   * @param port what was opened
   * @param again whether it had been lost before
   */
  record PortOpened(Port port, boolean again) implements WatchEvent {}

  /**
   * The port has vanished: the cable was pulled, or the box lost power. It is waited for.
   *
   * @param port what was lost
   */
  record PortLost(Port port) implements WatchEvent {}

  /**
   * The box has come to another stage.
   *
   * @param stage the new one
   */
  record StageChanged(Stage stage) implements WatchEvent {}

  /**
   * The flash went on, or its silence became longer.
   *
   * @param progress the whole
   * @param partitions each
   */
  record Progressed(FlashProgress progress, List<PartitionProgress> partitions)
      implements WatchEvent {
    public Progressed {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * A write ended.
   *
   * @param write what became of it
   */
  record Wrote(SeenWrite write) implements WatchEvent {}

  /**
   * Something is wrong that was not known before.
   *
   * @param problem with its evidence
   */
  record Trouble(Problem problem) implements WatchEvent {}

  /**
   * A line looked wrong and is not.
   *
   * @param remark with its evidence
   */
  record Harmless(Remark remark) implements WatchEvent {}

  /**
   * The silence now means something else.
   *
   * @param alarm what
   * @param silence how long it is
   */
  record Silence(FlashProgress.Alarm alarm, Duration silence) implements WatchEvent {}

  /**
   * A command was sent to the boot loader's prompt.
   *
   * @param command without its end of line
   */
  record Sent(String command) implements WatchEvent {}

  /** The boot loader waits, and the card is still in: the box is not started. */
  record CardStillIn() implements WatchEvent {}

  /**
   * The transcript can no longer be written; the watch goes on without it.
   *
   * @param reason what the system said
   */
  record TranscriptLost(String reason) implements WatchEvent {}
}
