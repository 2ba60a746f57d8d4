package io.airbox.daemon;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The built-in pack as one that can start from a picture: another of its files stands where the
 * encoder's would, so that requests can be planned. No engine can run it.
 */
public final class EncoderPack {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EncoderPack() {}

  /** Makes a folder of models with it. */
  public static Path in(Path folder) throws IOException {
    Path pack = Files.createDirectories(folder.resolve("default"));
    try (Stream<Path> files = Files.list(TestDaemon.models().resolve("default"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, pack.resolve(file.getFileName()));
      }
    }
    Path manifest = pack.resolve("pack.json");
    ObjectNode json = (ObjectNode) JSON.readTree(manifest.toFile());
    ObjectNode roles = (ObjectNode) json.at("/engines/onnx/roles");
    roles.set("vae_encoder", roles.get("vae_decoder").deepCopy());
    JSON.writeValue(manifest.toFile(), json);
    return folder;
  }
}
