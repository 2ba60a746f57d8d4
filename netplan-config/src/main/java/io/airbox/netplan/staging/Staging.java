package io.airbox.netplan.staging;

import io.airbox.netplan.staging.StagingException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a staged change, as root. What touches links and {@code /run/netplan}, and what
 * moves files into {@code /etc/netplan}, is {@code /usr/libexec/airbox-network}.
 *
 * <p>There is one transaction at most, the folder {@code /var/lib/airbox-network/transaction}:
 *
 * <pre>
 * staged-ID | kept-ID | undoing-ID   an empty file; renaming it decides what becomes of the change
 * new/NAME.yaml                      what the file is to be
 * removed/NAME.yaml                  empty: the file is to be removed, new/NAME.yaml defines nothing
 * old/NAME.yaml                      all of /etc/netplan as it was
 * links                              virtual links to delete, a name a line
 * missing                            what was set up and not there before it came up, a line each
 * </pre>
 *
 * <p>Beside it: {@code ID.new}, a transaction that is being written; {@code history/TIME-ID}, the
 * latest twenty that were kept; {@code last}, the name of the last of these.
 *
 * <p>Every method leaves the disk in a state that {@code airbox-network recover} understands,
 * wherever the power fails.
 */
public final class Staging {
  /** How much later than the window the timer takes a change back that nobody did. */
  public static final int GRACE_SECONDS = 10;

  /** What stands for a file that is to be removed, so that it hides the one that still exists. */
  static final String NOTHING = "# removed\nnetwork: {version: 2}\n";

  static final String STATE = "var/lib/airbox-network";
  private static final String ETC = "etc/netplan";
  private static final String RUN = "run/netplan";

  /** Where netplan looks, what hides first; where {@code /lib} is a link, the last two are one. */
  private static final List<String> FOLDERS = List.of(RUN, ETC, "lib/netplan", "usr/lib/netplan");

  private static final Pattern MARK =
      Pattern.compile("(?:staged|kept|undoing)-(" + StagedChange.TRANSACTION + ")");

  private static final Pattern VIRTUAL = Pattern.compile("(?m)^DEVTYPE=(bond|bridge|vlan)$");

  /** The folders by the names that people know. */
  private static final List<String> READ = List.of("lib/netplan", ETC, RUN);

  private static final int MOST_FILES = 256;

  /** A file that is larger is no netplan file. */
  private static final int LARGEST = 1024 * 1024;

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private final Path root;
  private final CommandRunner commands;
  private final Disk disk;
  private final Path state;
  private final Path transaction;
  private final List<Path> drafts = new ArrayList<>();

  /**
   * @param root the machine's root folder, {@code /} but for tests
   */
  public Staging(Path root, CommandRunner commands) {
    this(root, commands, Disk.real());
  }

  Staging(Path root, CommandRunner commands, Disk disk) {
    this.root = root;
    this.commands = commands;
    this.disk = disk;
    this.state = root.resolve(STATE);
    this.transaction = state.resolve("transaction");
  }

