package io.airbox.daemon.updates;

import io.airbox.generation.GenerationException;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.ota.store.Installed;
import io.airbox.ota.store.StoredPack;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.update.Authorities;
import io.airbox.ota.update.Update;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Updates as JSON. */
public final class UpdateJson {
  private UpdateJson() {}

  static JsonObject show(
      @Nullable Update update, @Nullable Progress progress, UpdateHistory history) {
    JsonArray entries = new JsonArray();
    history.newestFirst().forEach(entry -> entries.add(entry.json()));
    return new JsonObject()
        .put("under_way", update == null || progress == null ? null : of(update, progress))
        .put("history", entries);
  }

  private static JsonObject of(Update update, Progress progress) {
    Instant until = progress.until();
    return new JsonObject()
        .put("pack", update.pack())
        .put("version", update.version())
        .put("place", update.place())
        .put("phase", progress.phase().id())
        .put("since", progress.since().toString())
        .put("bytes_here", progress.here())
        .put("bytes", progress.all())
        .put("bytes_per_second", Math.round(progress.bytesPerSecond()))
        .put("seconds_left", progress.left().isPresent() ? progress.left().getAsLong() : null)
        .put("why", progress.why())
        .put("until", until == null ? null : until.toString());
  }

  static JsonObject slots(Path models, List<StoredPack> packs) {
    JsonArray all = new JsonArray();
    for (StoredPack pack : packs) {
      all.add(
          new JsonObject()
              .put("name", pack.name())
              .put("current", slot(models, pack.name(), pack.current()))
              .put("previous", slot(models, pack.name(), pack.previous())));
    }
    return new JsonObject().put("packs", all);
  }

  private static @Nullable JsonObject slot(Path models, String pack, @Nullable Installed slot) {
    if (slot == null) {
      return null;
    }
    JsonObject json = of(slot).put("licence", null).put("memory_bytes", null);
    if (!slot.present()) {
      return json;
    }
    try {
      PackManifest manifest =
          ModelPack.open(StoreLayout.folder(models, pack, slot.edition())).manifest();
      return json.put("licence", manifest.licence().spdx()).put("memory_bytes", memory(manifest));
    } catch (GenerationException unusable) {
      return json.put("problem", unusable.getMessage());
    }
  }

  /** What the neediest engine's networks need together. */
  private static long memory(PackManifest manifest) {
    return manifest.engines().values().stream()
        .mapToLong(
            engine -> engine.roles().values().stream().mapToLong(role -> role.memory()).sum())
        .max()
        .orElse(0);
  }

  static JsonObject of(Installed slot) {
    return new JsonObject()
        .put("edition", slot.edition())
        .put("version", slot.version())
        .put("counter", slot.counter())
        .put("authority", slot.authority())
        .put("bytes", slot.bytes())
        .put("place", slot.place())
        .put("since", slot.since())
        .put("present", slot.present());
  }

  /** Whose releases this box takes. */
  public static JsonObject of(Authorities authorities) {
    JsonArray all = new JsonArray();
    for (AuthorityKeys keys : authorities.list()) {
      all.add(
          new JsonObject()
              .put("authority", keys.authority())
              .put("version", keys.version())
              .put("epoch", keys.epoch())
              .put("expires", keys.expires())
              .put("root", keys(keys.root().threshold(), keys.root().keys()))
              .put("release", keys(keys.release().threshold(), keys.release().keys()))
              .put("built_in", authorities.isBuiltIn(keys.authority())));
    }
    return new JsonObject().put("authorities", all);
  }

  private static JsonObject keys(int threshold, List<String> keys) {
    return new JsonObject().put("threshold", threshold).put("keys", new JsonArray(keys));
  }
}
