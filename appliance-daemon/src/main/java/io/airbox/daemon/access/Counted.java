package io.airbox.daemon.access;

/** Things in a sentence: {@code 1 picture}, {@code 2 pictures}. */
final class Counted {
  private Counted() {}

  static String of(int count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}