  /**
   * The name of the change that was staged and has not come to its end; empty when there is none.
   *
   * @throws StagingException {@code FAILED}: it cannot be read
   */
  public Optional<String> underWay() {
    try (Stream<Path> files = Files.list(transaction)) {
      return files
          .map(file -> MARK.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .map(mark -> mark.group(1))
          .findAny();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      throw new StagingException(Reason.FAILED, "cannot read the staged change: " + e, e);
    }
  }

  /**
   * Checks a change against the machine as it is; nothing is changed but a scratch folder, which is
   * removed again.
   *
   * @throws StagingException {@code BUSY}, {@code REFUSED}, or {@code FAILED}: what is there cannot
   *     be read
   */
  public void check(StagedChange change) throws InterruptedException {
    if (Files.exists(transaction)) {
      throw busy();
    }
    try {
      for (FileChange file : change.files()) {
        checkFile(file);
      }
      for (String link : change.linksToDelete()) {
        checkLink(link);
      }
      checkNetplanTakesIt(change);
    } catch (IOException e) {
      throw new StagingException(
          Reason.FAILED, "the change cannot be checked against what netplan has now: " + e, e);
    }
  }

  private void checkFile(FileChange file) throws IOException {
    String name = file.name();
    if (Files.exists(root.resolve(RUN).resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      throw refused(
          "/run/netplan/" + name + " exists: something else has changed the network for a while");
    }
    Path etc = root.resolve(ETC).resolve(name);
    if (Files.exists(etc, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(etc, LinkOption.NOFOLLOW_LINKS)) {
      throw refused("/etc/netplan/" + name + " is no ordinary file; make it one");
    }
    byte[] now = counting(name);
    String before = now == null ? null : FileChange.sha256(now);
    if (before == null ? file.before() != null : !before.equals(file.before())) {
      throw refused(name + " was changed since the plan was made; plan again");
    }
  }

  /**
   * Every file that netplan may read, by its absolute path.
   *
   * @throws StagingException {@code REFUSED}: they are too many or too large; {@code FAILED}: they
   *     cannot be read
   */
  public SortedMap<String, byte[]> read() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    long bytes = 0;
    try {
      for (String folder : READ) {
        for (Path file : yaml(root.resolve(folder))) {
          if (Files.isRegularFile(file)) {
            byte[] content = read(file);
            bytes += content.length;
            files.put("/" + folder + "/" + file.getFileName(), content);
          }
          if (bytes > LARGEST || files.size() > MOST_FILES) {
            throw refused(
                "netplan's files are more than "
                    + MOST_FILES
                    + ", or have more than "
                    + LARGEST
                    + " bytes together; remove what is not in use");
          }
        }
      }
    } catch (IOException e) {
      throw new StagingException(Reason.FAILED, "cannot read what netplan has now: " + e, e);
    }
    return files;
  }

  private void checkLink(String name) throws IOException {
    Path link = root.resolve("sys/class/net").resolve(name);
    if (Files.exists(link) && !VIRTUAL.matcher(text(link.resolve("uevent"))).find()) {
      throw refused(name + " is no bond, bridge or VLAN; nothing else is deleted");
    }
  }

  private static String text(Path file) throws IOException {
    byte[] bytes = readIfThere(file);
    return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** What the file of this name says now; null if there is none. */
  private byte @Nullable [] counting(String name) throws IOException {
    for (String folder : FOLDERS) {
      Path file = root.resolve(folder).resolve(name);
      if (Files.exists(file)) {
        return read(file);
      }
    }
    return null;
  }

  private void checkNetplanTakesIt(StagedChange change) throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("airbox-netplan");
    try {
      Path folder = Files.createDirectories(scratch.resolve(ETC));
      for (Map.Entry<String, byte[]> file : merged(change).entrySet()) {
        Path copy = folder.resolve(file.getKey());
        Files.write(copy, file.getValue());
        Files.setPosixFilePermissions(copy, OWNER);
      }
      CommandRunner.Ended ended =
          commands.netplan(List.of("generate", "--root-dir", scratch.toString()));
      if (ended.status() != 0) {
        throw refused(
            "netplan does not take it: " + ended.output().replace(scratch.toString(), ""));
      }
    } finally {
      delete(scratch);
    }
  }

  /** All files that netplan would read with the change in effect, by name. */
  private Map<String, byte[]> merged(StagedChange change) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    long bytes = 0;
    for (String folder : FOLDERS) {
      for (Path file : yaml(root.resolve(folder))) {
        String name = String.valueOf(file.getFileName());
        if (!files.containsKey(name)) {
          byte[] content = read(file);
          bytes += content.length;
          if (bytes > LARGEST) {
            throw new IOException("netplan's files have more than " + LARGEST + " bytes together");
          }
          files.put(name, content);
        }
      }
    }
    for (FileChange file : change.files()) {
      files.put(file.name(), content(file));
    }
    return files;
  }

  /**
   * Writes a change down, so that {@link #stage} has only to rename it.
   *
   * @throws IOException it cannot be written, for example since the disk is full; nothing is left
   */
  public void prepare(StagedChange change) throws IOException {
    Path draft = draft(change.transaction());
    delete(draft);
    try {
      disk.createFolder(state);
      disk.createFolder(draft);
      for (String folder : List.of("new", "removed", "old")) {
        disk.createFolder(draft.resolve(folder));
      }
      for (FileChange file : change.files()) {
        disk.create(draft.resolve("new").resolve(file.name()), content(file));
        // what /lib/netplan has cannot be removed: then the file that defines nothing stays
        if (file.after() == null && !hasVendorFile(file.name())) {
          disk.create(draft.resolve("removed").resolve(file.name()), new byte[0]);
        }
      }
      for (Path file : yaml(root.resolve(ETC))) {
        disk.create(draft.resolve("old").resolve(String.valueOf(file.getFileName())), read(file));
      }
      disk.create(draft.resolve("links"), lines(change.linksToDelete()));
      disk.create(draft.resolve("staged-" + change.transaction()), new byte[0]);
      for (String folder : List.of("new", "removed", "old", ".")) {
        disk.sync(draft.resolve(folder));
      }
    } catch (IOException e) {
      delete(draft);
      throw e;
    }
  }

  /**
   * Makes the prepared change the one transaction. The timer has to be armed before, the program to
   * be started after.
   *
   * @throws StagingException {@code BUSY}: another one came first
   * @throws IOException it cannot be done; nothing is staged
   */
  public void stage(String id) throws IOException {
    Path draft = draft(id);
    try {
      disk.move(draft, transaction);
    } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
      delete(draft);
      throw new StagingException(Reason.BUSY, text(busy()), e);
    } catch (IOException e) {
      delete(draft);
      if (Files.exists(transaction)) {
        throw new StagingException(Reason.BUSY, text(busy()), e);
      }
      throw e;
    }
    disk.sync(state);
  }

