package io.airbox.hwtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs with packages of the npm registry, in a folder of their own below {@code target}. */
public final class NodePrograms {
  private static final List<String> LISTS = List.of("package.json", "package-lock.json");

  private final Path folder;

  private NodePrograms(Path folder) {
    this.folder = folder;
  }

  /**
   * Installs what a folder's {@code package-lock.json} names; once for each content of that file.
   *
   * @throws IOException npm failed; its message holds what it said
   */
  public static NodePrograms of(Path sources) throws IOException, InterruptedException {
    Path folder =
        Checkout.path("hw-tests/target")
            .resolve("node-" + Checkout.digest(sources.resolve("package-lock.json")));
    Path complete = folder.resolve("complete");
    if (!Files.exists(complete)) {
      Files.createDirectories(folder);
      for (String list : LISTS) {
        Files.copy(
            sources.resolve(list), folder.resolve(list), StandardCopyOption.REPLACE_EXISTING);
      }
      install(folder);
      Files.createFile(complete);
    }
    return new NodePrograms(folder);
  }

  private static void install(Path folder) throws IOException, InterruptedException {
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!npm.waitFor(1, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      throw new IOException("npm ci failed in " + folder + ":\n" + output.strip());
    }
  }

  /** Puts a program beside its packages and says how to run it. */
  public List<String> command(Path program) throws IOException {
    Path own = folder.resolve(program.getFileName());
    Files.copy(program, own, StandardCopyOption.REPLACE_EXISTING);
    return List.of("node", own.toString());
  }
}
