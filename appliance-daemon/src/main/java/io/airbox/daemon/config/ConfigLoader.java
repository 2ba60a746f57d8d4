package io.airbox.daemon.config;

import io.airbox.generation.ClosestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.configuration2.AbstractConfiguration;
import org.apache.commons.configuration2.CombinedConfiguration;
import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.MapConfiguration;
import org.apache.commons.configuration2.PropertiesConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.interpol.ConfigurationInterpolator;
import org.apache.commons.configuration2.tree.OverrideCombiner;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings: packaged defaults, below a file, below the environment, below the command
 * line.
 *
 * <pre>{@code
 * DaemonConfig config = new ConfigLoader(System.getenv()).load(null, Map.of("http.port", "9000"));
 * }</pre>
 */
public final class ConfigLoader {
  /** The file that is read, when it exists, if none is named. */
  public static final Path SYSTEM_FILE = Path.of("/etc/airbox/airbox.properties");

  private static final String PREFIX = "AIRBOX_";

  /** Variables of that prefix which are for the launcher and the command line, no settings. */
  private static final Set<String> FOREIGN =
      Set.of("AIRBOX_HOME", "AIRBOX_JAVA_OPTS", "AIRBOX_KEY");

  private final Map<String, String> environment;
  private final Path systemFile;

  /** A loader that sees this environment. */
  public ConfigLoader(Map<String, String> environment) {
    this(environment, SYSTEM_FILE);
  }

  ConfigLoader(Map<String, String> environment, Path systemFile) {
    this.environment = Map.copyOf(environment);
    this.systemFile = systemFile;
  }

  /**
   * Loads and checks everything.
   *
   * @param file file to read; null for {@link #SYSTEM_FILE} if that exists
   * @param flags settings of the command line by key
   * @throws ConfigException listing every problem with its source
   */
  public DaemonConfig load(@Nullable Path file, Map<String, String> flags) {
    List<String> problems = new ArrayList<>();
    PropertiesConfiguration defaults = packagedDefaults();
    Set<String> known = keys(defaults);
    CombinedConfiguration combined = new CombinedConfiguration(new OverrideCombiner());

    MapConfiguration fromFlags = plain(new MapConfiguration(new TreeMap<>(flags)));
    combined.addConfiguration(fromFlags, "command line");
    MapConfiguration fromEnvironment = plain(environmentSettings(known, problems));
    combined.addConfiguration(fromEnvironment, "environment");
    Path chosen = file != null ? file : systemFile;
    PropertiesConfiguration fromFile = fromFile(chosen, file != null, problems);
    for (String key : keys(fromFile)) {
      if (!known.contains(key)) {
        problems.add(chosen + ":" + key + ": unknown setting." + ClosestName.hint(key, known));
      }
    }
    combined.addConfiguration(fromFile, "file");
    combined.addConfiguration(defaults, "defaults");
    combined.setInterpolator(new ConfigurationInterpolator());

    SettingsReader reader =
        new SettingsReader(
            key ->
                new SettingsReader.Setting(
                    key,
                    combined.getString(key, ""),
                    source(key, chosen, flags.containsKey(key), fromEnvironment, fromFile)));
    DaemonConfig config = DaemonConfig.read(reader);
    problems.addAll(reader.problems());
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return config;
  }

  private static String source(
      String key, Path file, boolean flag, Configuration fromEnvironment, Configuration fromFile) {
    if (flag) {
      return "command line: " + key;
    }
    if (fromEnvironment.containsKey(key)) {
      return variable(key);
    }
    return (fromFile.containsKey(key) ? file.toString() : "defaults") + ":" + key;
  }

  /** The environment variable of a key. */
  static String variable(String key) {
    return PREFIX + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private MapConfiguration environmentSettings(Set<String> known, List<String> problems) {
    Map<String, String> byVariable = new TreeMap<>();
    known.forEach(key -> byVariable.put(variable(key), key));
    Map<String, Object> settings = new TreeMap<>();
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith(PREFIX) || FOREIGN.contains(name)) {
        continue;
      }
      String key = byVariable.get(name);
      if (key == null) {
        problems.add(
            name
                + ": unknown setting in the environment."
                + ClosestName.hint(name, byVariable.keySet()));
      } else {
        settings.put(key, entry.getValue());
      }
    }
    return new MapConfiguration(settings);
  }

  private static PropertiesConfiguration packagedDefaults() {
    try (InputStream in = ConfigLoader.class.getResourceAsStream("airbox.properties")) {
      if (in == null) {
        throw new IllegalStateException("airbox.properties is missing from the daemon's jar");
      }
      return read(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigurationException e) {
      throw new IllegalStateException("the packaged airbox.properties cannot be read", e);
    }
  }

  private static PropertiesConfiguration fromFile(Path file, boolean named, List<String> problems) {
    try (Reader reader = Files.newBufferedReader(file)) {
      return read(reader);
    } catch (NoSuchFileException e) {
      if (named) {
        problems.add(file + ": no such file (--config)");
      }
    } catch (IOException | ConfigurationException e) {
      problems.add(file + ": cannot be read: " + e.getMessage());
    }
    return new PropertiesConfiguration();
  }

  private static PropertiesConfiguration read(Reader reader)
      throws ConfigurationException, IOException {
    PropertiesConfiguration properties = plain(new PropertiesConfiguration());
    properties.setIncludesAllowed(false);
    properties.read(reader);
    return properties;
  }

  /** Without ${…}: a value is what is written. */
  private static <C extends AbstractConfiguration> C plain(C configuration) {
    configuration.setInterpolator(new ConfigurationInterpolator());
    return configuration;
  }

  private static Set<String> keys(Configuration configuration) {
    Set<String> keys = new TreeSet<>();
    for (Iterator<String> each = configuration.getKeys(); each.hasNext(); ) {
      keys.add(each.next());
    }
    return keys;
  }
}
