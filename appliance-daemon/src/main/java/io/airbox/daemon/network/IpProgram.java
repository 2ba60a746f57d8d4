package io.airbox.daemon.network;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** What {@code ip -j} prints, of this machine or as it was recorded. */
@FunctionalInterface
interface IpProgram {
  /** Where a recorded tree keeps what {@code ip -j} printed: {@code addr}, {@code 4-route}, … */
  String RECORDED = "run/airbox-recorded/ip";

  /**
   * Runs it.
   *
   * @param arguments behind {@code ip -j}
   * @return empty when it cannot be run or fails
   */
  Optional<String> run(String... arguments);

  /** This machine's own for {@code /}; of another tree nothing is run. */
  static IpProgram of(Path sysroot) {
    if (!sysroot.toAbsolutePath().normalize().equals(Path.of("/"))) {
      return arguments ->
          Optional.ofNullable(
              LiveNetwork.text(
                  sysroot
                      .resolve(RECORDED)
                      .resolve(String.join("-", arguments).replaceFirst("^-", "") + ".json")));
    }
    for (String place : List.of("/sbin/ip", "/usr/sbin/ip", "/bin/ip")) {
      Path program = Path.of(place);
      if (Files.isExecutable(program)) {
        return arguments -> Optional.ofNullable(output(program, arguments));
      }
    }
    return arguments -> Optional.empty();
  }

  private static @Nullable String output(Path program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-j"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    try {
      Process process = builder.start();
      // the kernel answers at once or never; what hangs is ended by this
      process.onExit().orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> end(process));
      try (InputStream out = process.getInputStream()) {
        String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? text : null;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      Logger.debug("{}: {}", command, e.toString());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static Process end(Process process) {
    process.destroyForcibly();
    return process;
  }
}
