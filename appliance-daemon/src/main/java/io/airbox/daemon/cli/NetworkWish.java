package io.airbox.daemon.cli;

import io.airbox.daemon.network.NetworkView.Wish;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that say what the network is to become. */
final class NetworkWish {
  private static final long LARGEST = 256 * 1024L;

  @Option(
      names = "--preset",
      paramLabel = "ID",
      description = "A whole set-up; `airbox net presets` lists them.")
  private @Nullable String preset;

  @Option(
      names = "--field",
      paramLabel = "NAME=TEXT",
      description = "What the preset asks for; may be given several times.")
  private @Nullable Map<String, String> fields;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "A netplan file, to become /etc/netplan/ under its name; may be given several times.")
  private @Nullable List<Path> files;

  @Option(
      names = "--before",
      paramLabel = "ID",
      description = "The files as they were before that change of `airbox net history`.")
  private @Nullable String undo;

  /** Whether anything was said. */
  boolean given() {
    return preset != null || files != null || undo != null;
  }

  /**
   * Refuses what is not one wish.
   *
   * @throws ParameterException none or several were given
   */
  void require(CommandLine command) {
    int ways = (preset == null ? 0 : 1) + (files == null ? 0 : 1) + (undo == null ? 0 : 1);
    if (ways != 1) {
      throw new ParameterException(
          command, "say what to change: --preset, --from or --before, one of them");
    }
    if (fields != null && preset == null) {
      throw new ParameterException(command, "--field goes with --preset");
    }
  }

  /** As a request. */
  JsonObject json() {
    if (undo != null) {
      return new JsonObject().put("undo", undo);
    }
    if (preset != null) {
      JsonObject given = new JsonObject();
      fields().forEach(given::put);
      return new JsonObject().put("preset", preset).put("fields", given);
    }
    JsonObject texts = new JsonObject();
    texts().forEach(texts::put);
    return new JsonObject().put("files", texts);
  }

  /** For a tree here. */
  Wish local() {
    if (undo != null) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--before needs the daemon that made the change, not a --sysroot");
    }
    if (preset != null) {
      return new Wish.OfPreset(preset, fields());
    }
    Map<String, Optional<String>> texts = new HashMap<>();
    texts().forEach((name, text) -> texts.put(name, Optional.of(text)));
    return new Wish.Files(texts);
  }

  private Map<String, String> fields() {
    return fields == null ? Map.of() : fields;
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Path file : files == null ? List.<Path>of() : files) {
      Path name = file.getFileName();
      try {
        if (name == null || Files.size(file) > LARGEST) {
          throw new CommandFailure(
              ExitCodes.USAGE, file + " is larger than a netplan file, " + LARGEST + " bytes");
        }
        texts.put(name.toString(), Files.readString(file));
      } catch (IOException e) {
        throw new CommandFailure(ExitCodes.USAGE, file + " cannot be read as UTF-8: " + e, e);
      }
    }
    return texts;
  }
}
