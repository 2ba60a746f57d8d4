package io.airbox.helper;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is asked for.
 *
 * @param verb a verb's id, known or not
 * @param dryRun only say what would be done
 * @param arguments by name
 */
record Request(String verb, boolean dryRun, SortedMap<String, String> arguments) {
  static final String PROTOCOL = "airbox-helper/1";

  private static final String DO = "do";
  private static final String DRY_RUN = "dry-run";
  private static final int FIRST_ARGUMENT = 3;

  List<String> fields() {
    List<String> fields = new ArrayList<>(List.of(PROTOCOL, verb, dryRun ? DRY_RUN : DO));
    arguments.forEach(
        (name, value) -> {
          fields.add(name);
          fields.add(value);
        });
    return fields;
  }

  /**
   * Reads a request.
   *
   * @throws MalformedFrameException the fields are none
   */
  static Request of(List<String> fields) throws MalformedFrameException {
    if (fields.size() < FIRST_ARGUMENT || !fields.get(0).equals(PROTOCOL)) {
      throw new MalformedFrameException("it is no request of " + PROTOCOL);
    }
    String mode = fields.get(2);
    if (!mode.equals(DO) && !mode.equals(DRY_RUN)) {
      throw new MalformedFrameException("it says neither " + DO + " nor " + DRY_RUN);
    }
    if ((fields.size() - FIRST_ARGUMENT) % 2 != 0) {
      throw new MalformedFrameException("an argument has no value");
    }
    SortedMap<String, String> arguments = new TreeMap<>();
    for (int i = FIRST_ARGUMENT; i < fields.size(); i += 2) {
      String name = fields.get(i);
      if (!arguments.isEmpty() && arguments.lastKey().compareTo(name) >= 0) {
        throw new MalformedFrameException("the names of its arguments do not ascend");
      }
      arguments.put(name, fields.get(i + 1));
    }
    return new Request(fields.get(1), mode.equals(DRY_RUN), arguments);
  }
}
