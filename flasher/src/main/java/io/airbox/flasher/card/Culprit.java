package io.airbox.flasher.card;

/** Who is to blame for what is wrong on a card. */
public enum Culprit {
  /** The same other bytes came twice. */
  CARD(
      "the card keeps other bytes than the package has",
      "write the card anew; if it happens again, take another card"),
  /** Two readings of the same file differed. */
  READER(
      "two readings of the card differ: reader, cable or contact",
      "take another reader or port and verify again"),
  /** It could not be read twice. */
  MEDIUM(
      "the card cannot be read",
      "try another reader; if it stays, the card is defective: take another one"),
  /** The card is a faithful copy. */
  PACKAGE(
      "the card holds what the package holds, and that is defective",
      "get the package anew; see airbox flash plan PACKAGE"),
  /** There is nothing to compare with. */
  CARD_OR_PACKAGE(
      "nothing tells whether the card or the package is defective",
      "verify again and name the package as well");

  private final String text;
  private final String advice;

  Culprit(String text, String advice) {
    this.text = text;
    this.advice = advice;
  }

  /** What that means. */
  public String text() {
    return text;
  }

  /** What to do, as part of a sentence. */
  public String advice() {
    return advice;
  }
}
