package io.airbox.hwtests.flash;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.linux.PseudoTerminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A box whose boot loader is a real U-Boot in QEMU, with an eMMC, a card slot, a power switch, and
 * a serial adapter that can be pulled. What the box says while the adapter is out is lost.
 */
public final class UbootBox implements AutoCloseable {
  /** A line of 115200 baud carries so much in ten milliseconds. */
  private static final int PACE = 115;

  private static final int PACE_MILLIS = 10;

  /** How long somebody may leave the port unread before bytes are lost. */
  private static final int PATIENCE = 1000;

  private final Path folder;
  private final Path loader;
  private final Path emmc;
  private final OutputStream log;
  private final Queue<Watchpoint> watchpoints = new ConcurrentLinkedQueue<>();
  private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
  private final StringBuilder said = new StringBuilder();

  private @Nullable Path card;
  private volatile @Nullable PseudoTerminal adapter;
  private volatile @Nullable SocketChannel uart;
  private @Nullable Process machine;
  private final Semaphore leave = new Semaphore(0);
  private @Nullable Thread typist;

  /** Something that happens when the box says something. */
  private record Watchpoint(String text, Runnable action) {}

  /**
   * A box without power; its adapter is not plugged in.
   *
   * @param folder for its sockets and the log of its console
   */
  public UbootBox(Path folder, Path emmc, @Nullable Path card) throws IOException {
    this.folder = folder;
    this.emmc = emmc;
    this.card = card;
    loader = loader();
    log = Files.newOutputStream(folder.resolve("console.raw"));
  }

  /** The boot loader; built where it is missing, which takes minutes. */
  private static Path loader() throws IOException {
    Path script = Checkout.path("hw-tests/src/uboot/image");
    Process process =
        new ProcessBuilder("sh", script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(script + " failed; its messages say why");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while U-Boot was built", e);
    }
    return Path.of(printed, "u-boot.bin");
  }

  /** What programs open; a link that leads nowhere while the adapter is out. */
  public Path port() {
    return folder.resolve("tty");
  }

  /** Plugs the serial adapter in. */
  public void plug() throws IOException {
    PseudoTerminal terminal = new PseudoTerminal();
    Files.deleteIfExists(port());
    Files.createSymbolicLink(port(), terminal.path());
    adapter = terminal;
    Thread thread = new Thread(() -> passOn(terminal), "uboot-typing");
    thread.setDaemon(true);
    thread.start();
    typist = thread;
  }

  /** Pulls the serial adapter out. */
  void unplug() {
    PseudoTerminal terminal = adapter;
    Thread thread = typist;
    adapter = null;
    try {
      Files.deleteIfExists(port());
      if (thread != null) {
        thread.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (terminal != null) {
      terminal.close();
    }
  }

  /** Takes the card out; the box must have no power. */
  public void removeCard() {
    card = null;
  }

  /** When the box says this the next time, something happens before it can go on. */
  public void when(String text, Runnable action) {
    watchpoints.add(new Watchpoint(text, action));
  }

  /** Makes the box wait, from within {@link #when}, until {@link #goOn} was called once more. */
  void hold() {
    leave.acquireUninterruptibly();
  }

  void goOn() {
    leave.release();
  }

  /** Types on the line, as noise does. */
  void disturb(String text) {
    SocketChannel channel = uart;
    try {
      if (channel != null) {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What programs at the port have sent to the box since the beginning. */
  String typed() {
    synchronized (typed) {
      return typed.toString(StandardCharsets.ISO_8859_1);
    }
  }

  public void powerOn() throws IOException {
    Path socket = folder.resolve("uart.sock");
    Files.deleteIfExists(socket);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      List<String> command = new ArrayList<>();
      command.addAll(
          List.of("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a53", "-m", "12G"));
      command.addAll(List.of("-display", "none", "-nic", "none", "-monitor", "none"));
      command.addAll(List.of("-bios", loader.toString(), "-serial", "chardev:uart"));
      command.addAll(List.of("-chardev", "socket,id=uart,path=" + socket));
      slot(command, 0, emmc);
      slot(command, 1, card);
      Process started =
          HostPrograms.of(command.toArray(String[]::new))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("qemu.log").toFile())
              .start();
      started
          .onExit()
          .thenRun(
              () -> {
                try {
                  server.close();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      SocketChannel channel = server.accept();
      machine = started;
      uart = channel;
      Thread thread = new Thread(() -> listen(channel), "uboot-console");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** The controllers are there whatever is in them. */
  private static void slot(List<String> command, int number, @Nullable Path image) {
    command.addAll(List.of("-device", "sdhci-pci,id=host" + number));
    if (image != null) {
      command.addAll(
          List.of(
              "-drive",
              "if=none,id=mmc" + number + ",format=raw,file=" + image,
              "-device",
              "sd-card,drive=mmc" + number + ",bus=pcie.0/host" + number + "/sd-bus"));
    }
  }

  /** Cuts the power; may be called from within {@link #when}. */
  public void powerOff() {
    Process process = machine;
    SocketChannel channel = uart;
    machine = null;
    uart = null;
    try {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen(SocketChannel channel) {
    byte[] bytes = new byte[PACE];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (uart == channel) {
        int count = channel.read(buffer.clear());
        if (count < 0) {
          return;
        }
        log.write(bytes, 0, count);
        deliver(bytes, count);
        notice(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
        Thread.sleep(PACE_MILLIS);
      }
    } catch (IOException e) {
      // the power is off
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(byte[] bytes, int count) throws IOException, InterruptedException {
    int done = 0;
    for (int tries = 0; done < count && tries < PATIENCE; tries++) {
      PseudoTerminal terminal = adapter;
      if (terminal == null) {
        return;
      }
      done += terminal.write(Arrays.copyOfRange(bytes, done, count), count - done);
      if (done < count) {
        Thread.sleep(PACE_MILLIS);
      }
    }
  }

  private void notice(String text) {
    said.append(text);
    Watchpoint next = watchpoints.peek();
    int at = next == null ? -1 : said.indexOf(next.text());
    if (next != null && at >= 0) {
      said.delete(0, at + next.text().length());
      watchpoints.remove();
      next.action().run();
    } else if (said.length() > 4096) {
      said.delete(0, said.length() - 1024);
    }
  }

  private void passOn(PseudoTerminal terminal) {
    byte[] bytes = new byte[64];
    try {
      while (adapter == terminal) {
        int count = terminal.read(bytes);
        if (count > 0) {
          synchronized (typed) {
            typed.write(bytes, 0, count);
          }
          SocketChannel channel = uart;
          if (channel != null) {
            channel.write(ByteBuffer.wrap(bytes, 0, count));
          }
        }
      }
    } catch (IOException e) {
      // pulled, or the power is off
    }
  }

  @Override
  public void close() throws IOException {
    leave.release(10);
    powerOff();
    unplug();
    log.close();
  }
}
