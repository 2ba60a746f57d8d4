package io.airbox.flasher.plan;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.source.PackageSource;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Learns what the plan and its rules need of every file, in one pass. */
final class PackageReading implements PackageSource.Visitor, AutoCloseable {
  /** Scripts have kilobytes; what is larger is none. */
  private static final int MOST_SCRIPT_BYTES = 1 << 20;

  /** A primary GPT has 34 blocks. */
  private static final int MOST_TABLE_BYTES = 1 << 16;

  private static final int BUFFER = 1 << 16;

  /** Any of these tells the folder with the package; the first counts most. */
  private static final List<String> MARKS = List.of("boot.scr", "boot_emmc.scr", "boot");

  private final CardPackage.Depth depth;
  private final CardPackage.Progress progress;
  private final CardPackage.Copy copy;
  private final boolean goesOn;
  private final ReadAhead ahead = new ReadAhead();
  private final Map<String, List<PackageFile>> folders = new TreeMap<>();
  private volatile long read;

  /**
   * A reading.
   *
   * @param copy is given every byte of the files that are read
   * @param goesOn whether a file that cannot be read is told and passed over
   */
  PackageReading(
      CardPackage.Depth depth,
      CardPackage.Progress progress,
      CardPackage.Copy copy,
      boolean goesOn) {
    this.depth = depth;
    this.progress = progress;
    this.copy = copy;
    this.goesOn = goesOn;
  }

  @Override
  public void file(String path, long bytes, PackageSource.Content content) throws IOException {
    int slash = path.indexOf('/');
    String name = path.substring(slash + 1);
    String key = name.toLowerCase(Locale.ROOT);
    boolean script = key.endsWith(".scr") || key.equals(PackageRules.CHECKSUMS);
    boolean small = script && bytes <= MOST_SCRIPT_BYTES;
    boolean table = key.equals(PackageRules.TABLE);
    PackageFile file =
        small || table || depth == CardPackage.Depth.EVERYTHING
            ? look(path, bytes, content, small, table)
            : new PackageFile(name, bytes, null, null, null, null);
    folders.computeIfAbsent(path.substring(0, slash + 1), each -> new ArrayList<>()).add(file);
  }

  private PackageFile look(
      String path, long bytes, PackageSource.Content content, boolean small, boolean table)
      throws IOException {
    String name = path.substring(path.indexOf('/') + 1);
    MessageDigest md5 = md5();
    Capture capture = new Capture(small ? MOST_SCRIPT_BYTES : table ? MOST_TABLE_BYTES : 0);
    GzipContent gzip = null;
    long length = 0;
    try (OutputStream to = new Counted(name, copy.file(path, bytes));
        InputStream in = ahead.of(content.open(), bytes, md5, to)) {
      if (name.toLowerCase(Locale.ROOT).endsWith(".gz")) {
        gzip = GzipContent.read(in, capture);
        drain(in, OutputStream.nullOutputStream());
        length = bytes;
      } else {
        length = drain(in, capture);
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      if (!goesOn) {
        throw e;
      }
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      return new PackageFile(name, bytes, null, null, reason, null);
    }
    return new PackageFile(
        name,
        bytes < 0 ? length : bytes,
        HexFormat.of().formatHex(md5.digest()),
        gzip,
        null,
        capture.text());
  }

  private static long drain(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long length = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("reading was interrupted");
      }
      out.write(buffer, 0, count);
      length += count;
    }
    return length;
  }

  @Override
  public void close() {
    ahead.close();
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  /** What the files are, once all were shown. */
  CardPackage conclude(Path path, PackageSource.Form form, List<Finding> layout) {
    String folder = layout.isEmpty() ? folder(path) : "";
    List<PackageFile> files = folders.getOrDefault(folder, List.of());
    PackageRules rules = new PackageRules(files);
    List<Finding> findings = new ArrayList<>(layout);
    if (layout.isEmpty()) {
      if (form == PackageSource.Form.CARD_IMAGE && !folder.isEmpty()) {
        findings.add(
            new Finding(
                Finding.Code.NO_BOOT_SCRIPT,
                "root of the card",
                "the files are in the folder " + folder.substring(0, folder.length() - 1)));
      }
      findings.addAll(rules.check(folders.keySet()));
    }
    findings.sort(Comparator.comparing(Finding::severity));
    return new CardPackage(
        path,
        form,
        folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1),
        files.stream().map(each -> new CardFile(each.name(), each.bytes(), each.md5())).toList(),
        depth,
        rules.plan(),
        findings);
  }

  private String folder(Path path) {
    for (String mark : MARKS) {
      for (Map.Entry<String, List<PackageFile>> each : folders.entrySet()) {
        if (each.getValue().stream().anyMatch(file -> file.name().equalsIgnoreCase(mark))) {
          return each.getKey();
        }
      }
    }
    throw new FlashException(
        FlashException.Reason.NOT_A_PACKAGE,
        path
            + " is no card package: there is no boot.scr, neither at its top nor one folder down;"
            + " name the folder or archive that holds boot.scr and the *.gz files");
  }

  /** Tells how far the reading is. */
  private final class Counted extends FilterOutputStream {
    private final String name;

    Counted(String name, OutputStream out) {
      super(out);
      this.name = name;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      out.write(bytes, offset, count);
      long sum = read + count;
      read = sum;
      progress.read(name, sum);
    }
  }

  /** Keeps what is written to it, up to a limit; nothing when it was more. */
  private static final class Capture extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int limit;
    private long length;

    Capture(int limit) {
      this.limit = limit;
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      length += count;
      if (length <= limit) {
        kept.write(bytes, offset, count);
      }
    }

    @Nullable String text() {
      return limit > 0 && length <= limit ? kept.toString(StandardCharsets.ISO_8859_1) : null;
    }
  }
}
