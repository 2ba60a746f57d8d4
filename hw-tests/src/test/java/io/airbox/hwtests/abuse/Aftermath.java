package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is left when the attackers have gone. */
final class Aftermath {
  private static final Pattern ANNOUNCEMENT = Pattern.compile("(?i)claim code.*");

  /** A line of {@code jcmd GC.heap_info} of the serial collector. */
  private static final Pattern GENERATION =
      Pattern.compile("generation +total \\d+K, used (\\d+)K");

  private final Box box;

  Aftermath(Box box) {
    this.box = box;
  }

  /** Where a secret shows: what it is and where. */
  List<String> secretsThatShow() throws IOException {
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, String> secret : box.secrets().entrySet()) {
      String text = secret.getKey();
      for (String line : box.process().output().lines().toList()) {
        if (line.contains(text)
            && !(secret.getValue().contains("claim code") && ANNOUNCEMENT.matcher(line).find())) {
          found.add(secret.getValue() + " in what the daemon printed: " + line);
        }
      }
    }
    try (Stream<Path> files = Files.walk(box.data())) {
      for (Path file :
          files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
        search(file, found);
      }
    }
    for (ProcessHandle process : processes()) {
      search(Path.of("/proc", String.valueOf(process.pid()), "cmdline"), found);
      search(Path.of("/proc", String.valueOf(process.pid()), "environ"), found);
    }
    return found;
  }

  private List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(box.process().handle()), box.process().handle().descendants())
        .toList();
  }

  private void search(Path file, List<String> found) throws IOException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return; // a temporary file, or a process that has ended
    }
    box.secrets()
        .forEach(
            (secret, what) -> {
              if (text.contains(secret)) {
                found.add(what + " in " + file);
              }
            });
  }

  /** Lines of the log and of the audit log that an attacker has written. */
  List<String> forgedLines() throws IOException {
    List<String> lines = new ArrayList<>(box.process().output().lines().toList());
    try (Stream<Path> files = Files.list(box.data().resolve("audit"))) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          new JsonObject(line); // each line is one entry
          lines.add(line);
        }
      }
    }
    return lines.stream()
        .filter(line -> line.matches("ERROR: forged.*|\\{\"action\":\"forged.*"))
        .toList();
  }

  /** Each action of the audit log with its outcome. */
  TreeSet<String> audited() {
    TreeSet<String> audited = new TreeSet<>();
    Long before = null;
    while (true) {
      String page = "/api/v1/audit?limit=200" + (before == null ? "" : "&before=" + before);
      JsonArray entries =
          box.askOnSocket("api.sock", Request.get(page)).has(200).json().getJsonArray("entries");
      for (int i = 0; i < entries.size(); i++) {
        JsonObject entry = entries.getJsonObject(i);
        Long number = entry.getLong("number");
        if (before != null) {
          assertThat(number).as("entries are numbered without a gap").isEqualTo(before - 1);
        }
        before = number;
        audited.add(entry.getString("action") + " " + entry.getString("outcome"));
      }
      if (entries.isEmpty()) {
        return audited;
      }
    }
  }

  /**
   * What the daemon's process holds.
   *
   * @param files open ones
   * @param threads running ones
   * @param heapKilobytes of objects that are in use
   */
  record Held(long files, long threads, long heapKilobytes) {
    boolean within(Held most) {
      return files <= most.files && threads <= most.threads && heapKilobytes <= most.heapKilobytes;
    }
  }

  Held held() throws IOException, InterruptedException {
    String pid = String.valueOf(box.process().handle().pid());
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    OtherUser.run(List.of(jcmd, pid, "GC.run"));
    String heap = OtherUser.run(List.of(jcmd, pid, "GC.heap_info")).output();
    long kilobytes =
        GENERATION.matcher(heap).results().mapToLong(use -> Long.parseLong(use.group(1))).sum();
    assertThat(kilobytes).as(heap).isPositive();
    try (Stream<Path> files = Files.list(Path.of("/proc", pid, "fd"));
        Stream<Path> threads = Files.list(Path.of("/proc", pid, "task"))) {
      return new Held(files.count(), threads.count(), kilobytes);
    }
  }

  /** Waits until the process holds no more than that; what it holds when it does, or does not. */
  Held rested(Held most) throws IOException, InterruptedException {
    Held held = held();
    for (int i = 0; i < 30 && !held.within(most); i++) {
      TimeUnit.MILLISECONDS.sleep(300);
      held = held();
    }
    return held;
  }
}
