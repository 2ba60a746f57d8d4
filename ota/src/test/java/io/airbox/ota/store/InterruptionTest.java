package io.airbox.ota.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.airbox.ota.store.Packs.Made;
import io.airbox.ota.store.Packs.Place;
import io.airbox.ota.store.RecordedDisk.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A power cut after each step of each write that an installation makes, with and without what was
 * not synchronized by then. The steps are those that were recorded, not a list of ours.
 */
final class InterruptionTest {
  private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
  private static final Made ONE =
      Packs.pack("emoji", 1, 0, "pack.json", "one", "unet.onnx", "first unet", "l/MIT.txt", "mit");
  private static final Made TWO =
      Packs.pack(
          "emoji", 2, 0, "pack.json", "two", "unet.onnx", "second unet!", "l/MIT.txt", "mit");
  private static final Made THREE =
      Packs.pack("emoji", 3, 0, "pack.json", "three", "unet.onnx", "third unet!!");
  private static final List<Made> ALL = List.of(ONE, TWO, THREE);

  /** So many bytes come before a line breaks: one file, and a part of the next. */
  private static final int BREAK = 9;

  /** What is done after two releases were installed, and then found half done. */
  private interface Deed {
    void on(ModelStore store) throws Exception;
  }

  @TempDir(factory = MemoryFolder.class)
  private Path folder;

  private int count;

  private static ModelStore open(Path models, Disk disk) throws IOException {
    return ModelStore.open(models, disk, Set::of, 100);
  }

  private static void install(ModelStore store, Made pack, Place place) throws Exception {
    Installation it =
        store.begin(pack.envelope(), pack.accepted(), "here", Sacrifice.PREVIOUS, NOW);
    it.fetch(place, (here, all, file) -> {});
    it.beginTrial();
    it.commit();
  }

