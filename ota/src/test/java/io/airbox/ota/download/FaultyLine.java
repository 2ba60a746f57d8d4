package io.airbox.ota.download;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A line to a server, with the faults of real ones; each connection over which more than a few
 * bytes come takes the next fault.
 */
final class FaultyLine implements AutoCloseable {
  /** What a connection does to what the server sends. */
  sealed interface Fault {
    /** It breaks after so many bytes. */
    record Cut(int after) implements Fault {}

    /** Nothing comes after so many bytes. */
    record Stall(int after) implements Fault {}

    /** One bit is another, so many bytes after the header's end. */
    record Corrupt(int at) implements Fault {}

    /** After so many bytes, they come one by one. */
    record Trickle(int after) implements Fault {}
  }

  private static final int FEW = 1000;

  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final LinkedBlockingQueue<Fault> faults = new LinkedBlockingQueue<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final int server;

  FaultyLine(int server) throws IOException {
    this.server = server;
    threads.execute(this::accept);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + entrance.getLocalPort() + "/packs/");
  }

  void next(Fault... more) {
    faults.addAll(List.of(more));
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
        sockets.addAll(List.of(client, behind));
        threads.execute(() -> pass(client, behind));
        threads.execute(() -> passWithFaults(behind, client));
      }
    } catch (IOException end) {
      // closed
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException end) {
      // either side has gone
    }
  }

  private void passWithFaults(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = new BufferedInputStream(from.getInputStream());
      OutputStream out = new BufferedOutputStream(to.getOutputStream());
      Fault fault = null;
      int passed = 0;
      int afterHead = -1;
      int ends = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (passed == FEW) {
          fault = faults.poll();
        }
        if (fault instanceof Fault.Cut cut && passed == cut.after()) {
          out.flush();
          return;
        }
        if (fault instanceof Fault.Stall stall && passed == stall.after()) {
          out.flush();
          closed.await();
          return;
        }
        if (fault instanceof Fault.Trickle trickle && passed >= trickle.after()) {
          out.flush();
          if (closed.await(2, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
        ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
        if (afterHead >= 0) {
          if (fault instanceof Fault.Corrupt corrupt && afterHead == corrupt.at()) {
            b ^= 1;
          }
          afterHead++;
        } else if (ends == 2) {
          afterHead = 0;
        }
        out.write(b);
        passed++;
        if (in.available() == 0) {
          out.flush();
        }
      }
    } catch (IOException | InterruptedException end) {
      // either side has gone
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    entrance.close();
    for (Socket each : sockets) {
      each.close();
    }
    threads.shutdownNow();
  }
}
