package io.airbox.daemon.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed values and gathers what is wrong instead of stopping at the first problem. After a
 * problem it answers some value of the type: nobody sees it, since the loader throws at the end.
 */
final class SettingsReader {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  /** What can only be an IPv6 address, so that the JDK parses it and asks no name server. */
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?");

  private static final Pattern HOST_NAME =
      Pattern.compile("(?!-)[a-z0-9-]{1,63}(?:\\.(?!-)[a-z0-9-]{1,63})*");
  private static final Pattern GROUP = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");

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

  /** A whole number; empty when nothing is set. */
  OptionalInt optionalInteger(String key, int min, int max) {
    return settings.apply(key).text().isBlank()
        ? OptionalInt.empty()
        : OptionalInt.of(integer(key, min, max));
  }

  Duration duration(String key, Duration min, Duration max) {
    return bounded(key, Durations::parse, Durations::format, min, max);
  }

  DataSize size(String key, DataSize min, DataSize max) {
    return bounded(key, DataSize::parse, DataSize::toString, min, max);
  }

  /** A size; null when empty. */
  @Nullable DataSize optionalSize(String key, DataSize min, DataSize max) {
    return settings.apply(key).text().isBlank() ? null : size(key, min, max);
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

  boolean flag(String key) {
    return oneOf(key, "say true or false", "true", "false").equals("true");
  }

  /** An IP address without brackets, or {@code localhost}. */
  String address(String key) {
    Setting setting = settings.apply(key);
    String text = setting.text().strip();
    if (text.equals("localhost") || IPV4.matcher(text).matches() || isIpv6(text)) {
      return text;
    }
    problem(
        setting,
        "is not an address; write localhost, one address of this machine, or 0.0.0.0 or :: for all");
    return "localhost";
  }

  private static boolean isIpv6(String text) {
    if (!IPV6.matcher(text).matches()) {
      return false;
    }
    try {
      return InetAddress.getByName(text) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Names separated by commas, in lower case. */
  List<String> hostNames(String key) {
    Setting setting = settings.apply(key);
    List<String> names = new ArrayList<>();
    for (String part : setting.text().split(",")) {
      String name = part.strip().toLowerCase(Locale.ROOT);
      if (name.isEmpty()) {
        continue;
      }
      if (HOST_NAME.matcher(name).matches() || isIpv6(name)) {
        names.add(name);
      } else {
        problem(setting, "holds \"" + name + "\", which is not a host name; write no port");
      }
    }
    return List.copyOf(names);
  }

  /** The name of a group of users; null when empty. */
  @Nullable String group(String key) {
    Setting setting = settings.apply(key);
    String text = setting.text().strip();
    if (text.isEmpty()) {
      return null;
    }
    if (!GROUP.matcher(text).matches()) {
      problem(setting, "is not the name of a group");
    }
    return text;
  }

  /** A text of a form; null when empty. */
  @Nullable String text(String key, Pattern form, String explanation) {
    Setting setting = settings.apply(key);
    String text = setting.text().strip();
    if (text.isEmpty()) {
      return null;
    }
    if (!form.matcher(text).matches()) {
      problem(setting, "is not accepted: " + explanation);
      return null;
    }
    return text;
  }

  /** Some of these words, separated by commas. */
  List<String> someOf(String key, String explanation, List<String> allowed) {
    Setting setting = settings.apply(key);
    List<String> words = new ArrayList<>();
    for (String part : setting.text().split(",")) {
      if (!part.isBlank()) {
        words.add(part.strip());
      }
    }
    if (words.isEmpty() || !allowed.containsAll(words)) {
      problem(setting, "is not accepted: " + explanation);
      return allowed.subList(0, 1);
    }
    return words;
  }

  /** Tells that two settings do not go together. */
  void clash(String key, String what) {
    problem(settings.apply(key), what);
  }

  /** One path; null when empty. */
  @Nullable Path path(String key) {
    List<Path> paths = paths(key);
    return paths.isEmpty() ? null : paths.get(0);
  }

  /** A folder that is there. */
  Path folder(String key) {
    Path path = requiredPath(key);
    if (!Files.isDirectory(path)) {
      problem(settings.apply(key), "is not a folder");
    }
    return path;
  }

  Path requiredPath(String key) {
    Path path = path(key);
    if (path == null) {
      problem(settings.apply(key), "is not a path");
      return Path.of("/");
    }
    return path;
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
