package io.airbox.flasher.watch;

import org.jspecify.annotations.Nullable;

/**
 * What a part of a line says.
 *
 * @param kind what
 * @param text the name in it; empty when there is none
 * @param first the first number in it; -1 when there is none or it cannot be one
 * @param second the second number
 * @param symptom of a fatal line
 * @param at where in the line it begins, so that events of one line keep their order
 */
record ConsoleEvent(
    Kind kind, String text, long first, long second, @Nullable Symptom symptom, int at) {
  /** The kinds, with what their fields are. */
  enum Kind {
    /** The boot ROM or its successor speaks: the box was reset. */
    FIRMWARE,
    /** Type of the board. */
    BOARD,
    /** Version of the boot loader. */
    BOOT_LOADER,
    COUNTDOWN,
    PROMPT,
    /** Number of the MMC device. */
    DEVICE,
    /** A device is searched; its number. */
    SCANNING,
    /** Name of a script that will be run. */
    SCRIPT_FOUND,
    /** Name of a file that is loaded. */
    READING,
    /** Bytes, milliseconds. */
    LOADED,
    UPDATE_FIRMWARE,
    UPDATE_EMMC,
    FIRMWARE_DONE,
    FIRMWARE_SKIPPED,
    EMMC_DONE,
    ALL_DONE,
    REMOVE_CARD,
    CHIP,
    /** Percent. */
    FIRMWARE_PROGRESS,
    /** Bytes written, bytes skipped. */
    FIRMWARE_RESULT,
    /** Bytes, the same number in hexadecimal. */
    UNPACKED,
    /** Block, count. */
    WRITE,
    /** Count; the text is OK or ERROR. */
    WRITTEN,
    /** Bytes of a saved log. */
    LOG_SAVED,
    RESETTING,
    LINUX,
    LOGIN,
    SHELL,
    NO_LED,
    NO_CARD,
    NO_ANSWER,
    ENVIRONMENT,
    TABLE_MOVED,
    FILE_SYSTEM,
    /** Name of a file. */
    LOAD_FAILED,
    /** Name of a command. */
    COMMAND_UNKNOWN,
    USAGE,
    SCRIPT_FAILED,
    /** Errors that may pass. */
    CONTROLLER,
    /** A script's endless loop. */
    LOOP,
    FATAL
  }
}
