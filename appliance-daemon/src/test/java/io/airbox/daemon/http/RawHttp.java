package io.airbox.daemon.http;

import io.airbox.daemon.TestDaemon;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Bytes to a daemon and back, as no well-behaved client would send them. */
final class RawHttp {
  private static final int PATIENCE_MILLIS = 20_000;

  private RawHttp() {}

  /** A way to a daemon. */
  @FunctionalInterface
  interface Way {
    /** Sends bytes and reads until the daemon closes the connection. */
    byte[] talk(byte[] request) throws IOException;

    default String talk(String request) {
      try {
        return new String(
            talk(request.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** A request with one line break where another would do, answered with its last reply. */
    default Reply send(String method, String path, String headers, String body) {
      String text =
          talk(
              method
                  + " "
                  + path
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + headers
                  + (body.isEmpty()
                      ? ""
                      : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n")
                  + "\r\n"
                  + body);
      return Reply.of(text);
    }
  }

  /** A reply. */
  record Reply(int status, String head, String body) {
    static Reply of(String text) {
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        throw new AssertionError("no reply: \"" + text + "\"");
      }
      return new Reply(
          Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
    }

    /** The code of a problem, in either shape; empty when it is none. */
    String code() {
      if (!body.startsWith("{")) {
        return "";
      }
      JsonObject json = new JsonObject(body);
      Object error = json.getValue("error");
      if (error instanceof JsonObject openAi) {
        return openAi.getString("code").toUpperCase(java.util.Locale.ROOT);
      }
      String name = error == null ? "code" : "errors"; // the web UI's
      return Objects.requireNonNullElse(json.getString(name), "");
    }

    String header(String name) {
      for (String line : head.split("\r\n")) {
        if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }
  }

  /** Plain HTTP. */
  static Way http(TestDaemon daemon) {
    return http(daemon, "127.0.0.1");
  }

  /** Plain HTTP from this address. */
  static Way http(TestDaemon daemon, String from) {
    URI uri = URI.create(daemon.url);
    return request -> {
      try (Socket socket = connected(uri.getPort(), from)) {
        return talk(socket, request);
      }
    };
  }

  /** HTTPS, whatever the certificate. */
  static Way https(TestDaemon daemon) {
    int port = URI.create(daemon.httpsUrl()).getPort();
    return request -> {
      try (SSLSocket socket =
          (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
        return talk(socket, request);
      }
    };
  }

  static Way unix(Path path) {
    return request -> {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(path));
        channel.write(java.nio.ByteBuffer.wrap(request));
        InputStream in = Channels.newInputStream(channel);
        return in.readAllBytes();
      }
    };
  }

  static Socket connected(int port, String from) throws IOException {
    Socket socket = new Socket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
    return socket;
  }

  private static byte[] talk(Socket socket, byte[] request) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    OutputStream out = socket.getOutputStream();
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    try {
      out.write(request);
      out.flush();
      socket.getInputStream().transferTo(reply);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the connection stays open after: " + reply, e);
    } catch (java.net.SocketException cut) {
      // a daemon that has seen enough need not read the rest
    }
    return reply.toByteArray();
  }

  static SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Trusting()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Tests look at certificates themselves. */
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