  /**
   * Whether a change can be kept.
   *
   * @return false if it already is
   * @throws StagingException {@code REFUSED}: it is no longer there, or somebody else has changed
   *     its files
   */
  public boolean checkCommit(String id) {
    try {
      if (isKept(id)) {
        return false;
      }
      if (!Files.exists(transaction.resolve("staged-" + id))) {
        throw gone();
      }
      for (Path file : yaml(transaction.resolve("new"))) {
        String name = String.valueOf(file.getFileName());
        if (!Arrays.equals(
            readIfThere(transaction.resolve("old").resolve(name)),
            readIfThere(root.resolve(ETC).resolve(name)))) {
          throw refused(
              "/etc/netplan/"
                  + name
                  + " was changed by somebody else meanwhile; the change is taken back, plan again");
        }
      }
      return true;
    } catch (IOException e) {
      throw new StagingException(Reason.FAILED, "cannot read the staged change: " + e, e);
    }
  }

  /** Whether this change is the one under way, though it may be kept already. */
  public boolean isUnderWay(String id) {
    return Files.exists(transaction.resolve("staged-" + id))
        || Files.exists(transaction.resolve("kept-" + id));
  }

  private boolean isKept(String id) throws IOException {
    if (Files.exists(transaction.resolve("kept-" + id))) {
      return true;
    }
    byte[] last = readIfThere(state.resolve("last"));
    return last != null && new String(last, StandardCharsets.US_ASCII).strip().equals(id);
  }

  /**
   * Writes the files where they will be, under names that netplan does not read, so that a full
   * disk is met before the change is kept and not after.
   *
   * @throws IOException they cannot be written; none is left
   */
  public void draftFiles() throws IOException {
    Path etc = root.resolve(ETC);
    disk.createFolder(etc);
    try {
      for (Path file : yaml(transaction.resolve("new"))) {
        String name = String.valueOf(file.getFileName());
        if (!Files.exists(transaction.resolve("removed").resolve(name))) {
          Path draft = etc.resolve("." + name + ".airbox");
          drafts.add(draft);
          disk.delete(draft);
          disk.create(draft, read(file));
        }
      }
    } catch (IOException e) {
      deleteDrafts();
      throw e;
    }
  }

  private void deleteDrafts() throws IOException {
    for (Path draft : drafts) {
      disk.delete(draft);
    }
  }

  /**
   * Decides that a change is kept. From here on it will be in {@code /etc/netplan}, whatever
   * happens; the program has to be started to move it there.
   *
   * @throws StagingException {@code REFUSED}: it was taken back a moment ago
   * @throws IOException it cannot be decided; the change is not kept
   */
  public void commit(String id) throws IOException {
    try {
      disk.move(transaction.resolve("staged-" + id), transaction.resolve("kept-" + id));
    } catch (NoSuchFileException e) {
      deleteDrafts();
      throw gone();
    }
    disk.sync(transaction);
  }

  private Path draft(String id) {
    return state.resolve(id + ".new");
  }

  private boolean hasVendorFile(String name) {
    return Files.exists(root.resolve("lib/netplan").resolve(name))
        || Files.exists(root.resolve("usr/lib/netplan").resolve(name));
  }

  private static byte[] content(FileChange file) {
    String after = file.after();
    return (after == null ? NOTHING : after).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<Path> yaml(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.yaml")) {
        for (Path file : found) {
          // as netplan does, whose pattern leaves hidden files out
          if (!file.getFileName().toString().startsWith(".")) {
            files.add(file);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException(file + " is larger than " + LARGEST + " bytes");
    }
    return Files.readAllBytes(file);
  }

  private static byte @Nullable [] readIfThere(Path file) throws IOException {
    try {
      return read(file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        disk.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static StagingException refused(String message) {
    return new StagingException(Reason.REFUSED, message, null);
  }

  private static StagingException busy() {
    return new StagingException(
        Reason.BUSY, "another network change is under way; wait for its end or revert it", null);
  }

  private static StagingException gone() {
    return refused("the change is not in effect any more: it was taken back");
  }

  private static String text(StagingException e) {
    return String.valueOf(e.getMessage());
  }
}
