package io.airbox.ota.release;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.document.Moments;
import io.airbox.ota.document.StrictJson;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A release of a model pack: the signed part.
 *
 * @param spec {@value #SPEC}
 * @param pack the pack's name, as in its {@code pack.json}
 * @param version for people, as in its {@code pack.json}
 * @param counter counts up with each release of the pack, from 1
 * @param expires until when a box that does not have it may take it, ISO 8601 in UTC
 * @param compat what it runs on
 * @param requires what it needs
 * @param files all of it; a path occurs once, letters' case apart, and is no folder of another
 * @param entry which of the files is read first
 * @param probeSeconds how long its self-test may take on a box, 1 to 3600
 */
public record Release(
    int spec,
    String pack,
    String version,
    long counter,
    String expires,
    Compatibility compat,
    Requirements requires,
    List<ReleaseFile> files,
    String entry,
    int probeSeconds) {
  /** What its envelope says it is. */
  public static final String TYPE = "application/vnd.airbox.release+json";

  /** The format that is read and written. */
  public static final int SPEC = 1;

  private static final int LONGEST = 1 << 20;
  private static final int MOST_FILES = 1000;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z.+-]{1,100}");

  /**
   * What a release needs.
   *
   * @param memBytes of the device's memory when all of it is loaded
   * @param diskBytes of the models' file system while it is installed, beside what is there
   */
  public record Requirements(long memBytes, long diskBytes) {
    public Requirements {
      StrictJson.require(memBytes >= 0, "memBytes", memBytes, "must not be negative");
      StrictJson.require(diskBytes >= 0, "diskBytes", diskBytes, "must not be negative");
    }
  }

  public Release(
      int spec,
      @Nullable String pack,
      @Nullable String version,
      long counter,
      @Nullable String expires,
      @Nullable Compatibility compat,
      @Nullable Requirements requires,
      @Nullable List<ReleaseFile> files,
      @Nullable String entry,
      int probeSeconds) {
    if (spec != SPEC) {
      throw new UpdateException(
          Reason.WRONG_TYPE, "the release has format " + spec + ", this software reads " + SPEC);
    }
    this.spec = spec;
    this.pack = StrictJson.required(pack, "/pack");
    StrictJson.require(NAME.matcher(this.pack).matches(), "/pack", pack, "must be like " + NAME);
    this.version = StrictJson.required(version, "/version");
    StrictJson.require(
        VERSION.matcher(this.version).matches(), "/version", version, "must be like " + VERSION);
    StrictJson.require(counter >= 1, "/counter", counter, "must be at least 1");
    this.counter = counter;
    this.expires = Moments.checked(expires, "/expires");
    this.compat = StrictJson.required(compat, "/compat");
    this.requires = StrictJson.required(requires, "/requires");
    this.files = List.copyOf(StrictJson.required(files, "/files"));
    this.entry = StrictJson.required(entry, "/entry");
    StrictJson.require(
        probeSeconds >= 1 && probeSeconds <= 3600,
        "/probeSeconds",
        probeSeconds,
        "must be 1 to 3600");
    this.probeSeconds = probeSeconds;
    checkFiles();
  }

  private void checkFiles() {
    StrictJson.require(
        !files.isEmpty() && files.size() <= MOST_FILES,
        "/files",
        files.size() + " of them",
        "must be 1 to " + MOST_FILES);
    Set<String> paths = new HashSet<>();
    Set<String> folders = new HashSet<>();
    long sum = 0;
    for (ReleaseFile file : files) {
      String path = file.path().toLowerCase(Locale.ROOT);
      StrictJson.require(
          paths.add(path),
          "/files",
          file.path(),
          "must not name a file twice, letters' case apart");
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        folders.add(path.substring(0, slash));
      }
      StrictJson.require(
          file.size() <= Long.MAX_VALUE - sum,
          "/files",
          file.size(),
          "must have sizes that add up");
      sum += file.size();
    }
    for (String path : paths) {
      StrictJson.require(!folders.contains(path), "/files", path, "must not be a folder as well");
    }
    StrictJson.require(
        files.stream().anyMatch(file -> file.path().equals(entry)),
        "/entry",
        entry,
        "must be one of the files");
  }

  /** When it may no more be taken. */
  public Instant end() {
    return Instant.parse(expires);
  }

  /** The sum of its files' sizes. */
  public long bytes() {
    return files.stream().mapToLong(ReleaseFile::size).sum();
  }

  /** The document's bytes, for an envelope. */
  public byte[] json() {
    return StrictJson.write(this);
  }

  /**
   * Reads what an envelope held. Says nothing about who signed it: that is {@link ReleaseCheck}'s
   * to find out before, except for what a store took after such a check.
   *
   * @throws UpdateException {@code MALFORMED} with a place, {@code WRONG_TYPE} for a newer format
   */
  public static Release read(byte[] json) {
    return StrictJson.read(json, Release.class, "the release", LONGEST);
  }
}
