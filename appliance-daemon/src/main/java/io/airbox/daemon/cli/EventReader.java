package io.airbox.daemon.cli;

import java.util.function.BiConsumer;

/** Takes server-sent events apart as their text arrives in pieces. */
final class EventReader {
  private final BiConsumer<String, String> events;
  private final StringBuilder pending = new StringBuilder();

  /**
   * @param events told each event's name and data
   */
  EventReader(BiConsumer<String, String> events) {
    this.events = events;
  }

  void accept(String text) {
    pending.append(text);
    for (int end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
      String block = pending.substring(0, end);
      pending.delete(0, end + 2);
      dispatch(block);
    }
  }

  private void dispatch(String block) {
    String event = "message";
    StringBuilder data = new StringBuilder();
    for (String line : block.split("\n")) {
      if (line.startsWith("event: ")) {
        event = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data.append(data.isEmpty() ? "" : "\n").append(line, "data: ".length(), line.length());
      }
    }
    if (!data.isEmpty()) {
      events.accept(event, data.toString());
    }
  }
}
