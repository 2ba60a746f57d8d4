package io.airbox.netplan.staging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.netplan.staging.StagingStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StagingTest {
  private static final String ID = "abcdefghijklmnop";

  @TempDir Path root;
  private Path state;

  @BeforeEach
  void files() throws Exception {
    state = root.resolve(Staging.STATE);
    write("etc/netplan/01-netcfg.yaml", "# old 1\n");
    write("etc/netplan/20-gone.yaml", "# old 2\n");
    write("lib/netplan/20-gone.yaml", "# the maker's\n");
    write("etc/netplan/50-mine.yaml", "# mine\n");
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  private Staging staging(Disk disk) {
    return new Staging(root, arguments -> new CommandRunner.Ended(0, ""), disk);
  }

  private static StagedChange change() {
    return new StagedChange(
        ID,
        Duration.ofSeconds(30),
        List.of(
            change("01-netcfg.yaml", "# old 1\n", "# new 1\n"),
            new FileChange("20-gone.yaml", FileChange.sha256("# old 2\n".getBytes(UTF_8)), null),
            new FileChange("30-new.yaml", null, "# new 3\n"),
            new FileChange("50-mine.yaml", FileChange.sha256("# mine\n".getBytes(UTF_8)), null)),
        List.of("bond0", "vlan.7"));
  }

  private static FileChange change(String name, String before, String after) {
    return FileChange.of(name, before.getBytes(UTF_8), after.getBytes(UTF_8));
  }

  private SortedMap<String, String> tree(Path folder) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          tree.put(folder.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return tree;
  }

  private static void stage(Staging staging) throws IOException {
    staging.prepare(change());
    staging.stage(ID);
  }

  private static void keep(Staging staging) throws IOException {
    staging.draftFiles();
    staging.commit(ID);
  }

  @Test
  void writesDownAllThatIsNeededToGoEitherWay() throws Exception {
    SortedMap<String, String> etc = tree(root.resolve("etc"));

    stage(staging(Disk.real()));

    assertThat(tree(state))
        .containsOnlyKeys(
            "transaction/links",
            "transaction/new/01-netcfg.yaml",
            "transaction/new/20-gone.yaml",
            "transaction/new/30-new.yaml",
            "transaction/new/50-mine.yaml",
            "transaction/old/01-netcfg.yaml",
            "transaction/old/20-gone.yaml",
            "transaction/old/50-mine.yaml",
            "transaction/removed/50-mine.yaml",
            "transaction/staged-" + ID)
        .containsEntry("transaction/links", "bond0\nvlan.7\n")
        .containsEntry("transaction/new/01-netcfg.yaml", "# new 1\n")
        .containsEntry("transaction/old/01-netcfg.yaml", "# old 1\n")
        // what the maker's folder has would come back, so that this stays
        .containsEntry("transaction/new/20-gone.yaml", Staging.NOTHING);
    assertThat(tree(root.resolve("etc"))).isEqualTo(etc);
  }

  @Test
  void aPowerCutAnywhereLeavesTheWholeChangeOrNone() throws Exception {
    stage(staging(Disk.real()));
    SortedMap<String, String> staged = tree(state);
    SortedMap<String, String> etc = tree(root.resolve("etc"));
    SortedMap<String, String> kept = new TreeMap<>(staged);
    kept.put("transaction/kept-" + ID, kept.remove("transaction/staged-" + ID));
    int whole = 0;
    for (int writes = 0; ; writes++) {
      delete(state);
      Fuse fuse = Fuse.powerCutAfter(writes);
      Staging staging = staging(fuse.disk());
      Throwable cut =
          catchThrowable(
              () -> {
                stage(staging);
                keep(staging);
              });
      SortedMap<String, String> left = tree(state);
      left.keySet().removeIf(file -> file.startsWith(ID + ".new/"));
      assertThat(left).as("cut after %d", writes).isIn(new TreeMap<>(), staged, kept);
      whole += left.isEmpty() ? 0 : 1;
      SortedMap<String, String> now = tree(root.resolve("etc"));
      now.keySet().removeIf(file -> file.endsWith(".airbox"));
      assertThat(now).as("cut after %d", writes).isEqualTo(etc);
      if (cut == null) {
        assertThat(left).isEqualTo(kept);
        assertThat(tree(root.resolve("etc")))
            .containsEntry("netplan/.01-netcfg.yaml.airbox", "# new 1\n")
            .containsEntry("netplan/.20-gone.yaml.airbox", Staging.NOTHING)
            .containsEntry("netplan/.30-new.yaml.airbox", "# new 3\n")
            .doesNotContainKey("netplan/.50-mine.yaml.airbox");
        assertThat(whole).isGreaterThan(8);
        return;
      }
      assertThat(cut).isInstanceOf(Fuse.PowerCut.class);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Test
  void aFullDiskIsMetBeforeAnythingIsDecided() throws Exception {
    SortedMap<String, String> etc = tree(root.resolve("etc"));
    boolean staged = false;
    for (int writes = 0; ; writes++) {
      delete(state);
      Fuse fuse = Fuse.diskFullAfter(writes);
      Staging staging = staging(fuse.disk());
      try {
        stage(staging);
        staged = true;
        staging.draftFiles();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("No space left");
        assertThat(tree(root.resolve("etc"))).as("full after %d", writes).isEqualTo(etc);
        if (Files.exists(state.resolve("transaction"))) {
          assertThat(tree(state)).containsKey("transaction/staged-" + ID);
        } else {
          assertThat(tree(state)).as("full after %d", writes).isEmpty();
        }
        continue;
      }
      assertThat(fuse.isBlown()).isFalse();
      assertThat(staged).isTrue();
      return;
    }
  }

  /** Names last once their folder is synchronized; this is a disk that knows which are not. */
  private static final class Forgetful implements Disk {
    private final Disk real = Disk.real();
    private final Set<Path> unsynced = new HashSet<>();

    private void changed(Path path) {
      unsynced.add(path.normalize().getParent());
    }

    @Override
    public void createFolder(Path folder) throws IOException {
      if (!Files.exists(folder)) {
        changed(folder);
      }
      real.createFolder(folder);
    }

    @Override
    public void create(Path file, byte[] content) throws IOException {
      changed(file);
      real.create(file, content);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      assertThat(unsynced).as("what is moved lasts").noneMatch(path -> path.startsWith(from));
      changed(from);
      changed(to);
      real.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
      real.delete(path);
    }

    @Override
    public void sync(Path folder) throws IOException {
      unsynced.remove(folder.normalize());
      real.sync(folder);
    }
  }

  @Test
  void whatIsAnsweredLasts() throws Exception {
    Files.createDirectories(state);
    Forgetful disk = new Forgetful();
    Staging staging = staging(disk);

    stage(staging);
    assertThat(disk.unsynced).isEmpty();

    staging.draftFiles(); // their names are made to last by the program, which writes them anew if
    // need be
    disk.unsynced.clear();
    staging.commit(ID);
    assertThat(disk.unsynced).isEmpty();
  }

  @Test
  void aChangeThatIsKeptCannotBeKeptTwiceNorTakenBack() throws Exception {
    Staging staging = staging(Disk.real());
    stage(staging);
    assertThat(staging.checkCommit(ID)).isTrue();
    keep(staging);

    assertThat(staging.checkCommit(ID)).isFalse();
    assertThat(staging.isUnderWay(ID)).isTrue();
    assertThat(catchThrowableOfType(StagingException.class, () -> staging.commit(ID)).reason())
        .isEqualTo(StagingException.Reason.REFUSED);
    assertThat(catchThrowableOfType(StagingException.class, () -> staging.check(change())).reason())
        .isEqualTo(StagingException.Reason.BUSY);
  }

  @ParameterizedTest
  @CsvSource({
    "none,NONE",
    "applying,APPLYING",
    "applied,APPLIED",
    "committed,COMMITTED",
    "reverting,REVERTING",
    "reverted,REVERTED",
    "revert-failed,REVERT_FAILED"
  })
  void readsAStatus(String word, State known) throws Exception {
    write("status", word + "\n" + ID + "\nbecause: \u00e4\n");

    assertThat(StagingStatus.read(root.resolve("status")))
        .isEqualTo(new StagingStatus(ID, known, "because: \u00e4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "applied", "applied\n", "better\nid\n\n", "\n\n\n"})
  void aStatusThatIsNoneIsSaid(String text) throws Exception {
    write("status", text);

    assertThat(
            catchThrowableOfType(
                    StagingException.class, () -> StagingStatus.read(root.resolve("status")))
                .reason())
        .isEqualTo(StagingException.Reason.FAILED);
  }

  @Test
  void aStatusThatIsNoTextIsSaid() throws Exception {
    Files.write(root.resolve("status"), new byte[] {'n', 'o', 'n', 'e', '\n', (byte) 0xff, '\n'});

    assertThatThrownBy(() -> StagingStatus.read(root.resolve("status")))
        .isInstanceOf(StagingException.class);
    assertThat(StagingStatus.read(root.resolve("nothing"))).isEqualTo(StagingStatus.NONE);
  }

  @Test
  void aFileThatIsNoTextIsNoChange() {
    assertThatThrownBy(() -> FileChange.of("a.yaml", null, new byte[] {(byte) 0xff}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a.yaml: is not UTF-8");
  }
}
