package io.airbox.helper;

import java.util.Map;
import java.util.TreeMap;

/** The arguments of a request; a verb takes those it knows, and none may be left. */
final class Arguments {
  private static final int LONGEST_NAME = 40;

  private final TreeMap<String, String> left;

  Arguments(Map<String, String> given) {
    left = new TreeMap<>(given);
  }

  /**
   * Takes one that has to be there.
   *
   * @throws RefusedException it is not
   */
  String take(String name) throws RefusedException {
    String value = left.remove(name);
    if (value == null) {
      throw new RefusedException(name, "is missing");
    }
    return value;
  }

  /** Whether this one is given and not taken yet. */
  boolean has(String name) {
    return left.containsKey(name);
  }

  /**
   * All that are meant have been taken.
   *
   * @throws RefusedException another one was given
   */
  void end() throws RefusedException {
    if (!left.isEmpty()) {
      String name = left.firstKey();
      throw new RefusedException(
          name.length() > LONGEST_NAME ? null : Journal.printable(name),
          "there is no such argument");
    }
  }
}
