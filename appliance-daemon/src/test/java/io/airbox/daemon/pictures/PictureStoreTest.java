package io.airbox.daemon.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureStoreTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final PictureStoreException.Reason FULL = PictureStoreException.Reason.DISK_FULL;

  @TempDir Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  private PictureStore open() {
    return open(Retention.DEFAULT);
  }

  private PictureStore open(Retention retention) {
    return PictureStore.open(data.resolve("history"), retention, now::get);
  }

  private Path day() {
    return data.resolve("history/2026-11-23");
  }

  private static GeneratedPicture picture(int size, @Nullable Double strength) {
    byte[] noise = new byte[size * size * 3];
    new Random(size).nextBytes(noise);
    return new GeneratedPicture(
        new RgbImage(size, size, noise),
        new GenerationSettings(
            "probe",
            "1.0",
            "quality",
            "a \"red\" apple\n苹果",
            "blurry",
            size,
            size,
            20,
            3.5,
            SamplerKind.EULER_ANCESTRAL,
            Spacing.KARRAS,
            4294967294L,
            NoiseKind.PHILOX,
            1,
            strength),
        "onnx",
        "00ff",
        List.of("steps clamped"),
        new GeneratedPicture.Timings(1, 2, 3, 800_000_000, 5, 20));
  }

  private static void save(PictureStore store, String id) {
    store.save(id, id.substring(0, id.indexOf('-')), "owner", picture(16, null), Optional.empty());
  }

  private List<String> filesOnDisk() throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("history"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void whatWasSavedIsThereAfterAnotherStart() throws IOException {
    GeneratedPicture picture = picture(16, 0.6);
    open().save("01k-0", "01k", "owner", picture, Optional.empty());
    PictureStore store = open();
    StoredPicture stored = store.find("01k-0").orElseThrow();
    assertThat(stored)
        .returns(picture.settings(), StoredPicture::settings)
        .returns("owner", StoredPicture::owner)
        .returns("01k", StoredPicture::job)
        .returns(START, StoredPicture::created)
        .returns(0.8, StoredPicture::seconds)
        .returns(List.of("steps clamped"), StoredPicture::warnings);
    byte[] png = store.png("01k-0").orElseThrow();
    assertThat(stored.bytes()).isEqualTo(png.length);
    assertThat(Png.texts(png).get(Infotext.KEYWORD))
        .contains("a \"red\" apple")
        .doesNotContain("owner");
    assertThat(store.file("01k-0")).contains(day().resolve("01k-0.png"));
    assertThat(store.findings()).isEmpty();
    assertThat(filesOnDisk()).containsExactly("01k-0.json", "01k-0.png");
  }

  @Test
  void whoeverOwnsSomeSeesTheseOnlyAlsoAfterAnotherStart() {
    PictureStore before = open();
    for (String id : List.of("01a-0", "01b-0", "01c-0", "01d-0")) {
      String owner = id.compareTo("01c") < 0 ? "alice" : "bob";
      before.save(id, id.substring(0, 3), owner, picture(16, null), Optional.empty());
    }
    for (PictureStore store : List.of(before, open())) {
      Gallery alices = store.of("alice"::equals);

      assertThat(alices.list(1, null)).extracting(StoredPicture::id).containsExactly("01b-0");
      assertThat(alices.list(9, "01b-0")).extracting(StoredPicture::id).containsExactly("01a-0");
      assertThat(alices.size().pictures()).isEqualTo(2);
      assertThat(alices.size().bytes() + store.of("bob"::equals).size().bytes())
          .isEqualTo(store.bytes());
      assertThat(alices.find("01a-0")).isPresent();
      assertThat(alices.find("01c-0")).isEmpty();
      assertThat(alices.file("01c-0")).isEmpty();
      assertThat(alices.delete("01c-0")).isFalse();
      assertThat(alices.find("../x")).isEmpty();
      assertThat(store.size().pictures()).isEqualTo(4);
    }
    assertThat(open().of("alice"::equals).delete("01a-0")).isTrue();
    assertThat(open().count()).isEqualTo(3);
  }

  @Test
  void whoseAPictureIsCanBeToldAtOnceWhenItWasMadeOrAskedForInThisRun() {
    PictureStore before = open();
    before.save("01a-0", "01a", "alice", picture(16, null), Optional.empty());
    assertThat(before.of("alice"::equals).fileNow("01a-0")).contains(day().resolve("01a-0.png"));
    assertThat(before.of("bob"::equals).fileNow("01a-0")).isEmpty();
    assertThat(before.fileNow("01a-0")).contains(day().resolve("01a-0.png"));
    assertThat(before.fileNow("../x")).isEmpty();

    Gallery after = open().of("alice"::equals);
    assertThat(after.fileNow("01a-0")).isEmpty();
    assertThat(after.file("01a-0")).isPresent();
    assertThat(after.fileNow("01a-0")).isPresent();
    assertThat(after.delete("01a-0")).isTrue();
    assertThat(after.fileNow("01a-0")).isEmpty();
  }

  @Test
  void listsNewestFirstPageByPageEvenPastAPictureThatIsGone() {
    PictureStore store = open();
    for (String id : List.of("01a-0", "01a-1", "01a-10", "01b-0", "01c-0")) {
      save(store, id);
    }
    assertThat(store.list(2, null)).extracting(StoredPicture::id).containsExactly("01c-0", "01b-0");
    assertThat(store.delete("01b-0")).isTrue();
    assertThat(store.delete("01b-0")).isFalse();
    assertThat(store.list(50, "01b-0"))
        .extracting(StoredPicture::id)
        .containsExactly("01a-10", "01a-1", "01a-0");
    assertThat(store.find("01b-0")).isEmpty();
    assertThat(store.png("01b-0")).isEmpty();
    assertThatThrownBy(() -> store.list(0, null)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.list(1, "../x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anIdIsNeverAPath() {
    PictureStore store = open();
    assertThatThrownBy(() -> save(store, "../../etc/passwd-0"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.file("../lock-0")).isEmpty();
    assertThat(store.delete("../lock-0")).isFalse();
  }

  @Test
  void theOldestGoWhenThereAreTooManyOrTheyAreTooOld() throws IOException {
    PictureStore store = open();
    save(store, "01a-0");
    long one = store.bytes();
    PictureStore small = open(new Retention(Duration.ofDays(7), one * 2 + one / 2));
    save(small, "01b-0");
    save(small, "01c-0");
    assertThat(small.list(9, null)).extracting(StoredPicture::id).containsExactly("01c-0", "01b-0");
    assertThat(small.bytes()).isEqualTo(2 * one);
    now.set(START.plus(Duration.ofDays(8)));
    assertThat(open().count()).isZero();
    assertThat(filesOnDisk()).isEmpty();
    assertThat(day()).doesNotExist();
  }

  @Test
  void thePictureJustMadeIsKeptHoweverLarge() {
    PictureStore store = open(new Retention(Duration.ofDays(7), 10));
    save(store, "01a-0");
    save(store, "01b-0");
    assertThat(store.list(9, null)).extracting(StoredPicture::id).containsExactly("01b-0");
  }

  @Test
  void startsWithWhateverACrashOrAPersonLeft() throws IOException {
    PictureStore before = open();
    for (String id : List.of("01a-0", "01b-0", "01c-0", "01d-0", "01e-0")) {
      save(before, id);
    }
    Files.write(day().resolve("01f-0.png.tmp"), new byte[5]);
    Files.delete(day().resolve("01a-0.json"));
    Files.delete(day().resolve("01b-0.png"));
    Files.write(day().resolve("01c-0.png"), new byte[0]);
    Files.writeString(day().resolve("01d-0.json"), "{\"version\": 1, \"id\"");
    Files.writeString(day().resolve("holiday.png"), "mine");
    Files.createDirectory(data.resolve("history/holidays"));
    PictureStore store = open();
    assertThat(store.list(9, null)).extracting(StoredPicture::id).containsExactly("01e-0");
    assertThat(store.findings())
        .hasSize(6)
        .anyMatch(finding -> finding.endsWith("01f-0.png.tmp is half written; removed"))
        .anyMatch(finding -> finding.contains("01a-0.png was being saved or deleted"))
        .anyMatch(finding -> finding.contains("01b-0.json has no picture beside it"))
        .anyMatch(finding -> finding.contains("01c-0.png is empty"))
        .anyMatch(finding -> finding.contains("holiday.png is not part of the gallery"))
        .anyMatch(finding -> finding.contains("holidays is not part of the gallery"));
    assertThat(filesOnDisk()).contains("holiday.png").doesNotContain("01a-0.png", "01f-0.png.tmp");
  }

  /** Every write to /dev/full fails with the kernel's own ENOSPC, for any user. */
  @Test
  void aFullDiskIsSaidWithFolderAndFreeSpaceAndLeavesNothing() throws IOException {
    PictureStore store = open();
    Files.createDirectories(day());
    for (String ending : List.of(".png.tmp", ".json.tmp")) {
      Files.createSymbolicLink(day().resolve("01a-0" + ending), Path.of("/dev/full"));
      assertThat(catchThrowableOfType(PictureStoreException.class, () -> save(store, "01a-0")))
          .returns(FULL, PictureStoreException::reason)
          .hasMessageContaining("the file system of " + data.resolve("history") + " is full")
          .hasMessageContaining("bytes free");
      assertThat(filesOnDisk()).isEmpty();
      assertThat(day()).isEmptyDirectory();
    }
    assertThat(store.count()).isZero();
    save(store, "01a-0");
    assertThat(store.count()).isEqualTo(1);
  }

  @Test
  void anInterruptedThreadStillKeepsItsPictureAndStaysInterrupted() {
    PictureStore store = open();
    Thread.currentThread().interrupt();
    try {
      save(store, "01a-0");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.find("01a-0")).isPresent();
  }
}
