package io.airbox.hwtests.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A Java agent that can stop the threads of the daemon's event loops and nothing else: production
 * code needs no way to hang itself, and if the signs of life came from any other thread they would
 * go on.
 *
 * <p>Its argument is a folder. It writes the time into {@code beats} there, each quarter of a
 * second, to show that the rest of the process lives; when the file {@code hang} appears it stops
 * the loops, once.
 */
final class HangingLoop {
  private static final int BEAT_MILLIS = 250;
  private static final String LOOP = "vert.x-eventloop-thread-";

  private HangingLoop() {}

  /** Called by the JVM before main. */
  public static void premain(String folder) {
    Thread agent = new Thread(() -> watch(Path.of(folder)), "hanging-loop-agent");
    agent.setDaemon(true);
    agent.start();
  }

  /** The agent as a jar file. */
  static byte[] jar() {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(new Attributes.Name("Premain-Class"), HangingLoop.class.getName());
    String entry = HangingLoop.class.getName().replace('.', '/') + ".class";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
        InputStream code = HangingLoop.class.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      code.transferTo(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void watch(Path folder) {
    Path hang = folder.resolve("hang");
    try {
      while (true) {
        Files.writeString(folder.resolve("beats"), Instant.now().getEpochSecond() + "\n");
        if (Files.deleteIfExists(hang)) {
          stopLoops();
        }
        Thread.sleep(BEAT_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // stopping another thread wherever it stands is what is wanted here
  @SuppressWarnings("removal")
  private static void stopLoops() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(LOOP)) {
        thread.suspend();
      }
    }
  }
}
