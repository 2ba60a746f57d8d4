package io.airbox.daemon.flash;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.console.Bridge;
import io.airbox.flasher.console.Line;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.console.SerialPorts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A port behind which a box says what was written for it; time passes while it is read. */
final class ScriptedPort implements SerialPorts, InstantSource {
  static final String PATH = "/dev/null";
  static final String FLASH =
      """
      U-Boot 2022.10 Sophon BM1684
      Found U-Boot script /boot.scr
      update eMMC
      fs reading //gpt.gz
      100 bytes read in 1 ms
      Uncompressed size: 512 = 0x200
      MMC write: dev # 0, block # 0, count 1 ... 1 blocks written: OK
      eMMC update done
      all done
      """;

  private static final Duration READ = Duration.ofMillis(200);

  private final BlockingQueue<String> script = new LinkedBlockingQueue<>();
  private volatile Instant now = Instant.parse("2026-11-23T16:00:00Z");
  private volatile boolean open;

  void says(String text) {
    script.add(text);
  }

  boolean isOpen() {
    return open;
  }

  @Override
  public Instant instant() {
    return now;
  }

  private static Port port() {
    return new Port(PATH, "CP2102", Bridge.CP210X, 0x10C4, 0xEA60, "0001", "1-4");
  }

  @Override
  public List<Port> list() {
    return List.of(port());
  }

  @Override
  public Line open(String path) {
    if (open) {
      throw new FlashException(FlashException.Reason.PORT_BUSY, path + " is in use");
    }
    open = true;
    return new ScriptedLine();
  }

  private final class ScriptedLine implements Line {
    @Override
    public Port port() {
      return ScriptedPort.port();
    }

    @Override
    public int read(byte[] buffer) {
      now = now.plus(READ);
      @Nullable String text = script.poll();
      if (text == null) {
        Thread.onSpinWait();
        return 0;
      }
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(bytes, 0, buffer, 0, bytes.length);
      return bytes.length;
    }

    @Override
    public boolean write(byte[] bytes) {
      return true;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
