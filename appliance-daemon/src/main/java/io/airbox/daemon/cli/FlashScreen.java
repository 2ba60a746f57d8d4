package io.airbox.daemon.cli;

import io.airbox.daemon.flash.FlashJson;
import io.airbox.flasher.live.WatchEvent;
import io.airbox.flasher.watch.FlashProgress;
import io.airbox.flasher.watch.PartitionProgress;
import io.airbox.flasher.watch.SeenWrite;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * What is seen of a flash while it goes on: on a terminal a bar for each partition, below what
 * there is to say; elsewhere lines alone; as JSON an object for each event on standard output.
 */
final class FlashScreen {
  private static final int WIDTH = 40;
  private static final int STEP = 10;

  private final Output output;
  private final PrintWriter err;
  private final boolean terminal;
  private int drawn;
  private long step;

  FlashScreen(Output output) {
    this(output, ProgressLine.onTerminal());
  }

  FlashScreen(Output output, boolean terminal) {
    this.output = output;
    this.err = output.command().commandLine().getErr();
    this.terminal = terminal;
  }

  /** Shows an event. */
  void show(WatchEvent event) {
    if (output.json()) {
      output.event(FlashJson.of(event));
    } else if (event instanceof WatchEvent.Progressed progressed) {
      progress(progressed);
    } else {
      say(event);
    }
  }

  private void say(WatchEvent event) {
    if (event instanceof WatchEvent.PortOpened opened) {
      if (opened.again()) {
        print(opened.port().path() + " is back");
      }
    } else if (event instanceof WatchEvent.PortLost lost) {
      print(
          lost.port().path()
              + " has vanished: the cable was pulled, or the box lost power; waiting for it");
    } else if (event instanceof WatchEvent.StageChanged changed) {
      print(changed.stage().text());
    } else if (event instanceof WatchEvent.Wrote wrote) {
      if (wrote.write().state() == SeenWrite.State.WRONG) {
        print("wrong: " + Table.harmless(wrote.write().file()));
      }
    } else if (event instanceof WatchEvent.Trouble trouble) {
      print("\n" + FlashText.problem(trouble.problem()) + "\n");
    } else if (event instanceof WatchEvent.Harmless harmless) {
      print(
          "harmless: "
              + Table.harmless(harmless.remark().evidence().text())
              + " ("
              + harmless.remark().notice().meaning()
              + ")");
    } else if (event instanceof WatchEvent.Silence silence) {
      if (silence.alarm() != FlashProgress.Alarm.NONE) {
        print("nothing heard for " + silence.silence().toSeconds() + " s: " + meaning(silence));
      }
    } else if (event instanceof WatchEvent.Sent sent) {
      print("sent to the boot loader's prompt: " + sent.command());
    } else if (event instanceof WatchEvent.CardStillIn) {
      print("the card is still in, so the box is not started: it would flash again; take it out");
    } else if (event instanceof WatchEvent.TranscriptLost lost) {
      print("the transcript can no longer be written, watching goes on: " + lost.reason());
    }
  }

  private static String meaning(WatchEvent.Silence silence) {
    return switch (silence.alarm()) {
      case NONE -> "";
      case SLOW -> "a large chunk takes that long";
      case WARNING -> "longer than any chunk should take";
      case STALLED -> "the box has stopped or has no power, or the cable is out";
    };
  }

  private void progress(WatchEvent.Progressed progressed) {
    FlashProgress progress = progressed.progress();
    if (terminal) {
      clear();
      List<PartitionProgress> partitions = progressed.partitions();
      int name = partitions.stream().mapToInt(each -> each.partition().length()).max().orElse(0);
      for (PartitionProgress partition : partitions) {
        err.println(bar(partition, name));
      }
      err.println(status(progress));
      err.flush();
      drawn = partitions.size() + 1;
    } else if (progress.stage().flashing() && (long) (progress.fraction() * STEP) > step) {
      step = (long) (progress.fraction() * STEP);
      print(status(progress));
    } else if (progress.fraction() == 0) {
      step = 0;
    }
  }

  /** Written blocks, blocks that went by unseen, and those that are to come. */
  static String bar(PartitionProgress partition, int name) {
    int done = (int) Math.floor(partition.done() * WIDTH + 1e-9);
    int unseen = Math.min(WIDTH - done, (int) Math.round(partition.unseen() * WIDTH));
    return String.format(
            Locale.ROOT,
            "%-" + Math.max(1, name) + "s  [%s%s%s] %3d %%  %d chunk%s%s",
            Table.harmless(partition.partition()),
            "?".repeat(unseen),
            "=".repeat(done),
            " ".repeat(WIDTH - done - unseen),
            (long) Math.floor(partition.done() * 100 + 1e-9),
            partition.chunks(),
            partition.chunks() == 1 ? "" : "s",
            partition.wrong() ? "  WRONG" : "")
        .stripTrailing();
  }

  static String status(FlashProgress progress) {
    StringBuilder text = new StringBuilder();
    text.append((long) Math.floor(progress.fraction() * 100 + 1e-9)).append(" %");
    if (progress.estimated() && progress.fraction() > 0) {
      text.append(" (estimated)");
    }
    if (progress.stage().flashing()) {
      progress
          .remaining()
          .ifPresent(time -> text.append(", about ").append(FlashText.time(time)).append(" left"));
    }
    text.append("  ").append(progress.stage().text());
    if (!progress.file().isEmpty()) {
      text.append("  ").append(Table.harmless(progress.file()));
    }
    return text.toString();
  }

  private void print(String text) {
    clear();
    err.println(text);
    err.flush();
  }

  /** Takes the bars away. */
  void clear() {
    if (drawn > 0) {
      err.print("\u001b[" + drawn + "A\u001b[J");
      err.flush();
      drawn = 0;
    }
  }
}
