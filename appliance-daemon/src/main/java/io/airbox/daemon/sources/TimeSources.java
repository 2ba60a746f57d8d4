package io.airbox.daemon.sources;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * Whom the clock follows: systemd-timesyncd's settings, {@code timesyncd.conf(5)}. Blocks for files
 * and, where it says so, for the network.
 */
public final class TimeSources {
  private static final String OWN = "etc/systemd/timesyncd.conf.d/50-airbox.conf";
  private static final String KEPT = ".airbox-previous";
  private static final String SYSTEM = "etc/systemd/timesyncd.conf";
  private static final String SYNCHRONISED = "run/systemd/timesync/synchronized";

  private static final int NTP_PORT = 123;
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  /** RFC 4330: version 4, client. */
  private static final byte ASK = 0x23;

  private static final int MESSAGE = 48;
  private static final int TRANSMITTED = 40;
  private static final int SERVER = 4;
  private static final int WORST_STRATUM = 15;

  /** Seconds from 1900, NTP's beginning, to 1970. */
  private static final long SINCE_1900 = 2_208_988_800L;

  private final Path sysroot;
  private final InstantSource clock;
  private final int port;

  /**
   * @param sysroot prefix of every path
   */
  public TimeSources(Path sysroot, InstantSource clock) {
    this(sysroot, clock, NTP_PORT);
  }

  TimeSources(Path sysroot, InstantSource clock, int port) {
    this.sysroot = sysroot;
    this.clock = clock;
    this.port = port;
  }

  /** The servers that were chosen for this box; empty when it follows the system's. */
  public List<String> chosen() {
    return values(OWN, "NTP");
  }

  /** The servers of the system's own settings, those for want of others included. */
  public List<String> system() {
    List<String> servers = new ArrayList<>(values(SYSTEM, "NTP"));
    servers.addAll(values(SYSTEM, "FallbackNTP"));
    return servers;
  }

  /** Whether a time server has set the clock since the machine started. */
  public boolean synchronised() {
    return Files.exists(sysroot.resolve(SYNCHRONISED));
  }

  /** Whether there are servers to go back to. */
  public boolean canRestore() {
    return Files.exists(sysroot.resolve(OWN + KEPT));
  }

  private List<String> values(String file, String key) {
    List<String> values = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(sysroot.resolve(file), StandardCharsets.ISO_8859_1)) {
        String plain = line.strip();
        if (plain.startsWith(key + "=")) {
          String text = plain.substring(key.length() + 1).strip();
          if (text.isEmpty()) {
            values.clear(); // an empty one forgets those before
          } else {
            values.addAll(Arrays.asList(text.split("\\s+")));
          }
        }
      }
    } catch (IOException e) {
      Logger.debug("{}: {}", sysroot.resolve(file), e.toString());
    }
    return values;
  }

  /** Asks each server for the time. */
  public List<Reached> ask(List<String> servers) {
    return Reached.all(
        servers.stream().map(server -> (Callable<Reached>) () -> ask(server)).toList());
  }

  private Reached ask(String server) {
    long began = System.nanoTime();
    boolean reached = false;
    String detail;
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(InetAddress.getByName(server), port);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      byte[] question = new byte[MESSAGE];
      question[0] = ASK;
      // the server sends it back: an answer without it is somebody else's
      ByteBuffer.wrap(question).putLong(TRANSMITTED, began);
      socket.send(new DatagramPacket(question, MESSAGE));
      DatagramPacket packet = new DatagramPacket(new byte[MESSAGE], MESSAGE);
      socket.receive(packet);
      ByteBuffer answer = ByteBuffer.wrap(packet.getData());
      int stratum = answer.get(1) & 0xff;
      reached =
          packet.getLength() == MESSAGE
              && (answer.get(0) & 0x07) == SERVER
              && answer.getLong(24) == began
              && stratum >= 1
              && stratum <= WORST_STRATUM;
      double apart =
          (answer.getInt(TRANSMITTED) & 0xffff_ffffL)
              - SINCE_1900
              - clock.instant().getEpochSecond();
      detail =
          reached
              ? String.format(
                  Locale.ROOT, "stratum %d, its clock %+.0f s from this one", stratum, apart)
              : "answers, but does not know the time";
    } catch (SocketTimeoutException e) {
      detail = "no answer within " + PATIENCE.toSeconds() + " s";
    } catch (IOException e) {
      detail = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
    return new Reached(
        server, reached, detail, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }
}
