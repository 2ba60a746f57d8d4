package io.airbox.flasher.card;

/** What became of verifying a card. */
public enum CardVerdict {
  /** Every byte was read back from the card and is what it has to be. */
  PROVEN("every byte was read back and is right"),
  /** Nothing is wrong as far as could be seen. */
  UNPROVEN("nothing is wrong as far as could be seen"),
  /** A flash with it would go wrong. */
  UNFIT("not fit for flashing");

  private final String text;

  CardVerdict(String text) {
    this.text = text;
  }

  /** In words. */
  public String text() {
    return text;
  }
}
