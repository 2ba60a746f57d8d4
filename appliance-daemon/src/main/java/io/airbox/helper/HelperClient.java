package io.airbox.helper;

import io.airbox.helper.HelperException.Reason;
import io.airbox.netplan.staging.NetworkStaging;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks for root work. Every method blocks until it is done, for a minute at most; one task is done
 * at a time, so that two do not mix. Thread-safe.
 *
 * <p>All methods return the steps in words, and with {@code dryRun} only say them.
 */
public final class HelperClient {
  private static final Duration TURN = Duration.ofSeconds(10);
  private static final Duration SEND = Duration.ofSeconds(5);

  /** A JVM's start on a slow machine, and all programs of a task at their limit. */
  private static final Duration REPLY = Duration.ofSeconds(45);

  private final Path socket;
  private final Duration reply;
  private final ReentrantLock turn = new ReentrantLock(true);

  /**
   * A client that has not connected yet.
   *
   * @param socket where airbox-helper.socket listens
   */
  public HelperClient(Path socket) {
    this(socket, REPLY);
  }

  HelperClient(Path socket, Duration reply) {
    this.socket = socket;
    this.reply = reply;
  }

  /** Why no root work can be done on this machine; empty when it probably can. */
  public Optional<String> unavailable() {
    if (!Files.exists(socket)) {
      return Optional.of("needs root, which only a box's airbox-helper has: there is no " + socket);
    }
    return Files.isWritable(socket)
        ? Optional.empty()
        : Optional.of(
            "needs root, which airbox-helper has: only root and the user airbox may use " + socket);
  }

  /**
   * Gives the machine a name.
   *
   * @param hostname one label of RFC 1123
   * @throws HelperException it was not done, or not all of it
   */
  public List<String> setHostname(String hostname, boolean dryRun) {
    return ask(Verb.HOSTNAME_SET, dryRun, "hostname", hostname);
  }

  /**
   * Sets the clock, to the second.
   *
   * @param time since this program was built and before 2100
   * @throws HelperException it was not done, or not all of it; refused while NTP keeps the clock
   */
  public List<String> setTime(Instant time, boolean dryRun) {
    return ask(Verb.TIME_SET, dryRun, "time", time.toString());
  }

  /**
   * Restarts the machine two seconds after this returns.
   *
   * @throws HelperException it will not be
   */
  public List<String> reboot(boolean dryRun) {
    return ask(Verb.REBOOT, dryRun);
  }

  /**
   * Every file that netplan may read: its absolute path, and its bytes. Many are root's alone.
   *
   * @throws HelperException they cannot be read, or have more than 1 MiB together
   */
  public SortedMap<String, byte[]> networkFiles() {
    try {
      return NetworkFiles.of(ask(Verb.NETWORK_READ, false));
    } catch (MalformedFrameException e) {
      throw new HelperException(
          Reason.PROTOCOL, null, "airbox-helper's answer: " + e.getMessage(), e);
    }
  }

  /**
   * The side of network changes that has root.
   *
   * @param sysroot where {@code /run/airbox-network/status} is read
   */
  public NetworkStaging networkStaging(Path sysroot) {
    return new HelperStaging(this, sysroot.resolve("run/airbox-network/status"));
  }

  private List<String> ask(Verb verb, boolean dryRun, String... namesAndValues) {
    SortedMap<String, String> arguments = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      arguments.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ask(verb, dryRun, arguments);
  }

  List<String> ask(Verb verb, boolean dryRun, SortedMap<String, String> arguments) {
    unavailable()
        .ifPresent(
            reason -> {
              throw new HelperException(Reason.UNAVAILABLE, null, verb.id() + " " + reason, null);
            });
    try {
      if (!turn.tryLock(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new HelperException(
            Reason.UNAVAILABLE, null, "other root work is still being done; try again later", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HelperException(Reason.UNAVAILABLE, null, "interrupted", e);
    }
    try {
      return steps(exchange(new Request(verb.id(), dryRun, arguments)));
    } finally {
      turn.unlock();
    }
  }

  private Reply exchange(Request request) {
    try (Wire wire = connect()) {
      wire.send(Frame.Size.REQUEST, request.fields(), SEND);
      return Reply.of(wire.receive(Frame.Size.REPLY, reply));
    } catch (MalformedFrameException e) {
      throw new HelperException(
          Reason.PROTOCOL, null, "airbox-helper's answer: " + e.getMessage(), e);
    } catch (EOFException | SocketTimeoutException e) {
      throw new HelperException(
          Reason.UNAVAILABLE,
          null,
          "airbox-helper gave no answer to "
              + request.verb()
              + "; what came of it says `journalctl -t airbox-helper`",
          e);
    } catch (IOException e) {
      throw new HelperException(
          Reason.UNAVAILABLE, null, "cannot ask airbox-helper at " + socket + ": " + e, e);
    }
  }

  private Wire connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new Wire(channel);
  }

  private static List<String> steps(Reply reply) {
    if (reply instanceof Reply.Done done) {
      return done.steps();
    }
    if (reply instanceof Reply.Refused refused) {
      String field = refused.field();
      throw new HelperException(
          Reason.REFUSED,
          field,
          field == null ? refused.reason() : field + ": " + refused.reason(),
          null);
    }
    Reply.Failed failed = (Reply.Failed) reply;
    throw new HelperException(
        Reason.FAILED, null, "could not " + failed.step() + ": " + failed.message(), null);
  }
}
