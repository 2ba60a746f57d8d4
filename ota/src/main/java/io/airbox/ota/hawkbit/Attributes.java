package io.airbox.ota.hawkbit;

import io.airbox.ota.store.Installed;
import io.airbox.ota.store.StoredPack;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server is told of a box, for its filters: what the daemon knows, and for each pack
 * {@code pack-NAME} with the edition that answers. Dots, which filters take for something else, are
 * underscores in names.
 */
final class Attributes {
  /** What hawkBit 0.3 takes; newer ones take more. */
  private static final int LONGEST_KEY = 32;

  private static final int LONGEST_VALUE = 128;
  private static final int MOST = 100;
  private static final int DIGITS = 8;

  private Attributes() {}

  /** Sorted; the first hundred. */
  static Map<String, String> of(Map<String, String> facts, List<StoredPack> packs) {
    TreeMap<String, String> all = new TreeMap<>();
    facts.forEach((key, value) -> put(all, key, value));
    for (StoredPack pack : packs) {
      Installed current = pack.current();
      put(all, "pack-" + pack.name(), current == null ? "none" : current.edition());
    }
    while (all.size() > MOST) {
      all.pollLastEntry();
    }
    return all;
  }

  private static void put(Map<String, String> all, String key, String value) {
    all.put(
        key(key.replace('.', '_')),
        value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) : value);
  }

  /** A long name's beginning with its digest, so that two stay two. */
  private static String key(String name) {
    if (name.length() <= LONGEST_KEY) {
      return name;
    }
    String digest = ArtifactSource.sha256(name.getBytes(StandardCharsets.UTF_8));
    return name.substring(0, LONGEST_KEY - DIGITS - 1) + "-" + digest.substring(0, DIGITS);
  }
}
