package io.airbox.ota.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.store.Packs.Made;
import io.airbox.ota.store.Packs.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelStoreTest {
  private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
  private static final Made ONE =
      Packs.pack("emoji", 1, 0, "pack.json", "one", "unet.onnx", "0123456789", "l/MIT.txt", "mit");
  private static final Made TWO =
      Packs.pack("emoji", 2, 0, "pack.json", "two", "unet.onnx", "9876543210", "l/MIT.txt", "mit");
  private static final Made THREE =
      Packs.pack("emoji", 3, 0, "pack.json", "3", "unet.onnx", "third.....", "l/MIT.txt", "mit");
  private static final Made OTHER =
      Packs.pack("faces", 1, 0, "pack.json", "faces", "net.onnx", "0123456789", "t.json", "mit");

  @TempDir private Path models;
  private final Set<Path> running = new HashSet<>();
  private RecordedDisk disk;
  private ModelStore store;

  @BeforeEach
  void open() throws IOException {
    disk = new RecordedDisk(models);
    store = ModelStore.open(models, disk, () -> running, 100);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Installation begin(Made pack, Sacrifice allowed) throws IOException {
    return store.begin(pack.envelope(), pack.accepted(), "https://packs.example/", allowed, NOW);
  }

  private int install(Made pack, Sacrifice allowed) throws Exception {
    Place place = new Place(pack);
    Installation it = begin(pack, allowed);
    it.fetch(place, (here, all, file) -> {});
    it.beginTrial();
    it.commit();
    return place.given();
  }

  private StoredPack emoji() throws IOException {
    return store.packs().get(0);
  }

  private static void refused(Reason reason, ThrowingCallable call, String saying) {
    UpdateException e = catchThrowableOfType(UpdateException.class, call);
    assertThat(e).hasMessageContaining(saying);
    assertThat(e.reason()).isEqualTo(reason);
  }

  private List<String> tree() throws IOException {
    List<String> tree = new ArrayList<>();
    try (Stream<Path> all = Files.walk(models)) {
      for (Path each : all.sorted().toList()) {
        tree.add(each + " " + (Files.isRegularFile(each) ? Files.readString(each) : ""));
      }
    }
    return tree;
  }

  @Test
  void aPackIsAFolderThatTheLinkLeadsTo() throws Exception {
    install(ONE, Sacrifice.NOTHING);

    Path folder = models.resolve("emoji").toRealPath();
    assertThat(Files.readString(folder.resolve("l/MIT.txt"))).isEqualTo("mit");
    assertThat(Files.getPosixFilePermissions(folder.resolve("unet.onnx")))
        .isEqualTo(PosixFilePermissions.fromString("r--r--r--"));
    assertThat(emoji().current())
        .isEqualTo(
            new Installed(
                folder.getFileName().toString(),
                "0.1.0",
                1,
                "acme",
                ONE.bytes(),
                "https://packs.example/",
                NOW.toString(),
                true));
    assertThat(emoji().previous()).isNull();
    assertThat(store.taken("emoji")).contains(ONE.accepted().mark());
  }

  @Test
  void filesAreSharedAndNotFetchedAgain() throws Exception {
    assertThat((long) install(ONE, Sacrifice.NOTHING)).isEqualTo(ONE.bytes());
    assertThat(install(TWO, Sacrifice.NOTHING)).isEqualTo("two9876543210".length());
    assertThat(install(OTHER, Sacrifice.NOTHING)).isEqualTo("faces".length());
    assertThat(
            Files.isSameFile(
                models.resolve("faces/net.onnx"),
                models
                    .resolve(".store/packs/emoji")
                    .resolve(emoji().previous().edition())
                    .resolve("unet.onnx")))
        .isTrue();
  }

  @Test
  void theOldOneAnswersUntilTheNewOneIsProven() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    Installation it = begin(TWO, Sacrifice.NOTHING);
    assertThat(it.isFetched()).isFalse();
    assertThatThrownBy(it::beginTrial).isInstanceOf(IllegalStateException.class);
    List<String> told = new ArrayList<>();
    it.fetch(new Place(TWO), (here, all, file) -> told.add(here + "/" + all));
    it.beginTrial();

    assertThat(told).containsExactly("3/16", "7/16", "11/16", "13/16", "16/16");
    assertThat(Files.readString(it.folder().resolve("pack.json"))).isEqualTo("two");
    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("one");

    it.reject();

    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("one");
    assertThat(Files.exists(it.folder())).isFalse();
    assertThat(store.taken("emoji")).contains(ONE.accepted().mark());
    refused(Reason.NOT_THERE, it::commit, "not being installed any more");
  }

  @Test
  void onlyThePreviousOneIsKept() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    install(TWO, Sacrifice.NOTHING);
    Path first = models.resolve(".store/packs/emoji").resolve(emoji().previous().edition());
    running.add(first);
    install(THREE, Sacrifice.NOTHING);

    assertThat(Files.readString(first.resolve("pack.json"))).isEqualTo("one"); // it runs still
    running.clear();
    assertThat(store.collect()).isEqualTo("one0123456789".length());
    assertThat(Files.exists(first)).isFalse();
    assertThat(store.collect()).isZero();
  }

  @Test
  void rollsBackAndForth() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    refused(Reason.NOT_THERE, () -> store.rollBack("emoji"), "no previous release of emoji");
    install(TWO, Sacrifice.NOTHING);

    assertThat(store.rollBack("emoji").version()).isEqualTo("0.1.0");
    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("one");
    assertThat(store.taken("emoji").orElseThrow().counter()).isEqualTo(2);
    assertThat(install(TWO, Sacrifice.NOTHING)).isZero();
    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("two");
    assertThat(emoji().previous().version()).isEqualTo("0.1.0");
  }

  @Test
  void aRemovedPackIsGoneButItsNumberIsRemembered() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    running.add(models.resolve("emoji"));
    refused(Reason.BUSY, () -> store.remove("emoji"), "is loaded");
    running.clear();
    store.remove("emoji");

    assertThat(store.packs()).isEmpty();
    assertThat(models.resolve("emoji")).doesNotExist();
    assertThat(models.resolve(".store/blobs")).isEmptyDirectory();
    assertThat(store.taken("emoji")).contains(ONE.accepted().mark());
    refused(Reason.NOT_THERE, () -> store.remove("emoji"), "no pack emoji");
  }

  @Test
  void roomIsAskedForBeforeAnythingIsWritten() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    install(TWO, Sacrifice.NOTHING);
    List<String> before = tree();

    disk.room(100 + 10); // 11 are needed, and the previous one would give 13
    refused(
        Reason.NO_ROOM,
        () -> begin(THREE, Sacrifice.NOTHING),
        "emoji 0.3.0 needs 111 bytes beside what is there, "
            + models
            + " has 110 free; with the files of the previous release given up, which would free 13,"
            + " it fits. They could be fetched again from https://packs.example/");
    disk.room(100 - 3); // the previous one does not do
    refused(Reason.NO_ROOM, () -> begin(THREE, Sacrifice.PREVIOUS), "the present release given up");
    disk.room(0);
    refused(Reason.NO_ROOM, () -> begin(THREE, Sacrifice.CURRENT), "make room, or name a folder");
    Made greedy = Packs.pack("emoji", 4, 5000, "pack.json", "4");
    disk.room(5000);
    refused(Reason.NO_ROOM, () -> begin(greedy, Sacrifice.NOTHING), "needs 5100 bytes");

    assertThat(tree()).isEqualTo(before);
    assertThat(store.underWay()).isEmpty();
  }

  @Test
  void whatIsGivenUpCanBeFetchedAgain() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    install(TWO, Sacrifice.NOTHING);
    disk.room(97);
    install(THREE, Sacrifice.CURRENT); // with the files of both gone

    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("3");
    assertThat(emoji().previous().version()).isEqualTo("0.2.0");
    assertThat(emoji().previous().present()).isFalse();
    refused(
        Reason.NOT_THERE,
        () -> store.rollBack("emoji"),
        "came from https://packs.example/ and have to be fetched again");

    disk.room(1000);
    Installation it = store.beginReturn("emoji", "a stick", Sacrifice.NOTHING);
    it.fetch(new Place(TWO), (here, all, file) -> {});
    it.commit();

    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("two");
    assertThat(emoji().previous().version()).isEqualTo("0.3.0");
    assertThat(store.taken("emoji").orElseThrow().counter()).isEqualTo(3);
  }

  @Test
  void whatWasCalledOffIsNotFetchedAgain() throws Exception {
    Installation it = begin(ONE, Sacrifice.NOTHING);
    Place place = new Place(ONE);
    place.failAfter(8);
    assertThatThrownBy(() -> it.fetch(place, (here, all, file) -> {}))
        .hasMessage("connection reset");
    refused(Reason.BUSY, () -> begin(OTHER, Sacrifice.NOTHING), "emoji 0.1.0 is being installed");
    assertThat(begin(ONE, Sacrifice.NOTHING)).isSameAs(it);
    it.cancel();
    install(OTHER, Sacrifice.NOTHING);

    assertThat((long) install(ONE, Sacrifice.NOTHING)).isLessThanOrEqualTo(ONE.bytes() - 8);
  }

  @Test
  void whatIsNotWhatWasSignedIsRefused() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    Installation it = begin(TWO, Sacrifice.NOTHING);
    Place place = new Place(TWO);

    place.change("unet.onnx", "9876543211");
    refused(
        Reason.WRONG_CONTENT,
        () -> it.fetch(place, (here, all, file) -> {}),
        "unet.onnx from https://packs.example/ is not what was signed: its SHA-256 is "
            + Packs.sha256("9876543211".getBytes(StandardCharsets.UTF_8)));
    place.change("unet.onnx", "98765432109");
    refused(
        Reason.WRONG_CONTENT,
        () -> it.fetch(place, (here, all, file) -> {}),
        "unet.onnx is longer than the 10 bytes that were signed");
    it.cancel();
    Installation again = begin(TWO, Sacrifice.NOTHING);
    place.change("unet.onnx", "987");
    refused(
        Reason.WRONG_CONTENT,
        () -> again.fetch(place, (here, all, file) -> {}),
        "has 8 bytes of unet.onnx, signed are 10");

    place.change("unet.onnx", "9876543210"); // those that came are gone on from
    again.fetch(place, (here, all, file) -> {});
    assertThat(Files.readString(again.folder().resolve("unet.onnx"))).isEqualTo("9876543210");
    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("one");
  }

  @Test
  void aBeginningThatIsNoneIsStartedOver() throws Exception {
    Installation it = begin(ONE, Sacrifice.NOTHING);
    Files.writeString(models.resolve(".store/parts").resolve(shaOf(ONE, "unet.onnx")), "XXXX");

    it.fetch(new Place(ONE), (here, all, file) -> {});

    assertThat(Files.readString(it.folder().resolve("unet.onnx"))).isEqualTo("0123456789");
  }

  @Test
  void aDamagedFileIsFetchedAgain() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    Path blob = models.resolve(".store/blobs").resolve(shaOf(ONE, "unet.onnx"));
    Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(blob, "x123456789");

    assertThat(install(ONE, Sacrifice.NOTHING)).isEqualTo(10);

    assertThat(Files.readString(models.resolve("emoji/unet.onnx"))).isEqualTo("0123456789");
  }

  private static String shaOf(Made pack, String path) {
    return pack.release().files().stream()
        .filter(file -> file.path().equals(path))
        .findFirst()
        .orElseThrow()
        .sha256();
  }

  @Test
  void anotherPackOfThatNameIsLeftAlone() throws Exception {
    Files.createSymbolicLink(models.resolve("emoji"), Path.of("/srv/emoji"));

    refused(Reason.NAME_TAKEN, () -> begin(ONE, Sacrifice.NOTHING), models.resolve("emoji") + "");
    assertThat(Files.readSymbolicLink(models.resolve("emoji"))).isEqualTo(Path.of("/srv/emoji"));
  }

  @Test
  void aStoreHasOneWriter() throws Exception {
    refused(
        Reason.BUSY,
        () -> ModelStore.open(models, disk, Set::of, 0),
        models.resolve(".store") + " is in use by another airbox");
    store.close();
    ModelStore.open(models, disk, Set::of, 0).close();
  }

  @Test
  void aDamagedDocumentIsNamed() throws Exception {
    install(ONE, Sacrifice.NOTHING);
    Path slots = models.resolve(".store/packs/emoji/slots.json");
    Files.writeString(slots, "{");

    refused(Reason.MALFORMED, () -> ModelStore.look(models), slots.toString());
    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("one");
  }

  @Test
  void aFolderIsTakenWhenItHasWhatWasSigned() throws Exception {
    Path stick = Files.createDirectories(models.resolve("stick"));
    Files.createDirectory(stick.resolve("l"));
    for (var each : ONE.files().entrySet()) {
      Files.writeString(stick.resolve(each.getKey()), each.getValue());
    }
    Installation it = begin(ONE, Sacrifice.NOTHING);
    it.fetch(FolderSource.of(stick, ONE.release()), (here, all, file) -> {});
    it.commit();
    assertThat(Files.readString(models.resolve("emoji/unet.onnx"))).isEqualTo("0123456789");

    Files.writeString(stick.resolve("more"), "");
    refused(
        Reason.WRONG_CONTENT,
        () -> FolderSource.of(stick, ONE.release()),
        "holds more, which the release does not name");
  }
}
