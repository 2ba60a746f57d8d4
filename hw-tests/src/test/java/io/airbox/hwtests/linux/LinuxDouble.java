package io.airbox.hwtests.linux;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A box that is a virtual machine: power switch, debug port, two network ports, disks.
 *
 * <p>Its disk is a layer over the shared image, thrown away at the end; it keeps what was written
 * over power cycles as a real disk does. A power cut kills QEMU: what the system had not yet handed
 * to the disk is lost, what it had is there. (A real disk may also lose what was handed over but
 * not flushed; that is not played.)
 *
 * <p>The machine is killed when its time is over, and with the LAN when the JVM ends; then every
 * wait on the console fails.
 */
public final class LinuxDouble implements AutoCloseable {
  /** How long a boot may take; 20 s on an idle core are usual. */
  public static final Duration BOOT = Duration.ofSeconds(180);

  private static final Duration START = Duration.ofSeconds(30);
  private static final int POLL_MILLIS = 20;
  private static final String SOCKETS = "airbox-double-";
  private static final Pattern LOGIN = Pattern.compile("login: $");
  private static final Pattern PASSWORD = Pattern.compile("Password: $");
  private static final Pattern PROMPT = Pattern.compile("[$#] $");
  private static final Pattern REFUSED = Pattern.compile("Login incorrect");

  /**
   * What a double is made of.
   *
   * @param memoryMegabytes its memory
   * @param processors its processors; more than the host has gain nothing
   * @param disks raw images that it sees read-only as /dev/vdb, /dev/vdc, …
   * @param limit how long it may exist
   */
  public record Options(int memoryMegabytes, int processors, List<Path> disks, Duration limit) {
    /** A gigabyte, two processors, no further disks, ten minutes. */
    public Options() {
      this(1024, 2, List.of(), Duration.ofMinutes(10));
    }
  }

  private enum Power {
    OFF,
    ON
  }

