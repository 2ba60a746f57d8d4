package io.airbox.netplan.staging;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A tree on which {@code airbox-network} runs as it is, with programs of the tree's own where the
 * real ones would touch this machine. After so many writes the program is killed, with all that it
 * has started.
 */
final class ScratchBox {
  static final int KILLED = 137;

  /** What a netplan that only shows which texts count has generated. */
  private static final String PLAIN_NETPLAN =
      """
      #!/bin/sh
      echo "netplan $*" >>$AIRBOX_SYSROOT/calls
      [ ! -e $AIRBOX_SYSROOT/fail-"$1" ] || exit 1
      /bin/mkdir -p $AIRBOX_SYSROOT/run/systemd/network
      for name in $(for f in $AIRBOX_SYSROOT/lib/netplan/*.yaml $AIRBOX_SYSROOT/etc/netplan/*.yaml $AIRBOX_SYSROOT/run/netplan/*.yaml; do
          [ ! -e "$f" ] || echo "${f##*/}"; done | sort -u); do
        for d in run etc lib; do
          if [ -e $AIRBOX_SYSROOT/$d/netplan/$name ]; then /bin/cat $AIRBOX_SYSROOT/$d/netplan/$name; break; fi
        done
      done >$AIRBOX_SYSROOT/run/systemd/network/10-netplan-all.network
      """;

  private static final String REAL_NETPLAN =
      """
      #!/bin/sh
      echo "netplan $*" >>$AIRBOX_SYSROOT/calls
      [ ! -e $AIRBOX_SYSROOT/fail-"$1" ] || exit 1
      exec /usr/sbin/netplan generate --root-dir $AIRBOX_SYSROOT
      """;

  private static final String COUNTED =
      """
      #!/bin/sh
      read -r n <$AIRBOX_SYSROOT/fuse
      [ "$n" -gt 0 ] || kill -9 0
      echo $((n - 1)) >$AIRBOX_SYSROOT/fuse
      """;

  private static final String IP =
      """
      #!/bin/sh
      echo "ip $*" >>$AIRBOX_SYSROOT/calls
      case "$1 $2" in
        "link delete") /bin/rm -r $AIRBOX_SYSROOT/sys/class/net/"$4" ;;
        "-o address") grep -F " $7/" $AIRBOX_SYSROOT/addresses-"$5" 2>/dev/null ;;
        "-4 route"|"-6 route") grep -xF -e "$*" $AIRBOX_SYSROOT/routes 2>/dev/null ;;
      esac
      """;

  /** A timer runs unless {@code no-timer} is there. */
  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      echo "systemctl $*" >>$AIRBOX_SYSROOT/calls
      case "$*" in
        *is-active*) [ ! -e $AIRBOX_SYSROOT/no-timer ] ;;
      esac
      """;

  final Path root;

  private ScratchBox(Path root) {
    this.root = root;
  }

  private ScratchBox(Path root, String netplan) throws IOException {
    this(root);
    for (String folder : List.of("etc/netplan", "run", "sys/class/net", "usr/sbin")) {
      Files.createDirectories(root.resolve(folder));
    }
    program("netplan", netplan);
    program("ip", IP);
    program("systemctl", SYSTEMCTL);
    program("systemd-run", "#!/bin/sh\necho \"systemd-run $*\" >>$AIRBOX_SYSROOT/calls\n");
    program("udevadm", "#!/bin/sh\n");
    program("sleep", "#!/bin/sh\n");
    for (String writer : List.of("mv", "rm", "cp")) {
      program(writer, COUNTED + "exec /bin/" + writer + " \"$@\"\n");
    }
    program("sync", COUNTED);
    killAfter(Integer.MAX_VALUE);
  }

  static ScratchBox plain(Path root) throws IOException {
    return new ScratchBox(root, PLAIN_NETPLAN);
  }

  static ScratchBox withNetplan(Path root) throws IOException {
    return new ScratchBox(root, REAL_NETPLAN);
  }

  /** Another one, as this is now. */
  ScratchBox copy(Path to) throws IOException, InterruptedException {
    CommandRunner.Ended ended = run(List.of("/bin/cp", "-a", root.toString(), to.toString()));
    if (ended.status() != 0) {
      throw new IOException(ended.output());
    }
    return new ScratchBox(to);
  }

  private void program(String name, String text) throws IOException {
    Path file = root.resolve("usr/sbin").resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void killAfter(int writes) throws IOException {
    write("fuse", writes + "\n");
  }

  void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  String text(String path) throws IOException {
    try {
      return Files.readString(root.resolve(path));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  List<String> calls() throws IOException {
    return text("calls").lines().toList();
  }

  /** The names and texts of a folder, hidden ones too. */
  SortedMap<String, String> files(String folder) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    if (Files.isDirectory(root.resolve(folder))) {
      try (Stream<Path> all = Files.list(root.resolve(folder))) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          files.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return files;
  }

  StagingStatus status() {
    return StagingStatus.read(root.resolve("run/airbox-network/status"));
  }

  Staging staging(Disk disk) {
    return new Staging(
        root,
        arguments -> {
          List<String> command = new ArrayList<>(List.of("/usr/sbin/netplan"));
          command.addAll(arguments);
          return run(command);
        },
        disk);
  }

  /** Stages a change as the helper does, up to where the program is started. */
  void stage(StagedChange change) throws IOException {
    Staging staging = staging(Disk.real());
    staging.prepare(change);
    staging.stage(change.transaction());
  }

  /** Keeps it as the helper does, up to where the program is started. */
  void keep(String id) throws IOException {
    Staging staging = staging(Disk.real());
    staging.draftFiles();
    staging.commit(id);
  }

  /** Runs {@code airbox-network} and returns its exit status. */
  int network(String verb) {
    Path program =
        Path.of(System.getProperty("airbox.root"))
            .resolve("rootfs-overlay/src/main/tree/usr/libexec/airbox-network");
    try {
      // a group of its own, so that it can be killed as a whole
      return run(List.of("/usr/bin/setsid", "-w", program.toString(), verb)).status();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CommandRunner.Ended run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("scratch", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(new File("/dev/null"));
      builder.environment().clear();
      builder.environment().putAll(Map.of("AIRBOX_SYSROOT", root.toString()));
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end: " + Files.readString(output));
      }
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Files.writeString(root.resolve("log"), text);
      return new CommandRunner.Ended(process.exitValue(), text);
    } finally {
      Files.delete(output);
    }
  }

  /** The power went, and is back; the generator of netplan has run, before any unit. */
  void restart() throws IOException, InterruptedException {
    killAfter(Integer.MAX_VALUE);
    try (Stream<Path> all = Files.walk(root.resolve("run"))) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    Files.createDirectories(root.resolve("run"));
    run(List.of(root.resolve("usr/sbin/netplan").toString(), "generate"));
  }
}
