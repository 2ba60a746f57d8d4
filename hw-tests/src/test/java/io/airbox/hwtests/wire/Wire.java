package io.airbox.hwtests.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which bytes are said as they are. Reads wait at most {@link #PATIENCE}; a peer
 * that closes or resets the connection ends what is read, without an error.
 */
public final class Wire implements AutoCloseable {
  /** How long a reply may take on a loaded machine before it counts as none. */
  public static final int PATIENCE = 20_000;

  private final Closeable connection;
  private final InputStream in;
  private final OutputStream out;

  private Wire(Closeable connection, InputStream in, OutputStream out) {
    this.connection = connection;
    this.in = new BufferedInputStream(in);
    this.out = out;
  }

  /** Connects from one of this machine's addresses to another. */
  public static Wire connect(InetSocketAddress to, String from) {
    try {
      return over(socket(to, from));
    } catch (IOException e) {
      throw new AssertionError("cannot connect to " + to + " from " + from, e);
    }
  }

  /** A plain connection, for those who say other things than HTTP on it. */
  public static Socket socket(InetSocketAddress to, String from) throws IOException {
    Socket socket = new Socket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(to, PATIENCE);
    socket.setSoTimeout(PATIENCE);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Connects and shakes hands. */
  public static Wire secure(InetSocketAddress to, String from, SSLContext tls) {
    try {
      Socket plain = socket(to, from);
      SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory().createSocket(plain, to.getHostString(), to.getPort(), true);
      socket.startHandshake();
      return over(socket);
    } catch (IOException e) {
      throw new AssertionError("no TLS with " + to + " from " + from, e);
    }
  }

  public static Wire over(Socket socket) throws IOException {
    return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
  }

  /** Connects to a Unix socket; reads on it have no limit of time. */
  public static Wire unix(Path path) {
    try {
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
      return new Wire(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    } catch (IOException e) {
      throw new AssertionError("cannot connect to " + path, e);
    }
  }

  /** Reads one reply from a stream, and the stream to its end. */
  public static Answer read(InputStream in) throws IOException {
    try (Wire wire = new Wire(in, in, OutputStream.nullOutputStream())) {
      Answer answer = wire.answer();
      wire.rest();
      return answer;
    }
  }

  /** Says characters as bytes. False when the peer takes no more. */
  public boolean say(String text) {
    return say(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Says bytes. False when the peer takes no more. */
  public boolean say(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads the next reply, the answer to a GET or POST. */
  public Answer answer() {
    Answer answer = answerOrEnd();
    if (answer == null) {
      throw new AssertionError("the connection was closed without an answer");
    }
    return answer;
  }

  /** Reads the next reply, null when the peer closes the connection instead. */
  public @Nullable Answer answerOrEnd() {
    try {
      String status = line();
      if (status == null) {
        return null;
      }
      if (!status.matches("HTTP/\\d\\.\\d \\d{3}.*")) {
        throw new AssertionError("not a status line: " + status);
      }
      int code = Integer.parseInt(status.substring(9, 12));
      List<String> headers = new ArrayList<>();
      for (String line = line(); line != null && !line.isEmpty(); line = line()) {
        headers.add(line);
      }
      if (code == 100) {
        return answerOrEnd();
      }
      Answer head = new Answer(code, headers, "");
      return new Answer(code, headers, body(head));
    } catch (SocketException e) {
      return null;
    } catch (IOException e) {
      throw new AssertionError("no whole answer came", e);
    }
  }

  /** Everything until the peer closes the connection, which it has to do in time. */
  public String rest() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError(
          "the connection is still open; it said: " + all.toString(StandardCharsets.ISO_8859_1), e);
    } catch (IOException e) {
      // reset is an end as well
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** All replies until the peer closes the connection. */
  public List<Answer> answers() {
    List<Answer> answers = new ArrayList<>();
    for (Answer next = answerOrEnd(); next != null; next = answerOrEnd()) {
      answers.add(next);
    }
    return answers;
  }

  private String body(Answer head) throws IOException {
    if (head.status() == 204 || head.status() == 304) {
      return "";
    }
    String coding = head.header("Transfer-Encoding");
    if (coding != null && coding.toLowerCase(Locale.ROOT).contains("chunked")) {
      return chunks();
    }
    String length = head.header("Content-Length");
    if (length == null) {
      return rest();
    }
    return new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.ISO_8859_1);
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line();
      if (size == null) {
        return body.toString();
      }
      int length = Integer.parseInt(size.strip(), 16);
      body.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      line();
      if (length == 0) {
        return body.toString();
      }
    }
  }

  private @Nullable String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
            ? line.substring(0, end - 1)
            : line.toString();
      }
      line.append((char) b);
    }
    return line.isEmpty() ? null : line.toString();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