  private final Options options;
  private final LinuxImage image;
  private final Lan lan;
  private final Path folder;
  private final Path sockets;
  private final SerialLine line;
  private final ScheduledExecutorService warden =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "linux-double-limit");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Process process;
  private volatile boolean atShell;
  private @Nullable Qmp qmp;
  private @Nullable Path card;
  private @Nullable Path stick;

  private LinuxDouble(Options options, LinuxImage image, Lan lan, Path folder, Path sockets)
      throws IOException {
    this.options = options;
    this.image = image;
    this.lan = lan;
    this.folder = folder;
    this.sockets = sockets;
    this.line = new SerialLine(folder.resolve("console.log"));
  }

  /**
   * Makes a box that is still without power.
   *
   * @param folder where its disk and the log of its console lie; what an earlier box left there is
   *     removed
   * @throws LinuxDoubleUnavailableException if this machine cannot run one
   */
  static LinuxDouble create(Options options, LinuxImage image, Lan lan, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve("console.log"));
      Files.deleteIfExists(disk(folder));
      // a socket's path has 107 bytes at most
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      removeSocketsOfTheDead(temporary);
      Path sockets =
          Files.createTempDirectory(temporary, SOCKETS + ProcessHandle.current().pid() + "-");
      LinuxDouble box = new LinuxDouble(options, image, lan, folder, sockets);
      HostCommand.run(
              START,
              List.of(
                  "qemu-img",
                  "create",
                  "-q",
                  "-f",
                  "qcow2",
                  "-F",
                  "qcow2",
                  "-b",
                  image.disk().toString(),
                  disk(folder).toString()))
          .orThrow();
      box.warden.schedule(
          () -> box.kill("its " + options.limit() + " are over"),
          options.limit().toMillis(),
          TimeUnit.MILLISECONDS);
      return box;
    } catch (IOException e) {
      throw new UncheckedIOException("no place for a Linux double in " + folder, e);
    }
  }

  /** The log of everything that the box has ever said on its debug port. */
  public Path consoleLog() {
    return folder.resolve("console.log");
  }

  /** The debug port. */
  public Console console() {
    return line.console();
  }

  /**
   * The debug port as a serial device, for programs that want one; they and {@link #console()} hear
   * the same.
   */
  public Path serialPort() {
    return line.port();
  }

  /**
   * Switches on; does nothing to a running box. Returns when the machine runs, long before it has
   * booted.
   */
  public void powerOn() {
    if (power() == Power.OFF) {
      start(command());
    }
  }

  /**
   * Puts an SD card into the built-in reader of a box without power, or takes it out: it will be
   * {@code /dev/mmcblk0}. What is written to it stays in the image.
   *
   * @param image raw, of a size that is a power of two; null for none
   */
  public void card(@Nullable Path image) {
    if (power() == Power.ON) {
      throw new IllegalStateException("switch the box off before you change its card");
    }
    card = image;
  }

  /**
   * Plugs a read-only disk into a box without power; it will be the last of {@code /dev/vd*}.
   *
   * @param image raw
   */
  public void stick(Path image) {
    if (power() == Power.ON) {
      throw new IllegalStateException("switch the box off before you plug something in");
    }
    stick = image;
  }

  private void start(List<String> command) {
    try (ServerSocketChannel uart = listen(uartSocket());
        ServerSocketChannel control = listen(qmpSocket())) {
      Process started =
          HostCommand.of(lan.inside(command))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(folder.resolve("qemu.log").toFile())
              .redirectErrorStream(true)
              .start();
      process = started;
      line.attach(accept(uart, started));
      qmp = new Qmp(accept(control, started));
    } catch (IOException e) {
      throw new UncheckedIOException("QEMU did not start", e);
    }
  }

  /** Cuts the power: the machine is gone at once. Does nothing to a box without power. */
  public void powerCut() {
    kill("power cut");
  }

  /**
   * Keeps the running box as it is, memory and disk; see {@link #restore}. It has to be at its
   * shell, and goes on running.
   */
  public void save(String name) {
    shell();
    String refused = monitor("savevm " + name);
    if (!refused.isBlank()) {
      throw new IllegalStateException("QEMU does not save the box: " + refused);
    }
  }

  /**
   * Has the box as it was when it was saved, running, at its shell, with both cables plugged in;
   * takes a second or two. Only its clock has not gone on meanwhile.
   */
  public Console restore(String name) {
    kill("goes back to '" + name + "'");
    List<String> command = new ArrayList<>(command());
    command.addAll(List.of("-loadvm", name));
    start(command);
    atShell = true;
    console().run("true").orThrow();
    return console();
  }

  /** Presses the reset button. */
  public void reset() {
    atShell = false;
    execute("system_reset", Map.of());
  }

  /** Presses the power button, which asks the system to shut down; see {@link #awaitPowerOff}. */
  public void powerButton() {
    execute("system_powerdown", Map.of());
  }

  /** Waits until the box has switched itself off. */
  public void awaitPowerOff(Duration within) {
    Process running = process;
    try {
      if (running != null && !running.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ConsoleException("the box is still on after " + within, line.console().screen());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the box switched off", e);
    }
    kill("switched off");
  }

  /** Plugs the cable of port 0 or 1 in, or pulls it. */
  public void link(int port, boolean pluggedIn) {
    execute("set_link", Map.of("name", nic(port), "up", pluggedIn));
  }

  /** Waits for the login prompt of a box that boots. */
  public void awaitLogin() {
    console().expect(BOOT, LOGIN);
  }

  /**
   * Waits for the login prompt and logs in.
   *
   * @throws ConsoleException if the box refuses this name and password
   */
  public Console logIn(String user, String password) {
    awaitLogin();
    Console console = console();
    console.send(user + "\r");
    console.expect(Console.COMMAND, PASSWORD);
    console.send(password + "\r");
    if (console.expect(Console.COMMAND, PROMPT, REFUSED).index() != 0) {
      throw new ConsoleException("the box refuses " + user, console.screen());
    }
    return console;
  }

  /**
   * Brings the box to a quiet shell of root (no messages of the kernel between the lines, no echo,
   * no line editing) with all its services started: from there it does nothing, from the login
   * prompt it logs in, and a box without power it switches on. After a reboot that the box began
   * itself, call {@link #logIn} instead.
   */
  public Console shell() {
    if (atShell) {
      return console();
    }
    powerOn();
    Console console = logIn("root", "root");
    // the old shell throws away what is typed before the new one is there
    console.send("exec env TERM=dumb PS1='box''# ' bash --noediting --norc\r");
    console.expect(Console.COMMAND, "box# ");
    console.run("stty -echo; dmesg --console-off; cd /").orThrow();
    console.run("systemctl is-system-running --wait", BOOT);
    atShell = true;
    return console;
  }

  /** Kills the machine and removes its disk; the log of its console stays. */
  @Override
  public void close() {
    warden.shutdownNow();
    kill("closed");
    try {
      line.close();
      Files.deleteIfExists(disk(folder));
      Files.deleteIfExists(uartSocket());
      Files.deleteIfExists(qmpSocket());
      Files.deleteIfExists(sockets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A killed JVM leaves its sockets behind; all else of it the kernel has removed. */
  private static void removeSocketsOfTheDead(Path temporary) throws IOException {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(temporary, SOCKETS + "[0-9]*-*")) {
      for (Path folder : folders) {
        String pid = folder.getFileName().toString().split("-")[2];
        if (ProcessHandle.of(Long.parseLong(pid)).isEmpty() && Files.isWritable(folder)) {
          Files.deleteIfExists(folder.resolve("uart"));
          Files.deleteIfExists(folder.resolve("qmp"));
          Files.deleteIfExists(folder);
        }
      }
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of("qemu-system-x86_64"));
    command.addAll(List.of("-machine", "q35", "-nodefaults", "-no-user-config"));
    command.addAll(List.of("-display", "none"));
    // emulation runs everywhere; KVM inside somebody's virtual machine is known to hang before its
    // first message
    command.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "max"));
    command.addAll(List.of("-smp", String.valueOf(options.processors())));
    command.addAll(List.of("-m", options.memoryMegabytes() + "M"));
    command.addAll(List.of("-kernel", image.kernel().toString()));
    command.addAll(List.of("-initrd", image.initrd().toString()));
    command.addAll(List.of("-append", "console=ttyS0,115200 net.ifnames=0 quiet"));
    command.addAll(List.of("-drive", drive("root", disk(folder), "qcow2,cache=writeback")));
    command.addAll(List.of("-device", "virtio-blk-pci,drive=root"));
    for (int i = 0; i < options.disks().size(); i++) {
      String id = "disk" + i;
      command.addAll(List.of("-drive", drive(id, options.disks().get(i), "raw,read-only=on")));
      command.addAll(List.of("-device", "virtio-blk-pci,drive=" + id));
    }
    Path plugged = stick;
    if (plugged != null) {
      command.addAll(List.of("-drive", drive("stick", plugged, "raw,read-only=on")));
      command.addAll(List.of("-device", "virtio-blk-pci,drive=stick"));
    }
    Path inReader = card;
    if (inReader != null) {
      command.addAll(List.of("-device", "sdhci-pci"));
      command.addAll(List.of("-drive", drive("card", inReader, "raw,cache=writeback")));
      command.addAll(List.of("-device", "sd-card,drive=card"));
    }
    for (int port = 0; port < 2; port++) {
      String id = "lan" + port;
      command.addAll(
          List.of(
              "-netdev", "tap,id=" + id + ",ifname=" + Lan.tap(port) + ",script=no,downscript=no"));
      // speed and duplex: without them virtio tells none, and a bond of mode 802.3ad stays down
      command.addAll(
          List.of(
              "-device",
              "virtio-net-pci,id="
                  + nic(port)
                  + ",netdev="
                  + id
                  + ",mac=52:54:00:15:00:0"
                  + port
                  + ",speed=1000,duplex=full"));
    }
    command.addAll(List.of("-device", "virtio-rng-pci"));
    command.addAll(List.of("-chardev", "socket,id=uart,path=" + uartSocket()));
    command.addAll(List.of("-serial", "chardev:uart"));
    command.addAll(List.of("-qmp", "unix:" + qmpSocket()));
    return command;
  }

  private static String drive(String id, Path file, String format) {
    return "if=none,id=" + id + ",file=" + file.toString().replace(",", ",,") + ",format=" + format;
  }

  private static String nic(int port) {
    return "nic" + port;
  }

  private Path uartSocket() {
    return sockets.resolve("uart");
  }

  private Path qmpSocket() {
    return sockets.resolve("qmp");
  }

  private static Path disk(Path folder) {
    return folder.resolve("disk.qcow2");
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    server.configureBlocking(false);
    return server;
  }

  private SocketChannel accept(ServerSocketChannel server, Process started) throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    try {
      while (System.nanoTime() < deadline && !started.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        SocketChannel channel = server.accept();
        if (channel != null) {
          return channel;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill("did not start");
    throw new IOException("QEMU says: " + Files.readString(folder.resolve("qemu.log")));
  }

  private Power power() {
    Process running = process;
    return running != null && running.isAlive() ? Power.ON : Power.OFF;
  }

  /** A command of QEMU's human monitor; what it prints is empty when all went well. */
  private String monitor(String line) {
    return execute("human-monitor-command", Map.of("command-line", line)).asText();
  }

  private JsonNode execute(String command, Map<String, ?> arguments) {
    Qmp control = qmp;
    if (control == null) {
      throw new IllegalStateException("the box has no power: " + command);
    }
    try {
      return control.execute(command, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(command, e);
    }
  }

  /**
   * SIGKILL to QEMU. Its parent nsenter ends when it is gone for good, ports and disk released; so
   * not before it.
   */
  private synchronized void kill(String reason) {
    atShell = false;
    Process running = process;
    if (running == null) {
      return;
    }
    List<ProcessHandle> qemu = running.children().toList();
    if (qemu.isEmpty()) {
      running.destroyForcibly();
    }
    qemu.forEach(ProcessHandle::destroyForcibly);
    try {
      running.waitFor();
      Qmp control = qmp;
      if (control != null) {
        control.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    qmp = null;
    process = null;
    line.detach(reason);
  }
}
