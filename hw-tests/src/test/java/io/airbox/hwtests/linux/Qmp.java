package io.airbox.hwtests.linux;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * QEMU's control socket (the QEMU Machine Protocol: a JSON object a line; events are passed over).
 */
final class Qmp implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SocketChannel channel;
  private final BufferedReader replies;
  private final OutputStream commands;

  /** Greets the QEMU at the other end. */
  Qmp(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.replies =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    this.commands = Channels.newOutputStream(channel);
    execute("qmp_capabilities", Map.of());
  }

  /**
   * Executes a command and returns what it returned.
   *
   * @throws IOException if QEMU refuses it or is gone
   */
  JsonNode execute(String command, Map<String, ?> arguments) throws IOException {
    byte[] request = JSON.writeValueAsBytes(Map.of("execute", command, "arguments", arguments));
    commands.write(request);
    commands.flush();
    for (String line = replies.readLine(); line != null; line = replies.readLine()) {
      JsonNode reply = JSON.readTree(line);
      if (reply.has("error")) {
        throw new IOException("QEMU refuses " + command + ": " + reply.get("error"));
      }
      if (reply.has("return")) {
        return reply.get("return");
      }
    }
    throw new IOException("QEMU is gone; it did not answer " + command);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
