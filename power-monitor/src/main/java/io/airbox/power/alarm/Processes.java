package io.airbox.power.alarm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's processes, by {@code /proc/PID/stat}. They are looked at twice a minute, so that
 * the busiest one of the last while is known when an alarm is raised. For one thread.
 */
public final class Processes implements Suspects {
  private static final long PERIOD = Duration.ofSeconds(30).toNanos();

  /** A machine with more has a problem of its own; the first ones that are listed are looked at. */
  private static final int MOST = 4096;

  /** pid (name) state … utime, stime at 14 and 15, resident pages at 24; see proc(5). */
  private static final Pattern STAT =
      Pattern.compile(
          "(?s)^\\d+ \\((.{1,64})\\) \\S (?:-?\\d+ ){10}(\\d+) (\\d+) "
              + "(?:-?\\d+ ){8}(-?\\d+) .*");

  private final Path proc;
  private Map<String, Use> before = new HashMap<>();
  private long lookedAt;
  private boolean looked;

  private record Use(String name, long ticks, long pages) {}

  /**
   * Those below a root.
   *
   * @param root {@code /}, or the folder of a recorded machine
   */
  public Processes(Path root) {
    proc = root.resolve("proc");
  }

  @Override
  public void look(long nanos) {
    if (!looked || nanos - lookedAt >= PERIOD) {
      looked = true;
      lookedAt = nanos;
      before = read();
    }
  }

  @Override
  public String name(Blame blame, long nanos) {
    Map<String, Use> now = read();
    String most = "";
    long highest = 0;
    for (Map.Entry<String, Use> each : now.entrySet()) {
      Use use = each.getValue();
      long weight =
          switch (blame) {
            case NONE -> 0;
            case LARGEST -> use.pages();
            case BUSIEST -> use.ticks() - ticksBefore(each.getKey(), use);
          };
      if (weight > highest) {
        highest = weight;
        most = String.format(Locale.ROOT, "%s (pid %s)", use.name(), each.getKey());
      }
    }
    return most;
  }

  /** Of another process that had the same number, nothing. */
  private long ticksBefore(String pid, Use now) {
    Use then = before.get(pid);
    return then == null || then.ticks() > now.ticks() ? 0 : then.ticks();
  }

  private Map<String, Use> read() {
    Map<String, Use> found = new HashMap<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : each) {
        if (found.size() == MOST) {
          break;
        }
        stat(process, found);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return found; // a recorded machine has none
    }
    return found;
  }

  private static void stat(Path process, Map<String, Use> found) {
    try {
      String text =
          new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
      Matcher matcher = STAT.matcher(text);
      if (matcher.matches()) {
        long ticks = Long.parseLong(matcher.group(2)) + Long.parseLong(matcher.group(3));
        String name = matcher.group(1).replaceAll("[^ -~]", "?");
        found.put(
            String.valueOf(process.getFileName()),
            new Use(name, ticks, Long.parseLong(matcher.group(4))));
      }
    } catch (IOException | NumberFormatException e) {
      // it has ended meanwhile, or is none
    }
  }
}
