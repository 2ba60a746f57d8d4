package io.airbox.daemon.flash;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.FlashException.Reason;
import io.airbox.flasher.console.HostTrap;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.flasher.console.Transcript;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.watch.FlashWatcher;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Follows the flash of another box over a serial port of this machine, one at a time, and keeps
 * what was seen. Cards are not written here. Thread-safe; every method blocks for files or ports
 * but {@link #follow}.
 *
 * <p>Packages are what lies in {@code flash-packages} of the data folder: folders, archives, images
 * of cards. Transcripts and reports are in {@code flash-reports}.
 */
public final class FlashDesk implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Pattern FOLDER = Pattern.compile("[0-9]{8}-[0-9]{6}(-[0-9]{1,4})?");
  private static final Pattern FILE = Pattern.compile("report\\.json|console\\.[a-z0-9.]{1,16}");
  private static final int MOST_LISTED = 50;
  private static final long LONGEST_REPORT = 1 << 20;

  private final Path packages;
  private final Path reports;
  private final Path sysroot;
  private final SerialPorts ports;
  private final InstantSource clock;

  private @Nullable Watching last;

  /**
   * A desk that watches nothing yet. Nothing is touched.
   *
   * @param data folder of packages and reports
   * @param sysroot prefix of the system's files, in which is looked for what spoils ports
   */
  public FlashDesk(Path data, Path sysroot, SerialPorts ports, InstantSource clock) {
    this.packages = data.resolve("flash-packages");
    this.reports = data.resolve("flash-reports");
    this.sysroot = sysroot;
    this.ports = ports;
    this.clock = clock;
  }

  /** Ports, what is in their way, packages, the last watch, and what was kept of earlier ones. */
  public JsonObject show() {
    List<Port> found = new ArrayList<>();
    String unusable = null;
    try {
      found.addAll(ports.list());
    } catch (FlashException e) {
      unusable = e.getMessage();
    }
    JsonArray listed = new JsonArray();
    found.forEach(port -> listed.add(FlashJson.of(port)));
    JsonArray traps = new JsonArray();
    HostTrap.lookFor(sysroot, found.stream().filter(Port::likely).toList())
        .forEach(trap -> traps.add(FlashJson.of(trap)));
    return new JsonObject()
        .put("ports", listed)
        .put("ports_unusable", unusable)
        .put("traps", traps)
        .put("packages", packages())
        .put("packages_folder", packages.toString())
        .put("watch", watch().orElse(null))
        .put("reports", reports());
  }

  /** The last watch, which may be over; empty when there was none. */
  public synchronized Optional<JsonObject> watch() {
    return Optional.ofNullable(last).map(Watching::state);
  }

  /**
   * Begins a watch.
   *
   * @throws FlashException {@code PORT_BUSY} also when a watch goes on already; any other reason of
   *     ports; {@code NOT_FOUND} when there is no such package
   */
  public synchronized JsonObject start(FlashWish wish) {
    Watching before = last;
    if (before != null && !before.isOver()) {
      throw new FlashException(
          Reason.PORT_BUSY,
          "a flash is watched already, at "
              + before.state().getString("port")
              + "; stop that watch first");
    }
    String name = wish.packageName();
    Path path = name == null ? null : packagePath(name);
    requireDevice(wish.port());
    // what is wrong with the port is told at once, before a long reading
    ports.open(wish.port()).close();
    Watching watching = new Watching(wish, path, ports, reports, clock);
    last = watching;
    watching.start();
    return watching.state();
  }

  /** Whoever may watch a flash may not read any file by that. */
  private static void requireDevice(String port) {
    try {
      if (Path.of(port).toRealPath().startsWith("/dev")) {
        return;
      }
    } catch (IOException | InvalidPathException e) {
      Logger.debug("port {}: {}", port, e.toString());
    }
    throw new FlashException(
        Reason.PORT_NOT_FOUND, "there is no serial port " + port + "; is its cable plugged in?");
  }

  /** Ends the watch that goes on; false when none does. */
  public boolean stop() {
    Watching watching = present();
    if (watching == null || watching.isOver()) {
      return false;
    }
    watching.stop();
    return true;
  }

  private synchronized @Nullable Watching present() {
    return last;
  }

  /**
   * Tells a listener all that is known of the last watch, and then what happens.
   *
   * @return ends the telling; empty when there was no watch
   */
  public Optional<Runnable> follow(FlashListener listener) {
    Watching watching = present();
    if (watching == null) {
      return Optional.empty();
    }
    watching.follow(listener);
    return Optional.of(() -> watching.leave(listener));
  }

  /**
   * Reads what a box printed while it was flashed.
   *
   * @param packageName what was on the card; only its scripts are read. Null when nobody knows
   * @throws FlashException about the package
   */
  public JsonObject analyze(byte[] transcript, @Nullable String packageName) {
    InstantSource still = InstantSource.fixed(clock.instant());
    FlashWatcher watcher =
        packageName == null
            ? FlashWatcher.withoutPlan(still)
            : FlashWatcher.of(
                CardPackage.read(packagePath(packageName), CardPackage.Depth.SCRIPTS), still);
    watcher.accept(transcript, 0, transcript.length);
    watcher.end();
    return FlashJson.of(watcher.report());
  }

  private JsonArray packages() {
    JsonArray names = new JsonArray();
    try (Stream<Path> entries = Files.list(packages)) {
      entries
          .map(each -> String.valueOf(each.getFileName()))
          .filter(each -> !each.startsWith("."))
          .sorted()
          .forEach(names::add);
    } catch (IOException e) {
      Logger.debug("{}: {}", packages, e.toString());
    }
    return names;
  }

  private Path packagePath(String name) {
    if (!packages().contains(name)) {
      throw new FlashException(
          Reason.NOT_FOUND, "there is no card package " + name + " in " + packages);
    }
    return packages.resolve(name);
  }

  private JsonArray reports() {
    List<Path> folders = List.of();
    try (Stream<Path> entries = Files.list(reports)) {
      folders =
          entries
              .filter(each -> FOLDER.matcher(String.valueOf(each.getFileName())).matches())
              .sorted(Comparator.reverseOrder())
              .limit(MOST_LISTED)
              .toList();
    } catch (IOException e) {
      Logger.debug("{}: {}", reports, e.toString());
    }
    JsonArray listed = new JsonArray();
    for (Path folder : folders) {
      JsonObject report = report(folder.resolve(Transcript.REPORT));
      listed.add(
          new JsonObject()
              .put("folder", String.valueOf(folder.getFileName()))
              .put("verdict", text(report, "verdict"))
              .put("ending", text(report, "ending"))
              .put("files", files(folder)));
    }
    return listed;
  }

  private static @Nullable String text(JsonObject report, String member) {
    return report.getValue(member) instanceof String text ? text : null;
  }

  /** Empty while it is not written. */
  private static JsonObject report(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LONGEST_REPORT
          ? new JsonObject(Files.readString(file, StandardCharsets.UTF_8))
          : new JsonObject();
    } catch (IOException | DecodeException | ClassCastException e) {
      Logger.debug("{}: {}", file, e.toString());
      return new JsonObject();
    }
  }

  private static JsonArray files(Path folder) {
    JsonArray names = new JsonArray();
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .map(each -> String.valueOf(each.getFileName()))
          .filter(each -> FILE.matcher(each).matches())
          .sorted()
          .forEach(names::add);
    } catch (IOException e) {
      Logger.debug("{}: {}", folder, e.toString());
    }
    return names;
  }

  /** A file of {@link #show}'s reports; empty when there is none of that name. */
  public Optional<Path> file(String folder, String name) {
    if (!FOLDER.matcher(folder).matches() || !FILE.matcher(name).matches()) {
      return Optional.empty();
    }
    Path file = reports.resolve(folder).resolve(name);
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /** Ends the watch that goes on, whose report is kept. */
  @Override
  public void close() {
    Watching watching = present();
    if (watching != null && !watching.isOver()) {
      watching.stop();
      if (!watching.join(PATIENCE)) {
        Logger.warn("the watch of a flash did not end within {}", PATIENCE);
      }
    }
  }
}
