package io.airbox.sophon.facts;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that holds device memory. In SOC mode each buffer is an open file of its process, of
 * which {@code /proc/PID/fdinfo} tells the size since Linux 5.3 ({@code dma_buf_show_fdinfo});
 * those of other users only to root. A buffer that a process has open twice counts twice.
 *
 * @param name the program, the first word of its command line; {@code ?} when that is not told
 * @param bytes the sum of its buffers in all heaps; which heap a buffer lies in is not told
 */
public record MemoryUser(long pid, String name, long bytes) {
  /** Where from, for people. */
  public static final String SOURCE = "proc/PID/fdinfo";

  private static final Pattern PID = Pattern.compile("[1-9]\\d{0,8}");
  private static final Pattern EXPORTER = Pattern.compile("(?m)^exp_name:\\s*ion\\s*$");
  private static final Pattern SIZE = Pattern.compile("(?m)^size:\\s*(\\d{1,18})\\s*$");
  private static final String UNKNOWN = "?";
  private static final int LONGEST_NAME = 127;

  /**
   * The processes below a root whose files this user may read, the largest first. Never fails; what
   * cannot be read is left out, so an empty list does not say that there are none.
   */
  public static List<MemoryUser> read(Path root) {
    List<MemoryUser> users = new ArrayList<>();
    for (Path process : children(root.resolve("proc"))) {
      String pid = String.valueOf(process.getFileName());
      if (PID.matcher(pid).matches()) {
        long bytes = bytes(process);
        if (bytes > 0) {
          users.add(new MemoryUser(Long.parseLong(pid), name(process), bytes));
        }
      }
    }
    users.sort(Comparator.comparingLong((MemoryUser user) -> -user.bytes()));
    return List.copyOf(users);
  }

  private static long bytes(Path process) {
    long sum = 0;
    for (Path open : children(process.resolve("fdinfo"))) {
      String text = BoxFiles.text(process, "fdinfo/" + open.getFileName()).orElse("");
      Matcher size = SIZE.matcher(text);
      if (EXPORTER.matcher(text).find() && size.find()) {
        sum += BoxFiles.number(size.group(1)).orElse(0);
      }
    }
    return sum;
  }

  private static String name(Path process) {
    return BoxFiles.text(process, "cmdline")
        .map(line -> line.split("\0", 2)[0].strip())
        .filter(word -> !word.isEmpty())
        .map(word -> word.substring(0, Math.min(LONGEST_NAME, word.length())))
        .orElse(UNKNOWN);
  }

  private static List<Path> children(Path folder) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(folder)) {
      each.forEach(children::add);
    } catch (IOException | DirectoryIteratorException e) {
      return children; // it ended meanwhile, or is not for this user
    }
    return children;
  }
}
