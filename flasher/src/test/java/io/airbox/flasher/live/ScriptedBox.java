package io.airbox.flasher.live;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.console.Bridge;
import io.airbox.flasher.console.Line;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.console.SerialPorts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A box that says what was written for it, in a time that passes only while it is listened to. */
final class ScriptedBox implements SerialPorts, InstantSource {
  private static final int PIECE = 40;
  private static final Duration READ = Duration.ofMillis(200);

  final List<String> sent = new ArrayList<>();

  private final Deque<Object> script = new ArrayDeque<>();
  private final Map<String, Deque<String>> answers = new HashMap<>();
  private Instant now = Instant.parse("2026-11-23T16:00:00Z");
  private int absent;
  private String path = "/dev/ttyUSB0";

  /** It prints this. */
  ScriptedBox says(String text) {
    for (int at = 0; at < text.length(); at += PIECE) {
      script.add(text.substring(at, Math.min(text.length(), at + PIECE)));
    }
    return this;
  }

  /** It says nothing for so long. */
  ScriptedBox rests(Duration time) {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(READ)) {
      script.add(READ);
    }
    return this;
  }

  /** The cable is pulled, and plugged in again after so many looks, as this port. */
  ScriptedBox vanishes(int looks, String back) {
    script.add(
        (Runnable)
            () -> {
              absent = looks;
              path = back;
            });
    return this;
  }

  /** It answers so when this is typed, the last one whenever it is typed again. */
  ScriptedBox answers(String typed, String... each) {
    answers.put(typed, new ArrayDeque<>(List.of(each)));
    return this;
  }

  private Port port() {
    return new Port(path, "CP2102", Bridge.CP210X, 0x10C4, 0xEA60, "0001", "1-4");
  }

  @Override
  public List<Port> list() {
    if (absent > 0) {
      absent--;
      now = now.plus(READ);
      return List.of();
    }
    return List.of(port());
  }

  @Override
  public Line open(String name) {
    if (!name.equals(path)) {
      throw new FlashException(FlashException.Reason.PORT_NOT_FOUND, name);
    }
    return new ScriptedLine(port());
  }

  @Override
  public Instant instant() {
    return now;
  }

  private final class ScriptedLine implements Line {
    private final Port opened;
    private boolean gone;

    ScriptedLine(Port opened) {
      this.opened = opened;
    }

    @Override
    public Port port() {
      return opened;
    }

    @Override
    public int read(byte[] buffer) {
      Object next = Optional.ofNullable(gone ? null : script.poll()).orElse(READ);
      if (next instanceof String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, buffer, 0, bytes.length);
        now = now.plusMillis(4);
        return bytes.length;
      }
      if (next instanceof Runnable pulled) {
        pulled.run();
        gone = true;
        return -1;
      }
      now = now.plus(READ);
      return gone ? -1 : 0;
    }

    @Override
    public boolean write(byte[] bytes) {
      String typed = new String(bytes, StandardCharsets.ISO_8859_1);
      sent.add(typed);
      Deque<String> next = answers.getOrDefault(typed, new ArrayDeque<>(List.of("")));
      says(next.size() > 1 ? next.remove() : next.element());
      return true;
    }

    @Override
    public void close() {
      gone = true;
    }
  }
}
