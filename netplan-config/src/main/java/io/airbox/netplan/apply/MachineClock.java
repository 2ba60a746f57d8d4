package io.airbox.netplan.apply;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The times of a machine. A window is measured in the time since the machine's start, which goes on
 * when the daemon restarts and does not jump when the clock is set, as it may be once a network is
 * there.
 */
public interface MachineClock {
  /** What the clock on the wall says. */
  Instant now();

  /** The time since the machine's start. */
  Duration uptime();

  /** Which start of the machine this is: another one, another text. */
  String bootId();

  /**
   * The clock of the machine whose {@code /proc} lies under this folder.
   *
   * @param sysroot {@code /} but for tests
   */
  static MachineClock of(Path sysroot) {
    return new MachineClock() {
      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public Duration uptime() {
        String seconds = read("proc/uptime").split(" ", 2)[0];
        return Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000));
      }

      @Override
      public String bootId() {
        return read("proc/sys/kernel/random/boot_id");
      }

      private String read(String file) {
        try {
          return Files.readString(sysroot.resolve(file)).strip();
        } catch (IOException e) {
          throw new UncheckedIOException("cannot read the time since the machine's start", e);
        }
      }
    };
  }
}
