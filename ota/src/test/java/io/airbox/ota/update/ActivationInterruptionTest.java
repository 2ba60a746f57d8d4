package io.airbox.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.ota.release.Release;
import io.airbox.ota.store.MemoryFolder;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Packs;
import io.airbox.ota.store.Packs.Made;
import io.airbox.ota.store.Packs.Place;
import io.airbox.ota.store.RecordedDisk;
import io.airbox.ota.store.RecordedDisk.Loss;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.update.Trial.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A power cut after each recorded step of two updates, from the first look to the end: one that
 * passes its trial, and one that fails it. Nothing ever answers that was not proven.
 */
final class ActivationInterruptionTest {
  private static final Made ONE =
      Packs.pack("emoji", 1, 0, "pack.json", "one", "unet.onnx", "first unet");
  private static final Made TWO =
      Packs.pack("emoji", 2, 0, "pack.json", "two", "unet.onnx", "second unet!");
  private static final Made BAD =
      Packs.pack("emoji", 3, 0, "pack.json", "three", "unet.onnx", "not a number");
  private static final List<Made> ALL = List.of(ONE, TWO, BAD);

  @TempDir(factory = MemoryFolder.class)
  private Path folder;

  /** Steps of the disk when the second release had passed. */
  private int passed;

  private RecordedDisk disk;

  private final class Probe implements Trial {
    @Override
    public Attempt prepare(Release release, Path pack) {
      return new Attempt() {
        @Override
        public Verdict run() {
          if (release.equals(TWO.release()) && passed == 0) {
            passed = disk.steps();
          }
          return release.equals(BAD.release())
              ? new Verdict.Failed("its picture is not a number")
              : new Verdict.Passed();
        }

        @Override
        public void close() {}
      };
    }
  }

  private StoreUpdates updates(ModelStore store) {
    return new StoreUpdates(
        store,
        Acme.box(),
        (place, release) -> Optional.of(new Place(made(release))),
        new Probe(),
        new Diary(),
        InstantSource.fixed(Acme.NOW));
  }

  private static Made made(Release release) {
    return ALL.stream().filter(each -> each.release().equals(release)).findFirst().orElseThrow();
  }

  private static Outcome install(StoreUpdates updates, Made pack) throws Exception {
    return finish(updates.begin(Acme.signed(pack), new Place(pack), Sacrifice.NOTHING));
  }

  private static Outcome finish(Update update) throws Exception {
    update.fetch((here, all, file) -> {});
    return update.activate();
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aPowerCutAnywhereLeavesAProvenPackAndTheRestEndsByItself(Loss loss) throws Exception {
    Path models = Files.createDirectory(folder.resolve("recorded"));
    disk = new RecordedDisk(models);
    int first;
    try (ModelStore store = ModelStore.open(models, disk, Set::of, 100)) {
      StoreUpdates updates = updates(store);
      install(updates, ONE);
      first = disk.steps();
      assertThat(install(updates, TWO)).isInstanceOf(Outcome.Committed.class);
      assertThat(install(updates, BAD)).isInstanceOf(Outcome.TakenBack.class);
    }
    assertThat(disk.steps() - first).isGreaterThan(60);

    for (int steps = first; steps <= disk.steps(); steps++) {
      Path cut = Files.createDirectory(folder.resolve("cut" + steps));
      disk.replay(steps, loss, cut);
      String before = answering(cut);
      assertThat(before)
          .as("cut after %d", steps)
          .isIn("0.1.0", steps < passed ? "0.1.0" : "0.2.0");
      try (ModelStore store = ModelStore.open(cut, new RecordedDisk(cut), Set::of, 100)) {
        StoreUpdates updates = updates(store);
        assertThat(answering(cut)).isIn(before, steps < passed ? before : "0.2.0");
        Optional<Update> left = updates.underWay();
        if (left.isPresent()) {
          Outcome outcome = finish(left.get());
          assertThat(outcome.getClass())
              .as("cut after %d, %s", steps, outcome)
              .isEqualTo(
                  outcome.version().equals("0.3.0")
                      ? Outcome.TakenBack.class
                      : Outcome.Committed.class);
        }
        if (!answering(cut).equals("0.2.0")) {
          assertThat(install(updates, TWO)).isInstanceOf(Outcome.Committed.class);
        }
        assertThat(answering(cut)).isEqualTo("0.2.0");
        assertThat(updates.underWay()).isEmpty();
      }
      delete(cut);
    }
  }

  private static String answering(Path models) throws IOException {
    return Packs.answering(models, "emoji", ALL);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
