package io.airbox.helper;

import java.util.Map;
import java.util.SortedMap;
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

  /** Takes all whose names begin so, by the rest of their names; none when there is none. */
  SortedMap<String, String> takeAll(String prefix) {
    SortedMap<String, String> found = new TreeMap<>();
    left.entrySet()
        .removeIf(
            argument -> {
              boolean meant = argument.getKey().startsWith(prefix);
              if (meant) {
                found.put(argument.getKey().substring(prefix.length()), argument.getValue());
              }
              return meant;
            });
    return found;
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
