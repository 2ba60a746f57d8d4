package io.airbox.hwtests.abuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Programs that this machine's kernel runs for somebody else, or elsewhere. */
public final class OtherUser {
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs");

  private OtherUser() {}

  /**
   * What a program ended with.
   *
   * @param exit its status
   * @param output standard output and error
   */
  record Ended(int exit, String output) {}

  /** Runs a program as this user. */
  static Ended run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " does not end");
    }
    return new Ended(process.exitValue(), output);
  }

  /**
   * Runs a program as {@code nobody}, which takes root or sudo without a password; without either
   * the test is skipped, which CI does not accept.
   */
  static Ended runAsNobody(List<String> command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(AS_NOBODY);
    all.addAll(command);
    return run(asRoot(all));
  }

  /**
   * A command line that runs another one, whose user may do no more than the rights of files say:
   * {@code nobody} in the place of root, else this user.
   */
  public static List<String> withoutPrivileges() throws IOException {
    return isRoot() ? AS_NOBODY : List.of();
  }

  /** A command line that runs as root. */
  static List<String> asRoot(List<String> command) throws IOException, InterruptedException {
    if (isRoot()) {
      return command;
    }
    Assumptions.assumeTrue(
        run(List.of("sudo", "-n", "true")).exit() == 0,
        "this takes root, or sudo without a password");
    List<String> all = new ArrayList<>(List.of("sudo", "-n"));
    all.addAll(command);
    return all;
  }

  /** Whether this program runs as root. */
  static boolean isRoot() throws IOException {
    return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }
}
