package io.airbox.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Packs;
import io.airbox.ota.store.Packs.Made;
import io.airbox.ota.store.Packs.Place;
import io.airbox.ota.store.Part;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.store.StoredPack;
import io.airbox.ota.update.Trial.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release on its way from a check to an end, whatever that is. */
final class StoreUpdatesTest {
  private static final Made ONE = Packs.pack("emoji", 1, 0, "pack.json", "one", "u.onnx", "first");
  private static final Made TWO = Packs.pack("emoji", 2, 0, "pack.json", "two", "u.onnx", "second");
  private static final Made OTHER = Packs.pack("faces", 1, 0, "pack.json", "faces");

  @TempDir private Path folder;
  private Path models;
  private ModelStore store;
  private StoreUpdates updates;
  private final Diary diary = new Diary();
  private final CountDownLatch reached = new CountDownLatch(1);

  private Verdict verdict = new Verdict.Passed();
  private boolean engine = true;
  private boolean hangs;

  private final class TestTrial implements Trial {
    @Override
    public Attempt prepare(Release release, Path pack) throws IOException {
      if (!engine) {
        throw new IOException("the engine does not start");
      }
      assertThat(pack.resolve("pack.json")).exists();
      return new Attempt() {
        @Override
        public Verdict run() throws InterruptedException {
          if (hangs) {
            reached.countDown();
            new CountDownLatch(1).await();
          }
          return verdict;
        }

        @Override
        public void close() {}
      };
    }
  }

  @BeforeEach
  void open() throws IOException {
    models = folder.resolve("models");
    Files.createDirectories(models);
    reopen();
  }

