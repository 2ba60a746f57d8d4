package io.airbox.daemon.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads typed values and gathers what is wrong instead of stopping at the first problem. After a
 * problem it answers some value of the type: nobody sees it, since the loader throws at the end.
 */
final class SettingsReader {
  private final Function<String, Setting> settings;
  private final List<String> problems = new ArrayList<>();

  /**
   * A setting's text and where it was found.
   *
   * @param key its name
   * @param text its value
   * @param source {@code file:key}, an environment variable or an option of the command line
   */
  record Setting(String key, String text, String source) {
    /** The value, unless its key says that it is a secret. */
    String shown() {
      return isSecret(key) ? "***" : "\"" + text + "\"";
    }

    private static boolean isSecret(String key) {
      String last = key.substring(key.lastIndexOf('.') + 1);
      return List.of("password", "secret", "token", "key").contains(last);
    }
  }

  SettingsReader(Function<String, Setting> settings) {
    this.settings = settings;
  }

  List<String> problems() {
    return problems;
  }

  int integer(String key, int min, int max) {
    Setting setting = settings.apply(key);
    try {
      int value = Integer.parseInt(setting.text().strip());
      if (value >= min && value <= max) {
        return value;
      }
      problem(setting, "is out of range, allowed are " + min + "…" + max);
    } catch (NumberFormatException e) {
      problem(setting, "is not a whole number");
    }
    return min;
  }

  Duration duration(String key, Duration min, Duration max) {
    return bounded(key, Durations::parse, Durations::format, min, max);
  }

  DataSize size(String key, DataSize min, DataSize max) {
    return bounded(key, DataSize::parse, DataSize::toString, min, max);
  }

  String oneOf(String key, String explanation, String... allowed) {
    Setting setting = settings.apply(key);
    String text = setting.text().strip();
    if (Arrays.asList(allowed).contains(text)) {
      return text;
    }
    problem(setting, "is not accepted: " + explanation);
    return allowed[0];
  }

  List<Path> paths(String key) {
    Setting setting = settings.apply(key);
    List<Path> paths = new ArrayList<>();
    for (String part : setting.text().split(",")) {
      if (part.isBlank()) {
        continue;
      }
      try {
        paths.add(Path.of(part.strip()).toAbsolutePath().normalize());
      } catch (InvalidPathException e) {
        problem(setting, "is not a path: " + e.getReason());
      }
    }
    return paths;
  }

  private <T extends Comparable<T>> T bounded(
      String key, Function<String, T> parse, Function<T, String> format, T min, T max) {
    Setting setting = settings.apply(key);
    try {
      T value = parse.apply(setting.text());
      if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
        return value;
      }
      problem(
          setting, "is out of range, allowed are " + format.apply(min) + "…" + format.apply(max));
    } catch (IllegalArgumentException e) {
      problem(setting, String.valueOf(e.getMessage()));
    }
    return min;
  }

  private void problem(Setting setting, String what) {
    problems.add(setting.source() + ": " + setting.shown() + " " + what);
  }
}
