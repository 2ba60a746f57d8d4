package io.airbox.helper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** A root folder whose programs only write down how they were called. */
final class TestMachine {
  final Path root;
  final Machine machine;

  TestMachine(Path root) {
    this.root = root;
    this.machine = new Machine(root, Duration.ofSeconds(20));
    try {
      Files.createDirectories(root.resolve("etc"));
      for (Program program : Program.values()) {
        script(program, "exit 0");
      }
      script(Program.TIMEDATECTL, "echo no");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a program do this after it has written down its call. */
  void script(Program program, String body) throws IOException {
    Path file = machine.path(program.path());
    Files.createDirectories(file.getParent());
    String call = "echo \"" + program.path() + " $*\" >>'" + root.resolve("calls") + "'\n";
    Files.writeString(file, "#!/bin/sh\n" + call + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** How programs were called, in order. */
  List<String> calls() {
    Path calls = root.resolve("calls");
    try {
      return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  String text(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }
}
