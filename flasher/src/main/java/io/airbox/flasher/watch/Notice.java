package io.airbox.flasher.watch;

/** Lines that look like errors and are none. */
public enum Notice {
  NO_LED("this board's device tree has no such lamps; usual on an AirBox"),
  NO_POST_SCRIPT("an optional script that most packages do not have"),
  NO_FIRMWARE_IMAGE("the package leaves the boot firmware as it is"),
  CARD_ABSENT("no card in the slot; usual when the box boots from its eMMC"),
  DEFAULT_ENVIRONMENT(
      "the boot loader has no saved settings and takes its own; usual after a flash"),
  LOG_CUT("the box's log was full and is cut; the flash is not"),
  OPTIONAL_COMMAND("this boot loader lacks a command that the flash can do without"),
  SCRIPT_ENDED("the last script was interrupted after everything was written"),
  CONTROLLER_TROUBLE("the controller of card or eMMC reported errors and went on"),
  ALTERNATE_TABLE("the second partition table moves at the first boot"),
  FIRST_BOOT("file systems are grown and checked at the first boot"),
  OTHER_BOARD("the board is not the one of an AirBox"),
  RESTARTED("an earlier flash of this transcript stopped and was started again"),
  DAMAGED_LINE("lines whose numbers contradict themselves: the console lost characters"),
  SLOW("the box said nothing for a while");

  private final String meaning;

  Notice(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}
