package io.airbox.ota.update;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.Disk;
import io.airbox.ota.trust.AuthorityKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose releases this box takes: the documents of keys that came with its software, and those that
 * its owner added by presence, which are kept as {@code NAME.keys.json} in a folder. Of two
 * documents of one authority the one with the higher version counts. Thread-safe.
 */
public final class Authorities {
  private static final String SUFFIX = ".keys.json";
  private static final String UNFINISHED = ".tmp";

  private final @Nullable Path builtIn;
  private final Path folder;
  private final Disk disk;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, AuthorityKeys> known = new TreeMap<>();
  private final Map<String, AuthorityKeys> shipped = new TreeMap<>();

  private Authorities(@Nullable Path builtIn, Path folder, Disk disk) {
    this.builtIn = builtIn;
    this.folder = folder;
    this.disk = disk;
  }

  /**
   * Reads them. A document that is damaged is left out, and {@link #notes} tell so.
   *
   * @param builtIn folder that came with the software; null or missing for none
   * @param folder where the owner's are kept; made when the first one is added
   * @throws IOException a folder cannot be read
   */
  public static Authorities open(@Nullable Path builtIn, Path folder, Disk disk)
      throws IOException {
    Authorities all = new Authorities(builtIn, folder, disk);
    all.read();
    return all;
  }

  private void read() throws IOException {
    if (builtIn != null) {
      read(builtIn, shipped);
    }
    known.putAll(shipped);
    Map<String, AuthorityKeys> own = new TreeMap<>();
    read(folder, own);
    own.values().forEach(keys -> known.merge(keys.authority(), keys, Authorities::later));
  }

  private static AuthorityKeys later(AuthorityKeys one, AuthorityKeys other) {
    return other.version() > one.version() ? other : one;
  }

  private void read(Path from, Map<String, AuthorityKeys> into) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(from)) {
      files =
          all.filter(each -> String.valueOf(each.getFileName()).endsWith(SUFFIX)).sorted().toList();
    }
    for (Path file : files) {
      try {
        AuthorityKeys keys =
            AuthorityKeys.trustedByPresence(
                Envelope.parse(Files.readAllBytes(file), file.toString()));
        into.merge(keys.authority(), keys, Authorities::later);
      } catch (UpdateException damaged) {
        notes.add(file + " is left out: " + damaged.getMessage());
      }
    }
  }

  /** What was left out, in words. */
  public synchronized List<String> notes() {
    return List.copyOf(notes);
  }

  /** Those whose releases this box takes, by name. */
  public synchronized List<AuthorityKeys> list() {
    return List.copyOf(known.values());
  }

  /** Whether it came with the software, so that it cannot be removed. */
  public synchronized boolean isBuiltIn(String authority) {
    return shipped.containsKey(authority);
  }

  /**
   * Trusts an authority on the word of whoever is at the box, or takes the next document of one
   * that is trusted.
   *
   * @return what counts from now on
   * @throws UpdateException what {@link AuthorityKeys#trustedByPresence} and, for one that is
   *     known, {@link AuthorityKeys#successor} refuse; nothing has changed
   * @throws IOException it cannot be kept; nothing has changed
   */
  public synchronized AuthorityKeys add(byte[] document) throws IOException {
    Envelope envelope = Envelope.parse(document);
    AuthorityKeys keys = AuthorityKeys.trustedByPresence(envelope);
    AuthorityKeys before = known.get(keys.authority());
    AuthorityKeys next = before == null ? keys : before.successor(envelope);
    Files.createDirectories(folder);
    Path file = folder.resolve(next.authority() + SUFFIX);
    Path unfinished = folder.resolve(next.authority() + SUFFIX + UNFINISHED);
    byte[] json = envelope.json();
    try (Disk.Writing out = disk.write(unfinished, 0)) {
      out.write(json, 0, json.length);
      out.sync();
    }
    disk.move(unfinished, file);
    disk.sync(folder);
    known.put(next.authority(), next);
    return next;
  }

  /**
   * Takes no more releases of an authority that the owner added. What is installed stays.
   *
   * @throws UpdateException {@code NOT_THERE}; {@code NAME_TAKEN} for one that came with the
   *     software
   * @throws IOException it cannot be forgotten
   */
  public synchronized void remove(String authority) throws IOException {
    if (!known.containsKey(authority)) {
      throw new UpdateException(
          Reason.NOT_THERE,
          "this box does not trust an authority "
              + authority
              + "; it trusts "
              + (known.isEmpty() ? "none" : String.join(", ", known.keySet())));
    }
    if (shipped.containsKey(authority)) {
      throw new UpdateException(
          Reason.NAME_TAKEN,
          "the keys of " + authority + " came with this box's software and go with it only");
    }
    disk.delete(folder.resolve(authority + SUFFIX));
    disk.sync(folder);
    known.remove(authority);
  }
}
