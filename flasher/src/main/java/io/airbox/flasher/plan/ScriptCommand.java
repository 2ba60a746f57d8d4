package io.airbox.flasher.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A command of a flash script that matters to the plan; all others are passed over. */
sealed interface ScriptCommand {
  /** Line of the script, from 1. */
  int line();

  /**
   * {@code load … ADDRESS FILE}.
   *
   * @param address as written, such as {@code ${ramdisk_addr_r}}
   * @param file its name on the card, without folders that a card does not have
   */
  record Load(int line, String address, String file) implements ScriptCommand {}

  /**
   * {@code unzip FROM TO LIMIT}.
   *
   * @param limit number of bytes; null when the script gives none
   */
  record Unzip(int line, String from, String to, @Nullable Long limit) implements ScriptCommand {}

  /** {@code mmc write FROM BLOCK COUNT}. */
  record Write(int line, String from, long block, long count) implements ScriptCommand {}

  /** {@code mmc dev NUMBER}. */
  record Device(int line, int number) implements ScriptCommand {}

  /** {@code setenv NAME VALUE}, of addresses. */
  record Address(int line, String name, long value) implements ScriptCommand {}

  /** Numbers that U-Boot reads as hexadecimal, with or without {@code 0x}. */
  Pattern LOAD =
      Pattern.compile(
          "^(?:if\\s+)?(?:fat)?load\\s+\\S+\\s+\\S+\\s+(\\S+)\\s+/{0,2}(?:\\$\\{?ota_path\\}?/+)?([^\\s;]+)");

  Pattern UNZIP =
      Pattern.compile(
          "^(?:if\\s+)?unzip\\s+(\\S+)\\s+([^\\s;]+)(?:\\s+(?:0x)?([0-9a-fA-F]{1,12}))?");
  Pattern WRITE =
      Pattern.compile(
          "^(?:if\\s+)?mmc\\s+write\\s+(\\S+)\\s+(?:0x)?([0-9a-fA-F]{1,12})\\s+(?:0x)?([0-9a-fA-F]{1,12})");
  Pattern DEVICE = Pattern.compile("^(?:if\\s+)?mmc\\s+dev\\s+(\\d)\\b");
  Pattern ADDRESS =
      Pattern.compile("^(?:setenv|set)\\s+(\\w*addr\\w*)\\s+(?:0x)?([0-9a-fA-F]{1,12})\\b");

  /** Those of a script's text, in order. */
  static List<ScriptCommand> of(String text) {
    List<ScriptCommand> commands = new ArrayList<>();
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.strip();
      Matcher load = LOAD.matcher(line);
      Matcher unzip = UNZIP.matcher(line);
      Matcher write = WRITE.matcher(line);
      Matcher device = DEVICE.matcher(line);
      Matcher address = ADDRESS.matcher(line);
      if (load.find()) {
        commands.add(new Load(number, load.group(1), load.group(2)));
      } else if (unzip.find()) {
        String limit = unzip.group(3);
        commands.add(
            new Unzip(number, unzip.group(1), unzip.group(2), limit == null ? null : hex(limit)));
      } else if (write.find()) {
        commands.add(new Write(number, write.group(1), hex(write.group(2)), hex(write.group(3))));
      } else if (device.find()) {
        commands.add(new Device(number, Integer.parseInt(device.group(1))));
      } else if (address.find()) {
        commands.add(
            new Address(number, address.group(1).toLowerCase(Locale.ROOT), hex(address.group(2))));
      }
    }
    return commands;
  }

  private static long hex(String digits) {
    return Long.parseLong(digits, 16);
  }
}
