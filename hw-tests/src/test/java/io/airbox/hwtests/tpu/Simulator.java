package io.airbox.hwtests.tpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The vendor's libbmlib and libbmrt linked against a functional model of the BM1684X, and a small
 * bmodel, out of the Python wheel {@code tpu-mlir} (2-clause BSD). {@code docs/adr} tells why from
 * there.
 *
 * <p>Fetched once by pip into {@code ${XDG_CACHE_HOME:-~/.cache}/airbox/tpu-simulator/VERSION};
 * every file is held to its pinned digest, and the folder appears whole or not at all.
 */
public final class Simulator {
  private static final String VERSION = "1.30.2";
  private static final String WHEEL_SHA256 =
      "542807361c9eeb0777a7bd35e501d8c71cce767e4bce021a3cb3a7c25c35f909";
  private static final String DEMO = "tpu_mlir/python/tools/soc_infer/demo/Yuv2rgb_0_int8/";

  /** Digests of the files, by their names in the wheel. */
  private static final Map<String, String> FILES =
      Map.of(
          "tpu_mlir/lib/libbmlib.so.0",
          "ce669b2d7cf1776b1282789250def9fca8b4f9f00a7f793ab1b17fc8dad6accb",
          "tpu_mlir/lib/libbmrt.so.1.0",
          "8a78ff11efd86e644058fcb868e5d764665cb8205d8282a36aa582748ab0ae46",
          "tpu_mlir/lib/libcmodel_bm1684x.so",
          "c4bf3f29bcdf4c93781a7b3cf09ff8a7ec219ef155b3b49cbe57a16b7c42cd96",
          DEMO + "compilation.bmodel",
          "977b7db350b0697c2828a886e1f0e8b96b40823d853b5fac84c18339b359c5de",
          DEMO + "input_ref_data.dat",
          "d602e3463f152300371512e6375ff664aa130ce6ec54daf476a126356ae6a085",
          DEMO + "output_ref_data.dat",
          "ea84c25b8abd88a564241c4a020c0e26d0e15cd751597a45022af3d4bd7618cb");

  private static final int GLIBC_MINOR = 34;
  private static final long PIP_MINUTES = 10;

  private final Path folder;

  private Simulator(Path folder) {
    this.folder = folder;
  }

