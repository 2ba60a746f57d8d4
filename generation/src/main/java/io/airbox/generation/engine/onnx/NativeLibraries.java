package io.airbox.generation.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * Unpacks ONNX Runtime's libraries once into a folder that stays. Left alone, ONNX Runtime unpacks
 * them into a temporary folder at every start.
 */
final class NativeLibraries {
  /** Where ONNX Runtime looks for its libraries before it unpacks any. */
  static final String PATH_PROPERTY = "onnxruntime.native.path";

  private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

  private NativeLibraries() {}

  /**
   * Makes ONNX Runtime load its libraries from {@code folder}; without effect where the launcher
   * has set {@value #PATH_PROPERTY}, or on a platform that is not Linux.
   *
   * @throws GenerationException {@code ENGINE_FAULT} if the folder cannot be written
   */
  static void useFrom(Path folder) {
    if (System.getProperty(PATH_PROPERTY) != null || !isLinux()) {
      return;
    }
    try {
      for (String name : NAMES) {
        unpack(System.mapLibraryName(name), folder);
      }
    } catch (IOException e) {
      throw new GenerationException(
          Reason.ENGINE_FAULT,
          "ONNX Runtime's libraries cannot be unpacked into " + folder + ": " + e,
          e);
    }
    System.setProperty(PATH_PROPERTY, folder.toString());
  }

  private static boolean isLinux() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }

  private static void unpack(String library, Path folder) throws IOException {
    String resource = "/ai/onnxruntime/native/" + platform() + "/" + library;
    URL packed = OrtEnvironment.class.getResource(resource);
    if (packed == null) {
      throw new IOException("ONNX Runtime has no library for this platform: " + resource);
    }
    Path target = folder.resolve(library);
    long bytes = packed.openConnection().getContentLengthLong();
    if (Files.isRegularFile(target) && Files.size(target) == bytes) {
      return;
    }
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, library, ".new");
    try (InputStream in = packed.openStream()) {
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String platform() {
    String architecture = System.getProperty("os.arch", "");
    return architecture.equals("aarch64") ? "linux-aarch64" : "linux-x64";
  }
}
