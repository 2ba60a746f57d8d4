package io.airbox.daemon.http;

import io.airbox.daemon.TestDaemon;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks a daemon over the owner's socket. */
public final class OwnerSocket {
  private OwnerSocket() {}

  /** What came back. */
  public record Answer(int status, String text) {
    public JsonObject body() {
      return new JsonObject(text);
    }
  }

  public static Answer ask(TestDaemon daemon, String method, String path, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        String.format(
            "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n",
            method, path, bytes.length);
    Path socket = daemon.places.data().resolve("api.sock");
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      for (byte[] part : new byte[][] {head.getBytes(StandardCharsets.US_ASCII), bytes}) {
        ByteBuffer rest = ByteBuffer.wrap(part);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      }
      String reply =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(
          Integer.parseInt(reply.split(" ", 3)[1]), reply.substring(reply.indexOf("\r\n\r\n") + 4));
    }
  }
}