  /** Prints where the libraries and the bmodel lie, for programs that are not written in Java. */
  public static void main(String[] arguments) throws IOException {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new IOException(obstacle.get());
    }
    Simulator simulator = provide();
    System.out.println(simulator.libraries() + "\n" + simulator.bmodel());
  }

  /** Why it cannot run here; empty when it can. */
  static Optional<String> obstacle() {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!system.equals("Linux amd64")) {
      return Optional.of("the TPU simulator is built for Linux on x86-64, this is " + system);
    }
    Optional<String> libc = output("getconf", "GNU_LIBC_VERSION");
    Matcher version = Pattern.compile("glibc 2\\.(\\d+)").matcher(libc.orElse(""));
    if (!version.find()) {
      return Optional.of("the TPU simulator needs glibc, which getconf does not find here");
    }
    if (Integer.parseInt(version.group(1)) < GLIBC_MINOR) {
      return Optional.of(
          "the TPU simulator needs glibc 2." + GLIBC_MINOR + ", this is " + version.group());
    }
    return Optional.empty();
  }

  /**
   * The simulator, fetched when it is not there yet.
   *
   * @throws IOException saying what is missing, when it cannot be fetched
   */
  static Simulator provide() throws IOException {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return provide(Files.createDirectories(base.resolve("airbox/tpu-simulator")));
  }

  private static Simulator provide(Path parent) throws IOException {
    Path folder = parent.resolve(VERSION);
    try (FileChannel lock =
            FileChannel.open(
                parent.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      if (!held.isValid() || !isWhole(folder)) {
        delete(folder);
        Path part = parent.resolve(VERSION + ".part");
        delete(part);
        fetch(Files.createDirectories(part));
        Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return new Simulator(folder);
  }

  /** For the child's loader path: libbmlib opens {@code libcmodel.so} through it. */
  Path libraries() {
    return folder.resolve("lib");
  }

  /**
   * A folder with the libraries for more than one network at a time, made from {@code
   * src/libsophon/simulator.c}, which tells what is wrong without it; {@link #libraries()} has to
   * be on the loader's path all the same.
   */
  Path withSeparateRuntimes(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(
        libraries().resolve("libbmlib.so.0"),
        folder.resolve("libbmlib.so.0"),
        StandardCopyOption.REPLACE_EXISTING);
    StubLibsophon.run(
        List.of(
            "gcc",
            "-std=gnu11",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-shared",
            "-fPIC",
            "-DFIRST_BMODEL=\"" + bmodel() + "\"",
            "-o",
            folder.resolve("libbmrt.so").toString(),
            StubLibsophon.source("simulator.c").toString(),
            "-Wl,--no-as-needed",
            libraries().resolve("libbmrt.so.1.0").toString()));
    return folder;
  }

  /** A static INT8 network that turns a picture from YUV into RGB. */
  Path bmodel() {
    return folder.resolve("compilation.bmodel");
  }

  /** An input of that network, as the compiler recorded it. */
  Path input() {
    return folder.resolve("input_ref_data.dat");
  }

  /** What the compiler's own run made of it. */
  Path output() {
    return folder.resolve("output_ref_data.dat");
  }

  private static void fetch(Path folder) throws IOException {
    Path venv = folder.resolve("venv");
    run("python3", "-m", "venv", venv.toString());
    Path requirements = folder.resolve("requirements.txt");
    Files.writeString(
        requirements, "tpu-mlir==" + VERSION + " --hash=sha256:" + WHEEL_SHA256 + "\n");
    run(
        venv.resolve("bin/pip").toString(),
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        // the compiler in the wheel wants this Python; its libraries want none
        "--python-version=3.10",
        "--dest=" + folder,
        "--requirement=" + requirements);
    Path wheel = folder.resolve("tpu_mlir-" + VERSION + "-py3-none-any.whl");
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      for (String name : FILES.keySet()) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
          throw new IOException(wheel + " has no " + name);
        }
        Path file = place(folder, name);
        Files.createDirectories(file.getParent());
        try (InputStream content = zip.getInputStream(entry)) {
          Files.copy(content, file);
        }
      }
    }
    Files.createSymbolicLink(folder.resolve("lib/libcmodel.so"), Path.of("libcmodel_bm1684x.so"));
    delete(venv);
    Files.delete(wheel);
    Files.delete(requirements);
    if (!isWhole(folder)) {
      throw new IOException("the wheel tpu-mlir " + VERSION + " is not the one that was pinned");
    }
  }

  private static Path place(Path folder, String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    return folder.resolve(name.startsWith(DEMO) ? file : "lib/" + file);
  }

  private static boolean isWhole(Path folder) throws IOException {
    if (!Files.exists(folder.resolve("lib/libcmodel.so"))) {
      return false;
    }
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path path = place(folder, file.getKey());
      if (!Files.isRegularFile(path) || !sha256(path).equals(file.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void run(String... command) throws IOException {
    Path log = Files.createTempFile("airbox-tpu-simulator", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(PIP_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException(
            String.join(" ", command) + " took more than " + PIP_MINUTES + " min");
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the TPU simulator could not be fetched: %s ended with %d:%n%s%n"
                    + "it needs python3 with venv (apt install python3-venv) and a package index",
                String.join(" ", command),
                process.exitValue(),
                Files.readString(log, StandardCharsets.UTF_8)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the TPU simulator was fetched", e);
    } finally {
      Files.delete(log);
    }
  }

  private static Optional<String> output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return Optional.of(
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
