package io.airbox.ota.trust;

import io.airbox.ota.document.StrictJson;
import io.airbox.ota.signing.VerificationKey;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys, and how many of them have to sign.
 *
 * @param threshold 1 to the number of keys
 * @param keys {@linkplain VerificationKey#text texts} of different keys, 1 to 16
 */
public record KeyRole(int threshold, List<String> keys) {
  private static final int MOST_KEYS = 16;

  public KeyRole(int threshold, @Nullable List<String> keys) {
    List<String> texts = List.copyOf(StrictJson.required(keys, "keys"));
    StrictJson.require(
        !texts.isEmpty() && texts.size() <= MOST_KEYS,
        "keys",
        texts.size(),
        "must be 1 to " + MOST_KEYS);
    StrictJson.require(
        Set.copyOf(texts).size() == texts.size(), "keys", texts, "must be different ones");
    StrictJson.require(
        threshold >= 1 && threshold <= texts.size(),
        "threshold",
        threshold,
        "must be 1 to the number of keys, " + texts.size());
    texts.forEach(VerificationKey::parse);
    this.threshold = threshold;
    this.keys = texts;
  }

  /** The keys. */
  public List<VerificationKey> verificationKeys() {
    return keys.stream().map(VerificationKey::parse).toList();
  }
}
