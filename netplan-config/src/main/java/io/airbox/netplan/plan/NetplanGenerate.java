package io.airbox.netplan.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.check.Finding;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real {@code netplan generate --root-dir}, run by an argument array in a scratch root. */
public final class NetplanGenerate {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private final List<String> command;
  private final Duration limit;

  /**
   * @param command program and leading arguments; {@code --root-dir DIR} is appended
   * @param limit how long one run may take
   */
  public NetplanGenerate(List<String> command, Duration limit) {
    this.command = List.copyOf(command);
    this.limit = limit;
  }

  /**
   * The machine's own netplan.
   *
   * @throws NetplanException {@code NETPLAN_UNAVAILABLE} when none is installed
   */
  public static NetplanGenerate installed() {
    // what `netplan generate` runs behind an interpreter that takes ten times as long to start
    for (String program : List.of("/usr/libexec/netplan/generate", "/lib/netplan/generate")) {
      if (Files.isExecutable(Path.of(program))) {
        return new NetplanGenerate(List.of(program), Duration.ofSeconds(20));
      }
    }
    throw new NetplanException(
        NetplanException.Reason.NETPLAN_UNAVAILABLE,
        "netplan is not installed here: neither /usr/libexec/netplan/generate nor"
            + " /lib/netplan/generate is there; install netplan.io");
  }

  /**
   * What netplan said and made.
   *
   * @param exitCode 0 when it took the files
   * @param findings errors with file, line and column where it told them; warnings that it printed
   *     although it took the files. Two default routes are such a warning, and an error here
   * @param generated text by path below the root, as {@code
   *     run/systemd/network/10-netplan-eth0.network}
   */
  public record Result(int exitCode, List<Finding> findings, Map<String, String> generated) {
    public Result {
      findings = List.copyOf(findings);
      generated = Collections.unmodifiableMap(new TreeMap<>(generated));
    }
  }

  /**
   * Runs netplan over files laid into a scratch root, which is deleted afterwards.
   *
   * @param files bytes by path below the root, as {@code etc/netplan/01-netcfg.yaml}
   * @throws NetplanException {@code NETPLAN_UNAVAILABLE} when it cannot be started, does not end
   *     within the limit, or the scratch root cannot be written; the process is gone then
   */
  public Result run(Map<String, byte[]> files) {
    try {
      Path root = Files.createTempDirectory("airbox-netplan");
      try {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          Path path = root.resolve(file.getKey()).normalize();
          if (!path.startsWith(root)) {
            throw NetplanException.invalid(
                "file", NetplanException.quoted(file.getKey()) + " is not below the root");
          }
          Files.createDirectories(path.getParent());
          Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER));
          Files.write(path, file.getValue());
        }
        return runIn(root);
      } finally {
        delete(root);
      }
    } catch (IOException e) {
      throw new NetplanException(
          NetplanException.Reason.NETPLAN_UNAVAILABLE, "netplan cannot be run: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetplanException(
          NetplanException.Reason.NETPLAN_UNAVAILABLE, "interrupted while netplan ran", e);
    }
  }

  private Result runIn(Path root) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--root-dir");
    arguments.add(root.toString());
    // into a file: a pipe that nobody reads would stop it
    Path said = Files.createFile(root.resolve("said"));
    ProcessBuilder builder =
        new ProcessBuilder(arguments)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new NetplanException(
            NetplanException.Reason.NETPLAN_UNAVAILABLE,
            command.get(0) + " did not end within " + limit.toSeconds() + " s and was stopped");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    Map<String, String> generated = new TreeMap<>();
    for (String folder : List.of("run/systemd/network", "run/udev/rules.d")) {
      Path path = root.resolve(folder);
      if (Files.isDirectory(path)) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
          for (Path entry : entries) {
            if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
              generated.put(
                  folder + "/" + entry.getFileName(), new String(Files.readAllBytes(entry), UTF_8));
            }
          }
        }
      }
    }
    String text = new String(Files.readAllBytes(said), UTF_8);
    return new Result(
        process.exitValue(), GenerateOutput.findings(text, process.exitValue(), root), generated);
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  public String toString() {
    return command + " within " + limit;
  }
}
