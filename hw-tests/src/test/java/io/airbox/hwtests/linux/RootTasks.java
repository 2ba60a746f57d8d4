package io.airbox.hwtests.linux;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks the box's root helper as the daemon does: by its socket, as the daemon's user. */
final class RootTasks {
  /** Where {@link #install} puts the asking program. */
  private static final String PROGRAM = "/usr/local/bin/ask-helper";

  /** Reads the fields of a request as a JSON array, prints those of the reply. */
  private static final String ASK =
      """
      import json, socket, struct, sys
      fields = [field.encode() for field in json.load(sys.stdin)]
      body = b"".join(struct.pack(">H", len(field)) + field for field in fields)
      s = socket.socket(socket.AF_UNIX)
      s.settimeout(90)
      s.connect("/run/airbox/helper.sock")
      s.sendall(struct.pack(">I", len(body)) + body)
      reply = b""
      while chunk := s.recv(65536):
          reply += chunk
      fields, at = [], 4
      while at < len(reply):
          length = struct.unpack_from(">H", reply, at)[0]
          fields.append(reply[at + 2:at + 2 + length].decode())
          at += 2 + length
      print(json.dumps(fields))
      """;

  private static final String AS_DAEMON =
      "setpriv --reuid airbox --regid airbox --clear-groups python3 " + PROGRAM;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Console console;

  private RootTasks(Console console) {
    this.console = console;
  }

  /**
   * How a request ended.
   *
   * @param kind {@code done}, {@code refused}, {@code failed}, or {@code none} when the helper died
   * @param fields the rest of the reply
   */
  record Reply(String kind, List<String> fields) {
    /** The reply of a task that had to be done. */
    Reply orThrow() {
      if (!kind.equals("done")) {
        throw new AssertionError("the helper says " + this);
      }
      return this;
    }
  }

  /** Puts the asking program on the box. */
  static RootTasks install(Console console) {
    console.put(ASK, PROGRAM);
    return new RootTasks(console);
  }

  /** Asks and waits for the reply. */
  Reply ask(String verb, Map<String, String> arguments) {
    List<String> fields = new ArrayList<>();
    String printed =
        console.run(command(verb, arguments), Console.COMMAND.multipliedBy(2)).orThrow();
    try {
      for (JsonNode field : JSON.readTree(printed)) {
        fields.add(field.asText());
      }
    } catch (JsonProcessingException e) {
      throw new AssertionError("no reply of the helper:\n" + printed, e);
    }
    return fields.isEmpty()
        ? new Reply("none", List.of())
        : new Reply(fields.get(1), List.copyOf(fields.subList(2, fields.size())));
  }

  /** The command line that asks. */
  static String command(String verb, Map<String, String> arguments) {
    SortedMap<String, String> sorted = new TreeMap<>(arguments);
    List<String> fields = new ArrayList<>(List.of("airbox-helper/1", verb, "do"));
    sorted.forEach(
        (name, value) -> {
          fields.add(name);
          fields.add(value);
        });
    try {
      String request =
          Base64.getEncoder()
              .encodeToString(JSON.writeValueAsString(fields).getBytes(StandardCharsets.UTF_8));
      return "echo " + request + " | base64 -d | " + AS_DAEMON;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
