package io.airbox.hwtests.tpu;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Folders with bmodels, made with the vendor's compiler once for each content of the recipe and of
 * what is compiled, in {@code ${XDG_CACHE_HOME:-~/.cache}/airbox/tpu-packs/HASH}; one that nobody
 * used for two weeks goes.
 *
 * <p>Holds across processes: one compiles, the others wait. The commands make the folder appear
 * whole or not at all, so that one that was killed leaves nothing that is taken for whole.
 */
final class CompiledFolder {
  private static final Path MODELS = Checkout.path("models");

  /** The compiler is 384 MB to download and takes a minute, beside other work several. */
  private static final Duration LIMIT = Duration.ofMinutes(40);

  private static final Duration UNUSED = Duration.ofDays(14);

  private CompiledFolder() {}

  /**
   * The folder; nobody writes there.
   *
   * @param what what is compiled, for messages
   * @param sources the files that decide what comes out, beside the recipe of {@code models}
   * @param command makes the folder that it is given; {@code models} is on Python's path
   * @throws IOException if it cannot be compiled here; says what is missing or which step failed
   */
  static synchronized Path provide(
      String what, List<Path> sources, Function<Path, List<String>> command) throws IOException {
    Path parent = Files.createDirectories(cache().resolve("airbox/tpu-packs"));
    Path folder = parent.resolve(key(sources));
    try (FileChannel channel =
            FileChannel.open(
                parent.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.exists(folder)) {
        compile(what, command.apply(folder), parent.resolve("compile.log"));
      }
      Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
      deleteUnused(parent);
    }
    return folder;
  }

  private static Path cache() {
    String configured = System.getenv("XDG_CACHE_HOME");
    return configured == null || configured.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(configured);
  }

  private static String key(List<Path> own) throws IOException {
    List<Path> sources = new ArrayList<>(own);
    try (Stream<Path> files = Files.walk(MODELS.resolve("airbox_models/bmodels"))) {
      files.filter(file -> file.toString().matches(".*\\.(py|txt)")).sorted().forEach(sources::add);
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path source : sources) {
        digest.update(
            Checkout.path("").relativize(source).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(source));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void compile(String what, List<String> command, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PYTHONPATH", MODELS.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw failure(what, "took more than " + LIMIT.toMinutes() + " min", log);
      }
      if (process.exitValue() != 0) {
        throw failure(what, "ended with " + process.exitValue(), log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + what + " was compiled", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static IOException failure(String what, String how, Path log) throws IOException {
    return new IOException(
        String.format(
            Locale.ROOT,
            "the bmodels of %s cannot be had: the compilation (models/README.md) %s:%n%s",
            what,
            how,
            Files.readString(log, StandardCharsets.UTF_8)));
  }

  private static void deleteUnused(Path parent) throws IOException {
    Instant limit = Instant.now().minus(UNUSED);
    List<Path> unused;
    try (Stream<Path> packs = Files.list(parent)) {
      unused =
          packs
              .filter(Files::isDirectory)
              .filter(folder -> modified(folder).isBefore(limit))
              .toList();
    }
    for (Path folder : unused) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Instant modified(Path folder) {
    return Instant.ofEpochMilli(folder.toFile().lastModified());
  }
}
