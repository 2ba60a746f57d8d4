package io.airbox.ota.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseCheck.Accepted;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.release.Taken;
import io.airbox.ota.signing.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Releases of a few bytes, and a place that has their files. */
public final class Packs {
  private Packs() {}

  /** A release and its files' contents. */
  public record Made(
      Release release, Envelope envelope, Accepted accepted, Map<String, String> files) {
    public long bytes() {
      return Blobs.distinct(release).stream().mapToLong(ReleaseFile::size).sum();
    }
  }

  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Sha256.digest().digest(bytes));
  }

  /** Paths and contents in turn. */
  public static Made pack(String name, long counter, long diskBytes, String... files) {
    Map<String, String> contents = new TreeMap<>();
    List<ReleaseFile> list = new ArrayList<>();
    for (int i = 0; i < files.length; i += 2) {
      byte[] bytes = files[i + 1].getBytes(StandardCharsets.UTF_8);
      contents.put(files[i], files[i + 1]);
      list.add(new ReleaseFile(files[i], bytes.length, sha256(bytes)));
    }
    Release release =
        new Release(
            Release.SPEC,
            name,
            "0." + counter + ".0",
            counter,
            "2027-06-30T00:00:00Z",
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, diskBytes),
            list,
            "pack.json",
            60);
    Envelope envelope = Envelope.of(Release.TYPE, release.json());
    Taken mark = new Taken("acme", 1, counter, sha256(release.json()));
    return new Made(release, envelope, new Accepted(release, mark, true), contents);
  }

  /** The version that the link leads to, every file of which is right; none without a link. */
  public static String answering(Path models, String pack, List<Made> all) throws IOException {
    Path link = models.resolve(pack);
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      return "none";
    }
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(link.toRealPath())) {
      for (Path each : tree.filter(Files::isRegularFile).toList()) {
        found.put(link.toRealPath().relativize(each).toString(), Files.readString(each));
      }
    }
    Made made = all.stream().filter(each -> each.files().equals(found)).findFirst().orElse(null);
    assertThat(made).as("a whole pack, not %s", found).isNotNull();
    return made.release().version();
  }

  /** A place that has files, counts what it gives, and may fail. */
  public static final class Place implements FileSource {
    private final Map<String, String> files;
    private int given;
    private int left = Integer.MAX_VALUE;

    public Place(Made... packs) {
      files = new TreeMap<>();
      for (Made each : packs) {
        files.putAll(each.files());
      }
    }

    /** Has other bytes for a path from now on. */
    public void change(String path, String content) {
      files.put(path, content);
    }

    /** Fails after so many more bytes, once. */
    public void failAfter(int bytes) {
      left = bytes;
    }

    public int given() {
      return given;
    }

    @Override
    public String place() {
      return "https://packs.example/";
    }

    @Override
    public void bring(ReleaseFile file, Part part) throws IOException {
      byte[] bytes = files.getOrDefault(file.path(), "").getBytes(StandardCharsets.UTF_8);
      for (int at = (int) part.length(); at < bytes.length; at += 4) {
        int count = Math.min(4, bytes.length - at);
        if (left < count) {
          left = Integer.MAX_VALUE;
          throw new IOException("connection reset");
        }
        left -= count;
        part.append(bytes, at, count);
        given += count;
      }
    }
  }
}