  /**
   * Downloads with a break in the middle of a file, then to the end.
   *
   * @return how many steps were done when it broke
   */
  private static int installWithBreak(ModelStore store, Made pack, RecordedDisk disk)
      throws Exception {
    Place place = new Place(pack);
    place.failAfter(BREAK);
    Installation it =
        store.begin(pack.envelope(), pack.accepted(), "here", Sacrifice.PREVIOUS, NOW);
    assertThatThrownBy(() -> it.fetch(place, (here, all, file) -> {}))
        .isInstanceOf(IOException.class);
    assertThat(place.given()).isEqualTo(BREAK);
    int broken = disk.steps();
    install(store, pack, place);
    return broken;
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aPowerCutAnywhereLeavesAWorkingPack(Loss loss) throws Exception {
    Path models = Files.createDirectory(folder.resolve("recorded"));
    RecordedDisk disk = new RecordedDisk(models);
    int installed;
    int broken;
    try (ModelStore store = open(models, disk)) {
      install(store, ONE, new Place(ONE));
      installed = disk.steps();
      install(store, TWO, new Place(TWO));
      disk.room(120); // the third fits only where the first was
      broken = installWithBreak(store, THREE, disk);
    }
    assertThat(disk.steps()).isGreaterThan(150);

    for (int steps = 0; steps <= disk.steps(); steps++) {
      Path cut = replay(disk, steps, loss);
      if (steps >= installed) {
        assertThat(answering(cut)).as("cut after %d, before a start", steps).isNotEqualTo("none");
      }
      String before = answering(cut);
      long kept = durable(cut, THREE);
      if (steps >= broken) {
        assertThat(kept).as("kept after %d", steps).isGreaterThanOrEqualTo(BREAK);
      }
      boolean under;
      try (ModelStore store = open(cut, new RecordedDisk(cut))) {
        under = store.underWay().isPresent();
        if (!before.equals("none")) {
          assertThat(answering(cut)).isIn(before, next(before));
        }
        Place place = new Place(ONE, TWO, THREE);
        store.underWay().ifPresent(it -> assertThat(it.trials()).isLessThanOrEqualTo(1));
        for (Made pack : List.of(ONE, TWO)) {
          if (under && store.underWay().orElseThrow().isOf("emoji", edition(pack))) {
            install(store, pack, new Place(pack));
            under = false;
          }
        }
        if (!isCurrent(store, THREE)) {
          install(store, THREE, place);
        }
        if (loss != Loss.NOUGHT) {
          long missing = isInstalledAlready(before) ? 0 : THREE.bytes() - kept;
          assertThat((long) place.given()).as("fetched after %d", steps).isEqualTo(missing);
        }
        assertThat(answering(cut)).isEqualTo("0.3.0");
        assertThat(store.underWay()).isEmpty();
        store.collect();
        assertClean(cut);
      }
      delete(cut);
    }
  }

  private static boolean isInstalledAlready(String answering) {
    return answering.equals("0.3.0");
  }

  private static String next(String version) {
    return version.equals("0.1.0") ? "0.2.0" : "0.3.0";
  }

  private static String edition(Made pack) {
    return pack.release().version() + "-" + pack.accepted().mark().digest().substring(0, 12);
  }

  private static boolean isCurrent(ModelStore store, Made pack) throws IOException {
    return store.packs().stream()
        .map(StoredPack::current)
        .anyMatch(current -> current != null && current.edition().equals(edition(pack)));
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void goingBackAndCallingOffAreInterruptedAsWell(Loss loss) throws Exception {
    List<Deed> deeds =
        List.of(
            store -> store.rollBack("emoji"),
            store -> store.remove("emoji"),
            ModelStore::collect,
            store -> {
              Installation it = fetched(store);
              it.cancel();
            },
            store -> {
              Installation it = fetched(store);
              it.beginTrial();
              it.reject();
            });
    for (int i = 0; i < deeds.size(); i++) {
      Path models = Files.createDirectory(folder.resolve("deed" + i));
      RecordedDisk disk = new RecordedDisk(models);
      int before;
      try (ModelStore store = open(models, disk)) {
        install(store, ONE, new Place(ONE));
        install(store, TWO, new Place(TWO));
        before = disk.steps();
        deeds.get(i).on(store);
      }
      Set<String> possible = new HashSet<>(List.of("0.2.0", answering(models)));
      for (int steps = before; steps <= disk.steps(); steps++) {
        Path cut = replay(disk, steps, loss);
        assertThat(answering(cut)).as("deed %d cut after %d", i, steps).isIn(possible);
        try (ModelStore store = open(cut, new RecordedDisk(cut))) {
          assertThat(answering(cut)).as("deed %d cut after %d", i, steps).isIn(possible);
          if (store.underWay().isPresent()) {
            store.underWay().orElseThrow().cancel();
          }
          install(store, THREE, new Place(THREE));
          store.collect();
          assertClean(cut);
        }
        delete(cut);
      }
    }
  }

  private static Installation fetched(ModelStore store) throws Exception {
    Installation it =
        store.begin(THREE.envelope(), THREE.accepted(), "here", Sacrifice.NOTHING, NOW);
    it.fetch(new Place(THREE), (here, all, file) -> {});
    return it;
  }

  @Test
  void aDiskThatIsFullAnywhereLeavesAWorkingPack() throws Exception {
    boolean fits = false;
    for (int steps = 0; !fits; steps++) {
      Path models = Files.createDirectory(folder.resolve("full" + steps));
      RecordedDisk disk = new RecordedDisk(models);
      try (ModelStore store = open(models, disk)) {
        install(store, ONE, new Place(ONE));
        disk.fullAfter(steps);
        Throwable full = catchThrowable(() -> install(store, TWO, new Place(TWO)));
        assertThat(answering(models)).as("full after %d", steps).isIn("0.1.0", "0.2.0");
        if (full == null) {
          fits = true;
        } else {
          assertThat(full).isInstanceOf(IOException.class).hasMessageContaining("No space left");
        }
        disk.fullAfter(Integer.MAX_VALUE);
        if (full != null) {
          install(store, TWO, new Place(TWO)); // without a start in between
        }
        assertThat(answering(models)).isEqualTo("0.2.0");
      }
      try (ModelStore store = open(models, Disk.real())) {
        store.collect();
        assertClean(models);
      }
    }
  }

  @Test
  void aReleaseThatStopsTheBoxIsTakenBackByItself() throws Exception {
    Path models = Files.createDirectory(folder.resolve("stops"));
    try (ModelStore store = open(models, Disk.real())) {
      install(store, ONE, new Place(ONE));
      fetched(store);
    }
    for (int start = 1; start <= ModelStore.MOST_TRIALS; start++) {
      try (ModelStore store = open(models, Disk.real())) {
        Installation it = store.underWay().orElseThrow();
        assertThat(it.isFetched()).isTrue();
        assertThat(it.trials()).isEqualTo(start - 1);
        it.beginTrial(); // and the box stops
      }
    }

    try (ModelStore store = open(models, Disk.real())) {
      assertThat(store.underWay()).isEmpty();
      assertThat(store.notes())
          .containsExactly(
              "emoji 0.3.0 was taken back: this box stopped 3 times while it was tried");
      assertThat(store.ended())
          .containsExactly(
              new ModelStore.Ended(
                  "emoji",
                  "0.3.0",
                  "here",
                  ModelStore.Ending.REJECTED,
                  "this box stopped 3 times while it was tried"));
      assertThat(answering(models)).isEqualTo("0.1.0");
      assertThat(store.taken("emoji").orElseThrow().counter()).isEqualTo(1);
      assertClean(models);
    }
  }

  // ---- what is there

  private Path replay(RecordedDisk disk, int steps, Loss loss) throws IOException {
    Path cut = Files.createDirectory(folder.resolve("cut" + count++));
    disk.replay(steps, loss, cut);
    return cut;
  }

  private static String answering(Path models) throws IOException {
    return Packs.answering(models, "emoji", ALL);
  }

  /** Bytes of a pack's files that are in a store, whole or in part. */
  private static long durable(Path models, Made pack) throws IOException {
    Map<String, Long> here = new HashMap<>();
    for (String kind : List.of("parts", "blobs")) {
      Path of = models.resolve(".store").resolve(kind);
      for (Path each : StoreFiles.list(of)) {
        here.merge(each.getFileName().toString(), Files.size(each), Math::max);
      }
    }
    return Blobs.distinct(pack.release()).stream()
        .mapToLong(file -> here.getOrDefault(file.sha256(), 0L))
        .sum();
  }

  /** Nothing is there that the slots do not need. */
  private static void assertClean(Path models) throws IOException {
    StoreFiles files = new StoreFiles(models, Disk.real());
    Set<String> blobs = new HashSet<>();
    Set<String> names = new HashSet<>(Set.of("slots.json"));
    for (StoredPack pack : ModelStore.look(models)) {
      for (Installed each : Stream.of(pack.current(), pack.previous()).toList()) {
        if (each != null) {
          names.add(files.release(pack.name(), each.edition()).getFileName().toString());
        }
        if (each != null && each.present()) {
          names.add(each.edition());
          files
              .signedText(pack.name(), each.edition())
              .files()
              .forEach(file -> blobs.add(file.sha256()));
        }
      }
    }
    assertThat(names(files.blobs())).isEqualTo(blobs);
    assertThat(names(files.parts())).isEmpty();
    assertThat(names(files.root())).isEqualTo(Set.of("blobs", "lock", "packs", "parts"));
    if (Files.exists(files.pack("emoji"))) {
      assertThat(names(files.pack("emoji"))).isEqualTo(names);
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new HashSet<>();
    StoreFiles.list(folder).forEach(each -> names.add(each.getFileName().toString()));
    return names;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