  private void reopen() throws IOException {
    if (store != null) {
      store.close();
    }
    store = ModelStore.open(models, Disk.real(), Set::of, 100);
    updates =
        new StoreUpdates(
            store,
            Acme.box(),
            (place, release) ->
                place.equals("stick") ? Optional.of(new Place(ONE, TWO)) : Optional.empty(),
            new TestTrial(),
            diary,
            InstantSource.fixed(Acme.NOW));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Update begin(Made pack) throws IOException {
    return updates.begin(Acme.signed(pack), new Place(pack), Sacrifice.NOTHING);
  }

  private Outcome install(Made pack) throws Exception {
    Update update = begin(pack);
    update.fetch((here, all, file) -> {});
    return update.activate();
  }

  private String answering() throws IOException {
    return Packs.answering(models, "emoji", List.of(ONE, TWO));
  }

  private static UpdateException refusal(ThrowingStep step) {
    UpdateException refusal = catchThrowableOfType(UpdateException.class, step::run);
    assertThat(refusal).isNotNull();
    return refusal;
  }

  private interface ThrowingStep {
    void run() throws Exception;
  }

  @Test
  void whatPassesItsTrialAnswersAndWhatDidIsPrevious() throws Exception {
    install(ONE);

    Outcome outcome = install(TWO);

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    assertThat(answering()).isEqualTo("0.2.0");
    StoredPack pack = updates.packs().get(0);
    assertThat(pack.current().version()).isEqualTo("0.2.0");
    assertThat(pack.previous().version()).isEqualTo("0.1.0");
    assertThat(updates.underWay()).isEmpty();
    assertThat(diary.lines())
        .endsWith("begun 0.2.0", "fetches 0.2.0", "tried 0.2.0", "committed 0.2.0");
  }

  @Test
  void whatFailsItsTrialIsTakenBackWithWords() throws Exception {
    install(ONE);
    verdict = new Verdict.Failed("its picture is grey");

    Outcome outcome = install(TWO);

    assertThat(outcome).isEqualTo(new Outcome.TakenBack("emoji", "0.2.0", "its picture is grey"));
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(updates.underWay()).isEmpty();
    assertThat(models.resolve(".store/blobs")).isDirectoryNotContaining(this::isOfTwo);
    assertThat(diary.lines()).endsWith("tried 0.2.0", "taken back 0.2.0: its picture is grey");
  }

  private boolean isOfTwo(Path blob) {
    return TWO.release().files().stream().anyMatch(file -> blob.endsWith(file.sha256()));
  }

  @Test
  void theVeryReleaseThatAnswersIsNothingToDo() throws Exception {
    install(ONE);
    int lines = diary.lines().size();

    assertThat(install(ONE)).isInstanceOf(Outcome.Committed.class);

    assertThat(diary.lines()).hasSize(lines);
    assertThat(updates.packs().get(0).previous()).isNull();
  }

  @Test
  void whatNobodySignedIsNotBegun() throws Exception {
    byte[] other = ONE.envelope().signedBy(SigningKey.generate()).json();

    UpdateException refusal =
        refusal(() -> updates.begin(other, new Place(ONE), Sacrifice.NOTHING));

    assertThat(refusal.reason()).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(updates.underWay()).isEmpty();
    assertThat(diary.lines()).isEmpty();
  }

  @Test
  void oneAtATime() throws Exception {
    Update one = begin(ONE);

    assertThat(refusal(() -> begin(OTHER)).reason()).isEqualTo(Reason.BUSY);
    assertThat(begin(ONE)).isSameAs(one);
    assertThat(updates.underWay()).containsSame(one);
  }

  @Test
  void wrongContentGoesAndEndsIt() throws Exception {
    Place place = new Place(ONE);
    place.change("u.onnx", "firsT");
    Update update = updates.begin(Acme.signed(ONE), place, Sacrifice.NOTHING);

    assertThat(refusal(() -> update.fetch((here, all, file) -> {})).reason())
        .isEqualTo(Reason.WRONG_CONTENT);

    assertThat(updates.underWay()).isEmpty();
    assertThat(models.resolve(".store/blobs")).isEmptyDirectory();
    assertThat(diary.lines()).endsWith("refused 0.1.0: WRONG_CONTENT");
  }

  @Test
  void aLineThatBreaksLeavesItUnderWay() throws Exception {
    Place place = new Place(ONE);
    place.failAfter(4);
    Update update = updates.begin(Acme.signed(ONE), place, Sacrifice.NOTHING);
    assertThatThrownBy(() -> update.fetch((here, all, file) -> {})).isInstanceOf(IOException.class);

    update.fetch((here, all, file) -> {});

    assertThat(update.isFetched()).isTrue();
    assertThat(place.given()).isEqualTo(ONE.bytes());
  }

  @Test
  void afterARestartThePlaceAloneDoes() throws Exception {
    updates.begin(Acme.signed(ONE), "stick", Sacrifice.NOTHING);
    reopen();

    Update update = updates.underWay().orElseThrow();
    assertThat(update.place()).isEqualTo("https://packs.example/");
    assertThatThrownBy(() -> update.fetch((here, all, file) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("waits until https://packs.example/ offers it again");

    assertThat(begin(ONE)).isSameAs(update);
    update.fetch((here, all, file) -> {});
    assertThat(update.activate()).isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void anEngineThatIsNotThereSaysNothingAboutThePack() throws Exception {
    Update update = begin(ONE);
    update.fetch((here, all, file) -> {});
    engine = false;
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(update::activate).hasMessage("the engine does not start");
    }

    engine = true;

    assertThat(update.activate()).isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void aTrialThatNeverEndsIsNotBegunForEver() throws Exception {
    Update update = begin(ONE);
    update.fetch((here, all, file) -> {});
    for (int i = 0; i < ModelStore.MOST_TRIALS; i++) {
      store.underWay().orElseThrow().beginTrial();
    }

    assertThat(update.activate())
        .isEqualTo(
            new Outcome.TakenBack(
                "emoji", "0.1.0", "its trial was begun 3 times and never came to an end"));
  }

  @Test
  void aTrialIsCalledOffFromElsewhere() throws Exception {
    install(ONE);
    Update update = begin(TWO);
    update.fetch((here, all, file) -> {});
    hangs = true;
    FutureTask<UpdateException> trying = new FutureTask<>(() -> refusal(update::activate));
    new Thread(trying).start();
    reached.await();

    update.cancel();

    assertThat(trying.get().reason()).isEqualTo(Reason.CANCELLED);
    assertThat(updates.underWay()).isEmpty();
    assertThat(answering()).isEqualTo("0.1.0");
    assertThat(diary.lines()).endsWith("called off 0.2.0");
    assertThat(refusal(update::cancel).reason()).isEqualTo(Reason.NOT_THERE);
  }

  @Test
  void aFetchIsCalledOffFromElsewhereAndGoneOnWithLater() throws Exception {
    FileSource slow =
        new FileSource() {
          @Override
          public String place() {
            return "slow";
          }

          @Override
          public void bring(ReleaseFile file, Part part) throws IOException, InterruptedException {
            part.append(new byte[] {'o'}, 0, 1);
            reached.countDown();
            new CountDownLatch(1).await();
          }
        };
    Update update = updates.begin(Acme.signed(ONE), slow, Sacrifice.NOTHING);
    FutureTask<UpdateException> fetching =
        new FutureTask<>(() -> refusal(() -> update.fetch((here, all, file) -> {})));
    new Thread(fetching).start();
    reached.await();

    update.cancel();

    assertThat(fetching.get().reason()).isEqualTo(Reason.CANCELLED);
    Place place = new Place(ONE);
    Update again = updates.begin(Acme.signed(ONE), place, Sacrifice.NOTHING);
    again.fetch((here, all, file) -> {});
    assertThat(place.given()).isEqualTo(ONE.bytes() - 1);
  }
}
