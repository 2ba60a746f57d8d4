package io.airbox.daemon.network;

import io.airbox.daemon.storage.DurableFiles;
import io.airbox.netplan.plan.FileChange;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tinylog.Logger;

/**
 * What netplan's files were before each of the last changes, a private file for each change: {@code
 * TRANSACTION.json} with the files' bytes in base64 by name, null for one that was not there.
 */
final class UndoStore {
  private static final int KEPT = 50;
  private static final String ENDING = ".json";
  private static final Pattern TRANSACTION = Pattern.compile("[a-z0-9]{16,40}");

  private final Path folder;

  UndoStore(Path folder) {
    this.folder = folder;
  }

  /** Remembers what the files are now; without it the change cannot be undone later. */
  void keep(String transaction, Collection<FileChange> files) {
    JsonObject before = new JsonObject();
    for (FileChange file : files) {
      byte[] bytes = file.before();
      before.put(file.name(), bytes == null ? null : Base64.getEncoder().encodeToString(bytes));
    }
    try {
      DurableFiles.createFolder(folder);
      DurableFiles.replace(
          folder.resolve(transaction + ENDING), before.encode().getBytes(StandardCharsets.UTF_8));
      forgetOld();
    } catch (IOException e) {
      Logger.warn("change {} cannot be undone later: {}", transaction, e.toString());
    }
  }

  private void forgetOld() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      List<Path> files =
          found.sorted(Comparator.comparing(UndoStore::modified).reversed()).skip(KEPT).toList();
      for (Path old : files) {
        Files.deleteIfExists(old);
      }
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The files before a change, as a wish; empty when that is not known (any more). */
  Optional<NetworkView.Wish> wish(String transaction) {
    if (!TRANSACTION.matcher(transaction).matches()) {
      return Optional.empty();
    }
    try {
      JsonObject before = new JsonObject(Files.readString(folder.resolve(transaction + ENDING)));
      Map<String, Optional<String>> texts = new HashMap<>();
      for (String name : before.fieldNames()) {
        texts.put(
            name,
            Optional.ofNullable(before.getString(name))
                .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8)));
      }
      return Optional.of(new NetworkView.Wish.Files(texts));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | DecodeException | IllegalArgumentException e) {
      Logger.warn("{}: {}", folder.resolve(transaction + ENDING), e.toString());
      return Optional.empty();
    }
  }

  /** Whether a change can be undone. */
  boolean has(String transaction) {
    return Files.exists(folder.resolve(transaction + ENDING));
  }
}
