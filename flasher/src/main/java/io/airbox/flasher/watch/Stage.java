package io.airbox.flasher.watch;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the box is, by what it printed last. */
public enum Stage {
  /** Nothing was recognised yet. */
  IDLE("waiting for the box", null),
  /** The boot ROM and what it loads. */
  FIRMWARE("first-stage loaders", Duration.ofMinutes(1)),
  /** The boot loader, before it has decided what to boot. */
  BOOT_LOADER("boot loader", Duration.ofMinutes(1)),
  /** The second in which any byte on the line stops the boot. */
  COUNTDOWN("countdown: send nothing", Duration.ofMinutes(1)),
  /** U-Boot waits for a command. */
  PROMPT("boot loader's prompt", null),
  /** The boot firmware in the SPI flash is written. */
  FLASH_FIRMWARE("writing the boot firmware", Duration.ofMinutes(3)),
  /** The eMMC is written. */
  FLASH_EMMC("writing the eMMC", Duration.ofMinutes(3)),
  /** The scripts are through and ask for the card to be removed, twice a second. */
  DONE("through: remove the card", Duration.ofSeconds(20)),
  /** A script says an error twice a second, for ever. */
  ERROR_LOOP("stopped with an error", Duration.ofSeconds(20)),
  /** The kernel and what it starts; the first time partitions grow and packages are installed. */
  LINUX("Linux is starting", Duration.ofMinutes(10)),
  /** Linux asks who is there. */
  LOGIN("Linux asks for a login", null),
  /** A shell of Linux waits for a command. */
  SHELL("shell of Linux", null);

  private final String text;
  private final @Nullable Duration patience;

  Stage(String text, @Nullable Duration patience) {
    this.text = text;
    this.patience = patience;
  }

  /** For people. */
  public String text() {
    return text;
  }

  /** After how much silence the box has stopped, or the cable; empty where silence is usual. */
  public Optional<Duration> patience() {
    return Optional.ofNullable(patience);
  }

  /** Whether a flash is going on. */
  public boolean flashing() {
    return this == FLASH_FIRMWARE || this == FLASH_EMMC;
  }
}
