package io.airbox.ota.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pack in the store.
 *
 * @param name its name
 * @param current what answers; null when nothing does
 * @param previous what it can be rolled back to
 */
public record StoredPack(String name, @Nullable Installed current, @Nullable Installed previous) {
  static Optional<StoredPack> of(String name, Slots slots) {
    return slots.current() == null && slots.previous() == null
        ? Optional.empty()
        : Optional.of(new StoredPack(name, slots.current(), slots.previous()));
  }
}
