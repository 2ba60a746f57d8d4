package io.airbox.ota.update;

/** What came of an update that the engine tried. */
public sealed interface Outcome {
  /** The pack's name. */
  String pack();

  /** The release's version. */
  String version();

  /**
   * It answers now; what did before can be gone back to.
   *
   * @param edition the name that the store has for the release
   */
  record Committed(String pack, String version, String edition) implements Outcome {}

  /**
   * It did not prove itself; what answered before goes on.
   *
   * @param why a sentence, for people
   */
  record TakenBack(String pack, String version, String why) implements Outcome {}
}
