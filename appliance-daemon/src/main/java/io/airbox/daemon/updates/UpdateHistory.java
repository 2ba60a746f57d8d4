package io.airbox.daemon.updates;

import io.airbox.daemon.storage.DurableFiles;
import io.airbox.daemon.updates.UpdateEntry.End;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** What came of the last updates, on the disk. Thread-safe. */
final class UpdateHistory {
  /** So many are kept. */
  static final int MOST = 100;

  private final Path file;
  private final Deque<UpdateEntry> entries = new ArrayDeque<>();

  private volatile Runnable onAdd = () -> {};

  private UpdateHistory(Path file) {
    this.file = file;
  }

  /** Reads it; one that is damaged is begun anew, for it is only of use to people. */
  static UpdateHistory open(Path file) throws IOException {
    UpdateHistory history = new UpdateHistory(file);
    try {
      JsonObject json = new JsonObject(Files.readString(file, StandardCharsets.UTF_8));
      for (Object each : json.getJsonArray("entries")) {
        history.entries.add(UpdateEntry.of((JsonObject) each));
      }
    } catch (NoSuchFileException none) {
      // nothing came to an end yet
    } catch (RuntimeException damaged) {
      history.entries.clear();
      Logger.warn("{} is damaged and begun anew: {}", file, damaged.toString());
    }
    return history;
  }

  /** Adds an entry; that it cannot be written does not keep anything from being done. */
  synchronized UpdateEntry add(
      Instant at,
      String pack,
      String version,
      @Nullable String place,
      End outcome,
      @Nullable String why) {
    UpdateEntry entry = new UpdateEntry(last() + 1, at, pack, version, place, outcome, why);
    entries.add(entry);
    while (entries.size() > MOST) {
      entries.removeFirst();
    }
    JsonArray all = new JsonArray();
    entries.forEach(each -> all.add(each.json()));
    try {
      Path folder = file.getParent();
      if (folder != null) {
        DurableFiles.createFolder(folder);
      }
      DurableFiles.replace(file, new JsonObject().put("entries", all).toBuffer().getBytes());
    } catch (IOException e) {
      Logger.error("{} cannot be written: {}", file, e.toString());
    }
    onAdd.run();
    return entry;
  }

  /** Number of the newest entry; 0 when there is none. */
  synchronized long last() {
    return entries.isEmpty() ? 0 : entries.getLast().number();
  }

  void onAdd(Runnable action) {
    onAdd = action;
  }

  /** The oldest first. */
  synchronized List<UpdateEntry> oldestFirst() {
    return List.copyOf(entries);
  }

  /** The newest first. */
  synchronized List<UpdateEntry> newestFirst() {
    List<UpdateEntry> all = new ArrayList<>(entries);
    Collections.reverse(all);
    return all;
  }
}
