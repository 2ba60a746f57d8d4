package io.airbox.ota.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.BoxFacts;
import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseCheck;
import io.airbox.ota.release.Taken;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody may do to a release on its way, from the signature to the last file: each is
 * refused with its own words, and the store is, byte by byte, what it was.
 */
final class TamperingTest {
  private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
  private static final SigningKey ROOT = SigningKey.generate();
  private static final SigningKey KEY = SigningKey.generate();
  private static final BoxFacts BOX =
      new BoxFacts(null, null, Set.of("onnx"), OptionalLong.of(4L << 30), OptionalLong.empty());

  @TempDir private Path folder;
  private Path models;
  private Path pack;
  private RecordedDisk disk;
  private ModelStore store;
  private Instant now = NOW;
  private Map<String, String> before;

  @BeforeEach
  void install() throws Exception {
    models = Files.createDirectory(folder.resolve("models"));
    pack = Files.createDirectory(folder.resolve("pack"));
    write("pack.json", "first");
    write("unet.onnx", "0123456789");
    write("licences/MIT.txt", "mit");
    disk = new RecordedDisk(models);
    store = ModelStore.open(models, disk, Set::of, 100);
    take(signed(release(5)));
    before = tree();
    write("pack.json", "second");
    write("unet.onnx", "9876543210");
    write("more.onnx", "another");
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private void write(String path, String content) throws IOException {
    Path file = pack.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Release release(long counter) throws IOException {
    return release(counter, new Compatibility(List.of(), List.of("onnx"), null), 1000);
  }

  private Release release(long counter, Compatibility compat, long memory) throws IOException {
    return new Release(
        Release.SPEC,
        "emoji",
        "1.0." + counter,
        counter,
        "2027-06-30T00:00:00Z",
        compat,
        new Release.Requirements(memory, 0),
        PackFiles.list(pack, bytes -> {}),
        "pack.json",
        60);
  }

  private static byte[] signed(Release release) {
    return Envelope.of(Release.TYPE, release.json()).signedBy(KEY).json();
  }

  /** Signed by whom it should be, though no release of ours says such a thing. */
  private static byte[] signedAs(Release release, UnaryOperator<String> change) {
    String text = change.apply(new String(release.json(), StandardCharsets.UTF_8));
    return Envelope.of(Release.TYPE, text.getBytes(StandardCharsets.UTF_8)).signedBy(KEY).json();
  }

  /** All that a box does with a release on a stick but for trying it. */
  private void take(byte[] document) throws Exception {
    AuthorityKeys acme =
        new AuthorityKeys(
            AuthorityKeys.SPEC,
            "acme",
            1,
            1,
            "2028-01-01T00:00:00Z",
            new KeyRole(1, List.of(ROOT.verificationKey().text())),
            new KeyRole(1, List.of(KEY.verificationKey().text())));
    ReleaseCheck check =
        new ReleaseCheck(List.of(acme), this::taken, BOX, Instant.parse("2026-11-23T00:00:00Z"));
    Envelope envelope = Envelope.parse(document, "emoji.release.json");
    ReleaseCheck.Accepted accepted = check.check(envelope, now);
    Installation it = store.begin(envelope, accepted, "a stick", Sacrifice.NOTHING, now);
    try {
      it.fetch(FolderSource.of(pack, accepted.release()), (here, all, file) -> {});
    } catch (UpdateException refusal) {
      it.reject();
      throw refusal;
    }
    it.commit();
  }

  private Optional<Taken> taken(String name) {
    try {
      return store.taken(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(models)) {
      for (Path each : all.toList()) {
        tree.put(
            models.relativize(each).toString(),
            Files.isSymbolicLink(each)
                ? "-> " + Files.readSymbolicLink(each)
                : Files.isRegularFile(each) ? Files.readString(each) : "");
      }
    }
    return tree;
  }

  private void refused(Reason reason, byte[] document, String saying) throws IOException {
    UpdateException e = catchThrowableOfType(UpdateException.class, () -> take(document));
    assertThat(e).as(saying).isNotNull().hasMessageContaining(saying);
    assertThat(e.reason()).isEqualTo(reason);
    assertThat(tree()).as(saying).isEqualTo(before);
  }

  @Test
  void whatIsUntouchedIsTaken() throws Exception {
    take(signed(release(6)));
    assertThat(Files.readString(models.resolve("emoji/pack.json"))).isEqualTo("second");
  }

  @Test
  void signatures() throws Exception {
    byte[] good = signed(release(6));
    refused(
        Reason.UNKNOWN_KEY,
        Envelope.of(Release.TYPE, release(6).json()).signedBy(SigningKey.generate()).json(),
        "(acme) signed it");
    refused(Reason.UNKNOWN_KEY, Envelope.of(Release.TYPE, release(6).json()).json(), "nobody");
    String other = Base64.getEncoder().encodeToString(release(7).json());
    refused(
        Reason.BAD_SIGNATURE,
        new String(good, StandardCharsets.UTF_8)
            .replaceAll("(\"payload\" : \")[^\"]*", "$1" + other)
            .getBytes(StandardCharsets.UTF_8),
        "they were changed");
    refused(
        Reason.WRONG_TYPE,
        Envelope.of(AuthorityKeys.TYPE, release(6).json()).signedBy(KEY).json(),
        "wanted is " + Release.TYPE);
  }

  @Test
  void documentsThatAreCutOrPadded() throws Exception {
    byte[] good = signed(release(6));
    refused(Reason.MALFORMED, Arrays.copyOf(good, good.length / 2), "emoji.release.json: ");
    refused(
        Reason.MALFORMED,
        (new String(good, StandardCharsets.UTF_8) + "{}").getBytes(StandardCharsets.UTF_8),
        "emoji.release.json: ");
    refused(Reason.MALFORMED, new byte[3 << 20], "3145728 bytes; 2097152 are the most");
  }

  @Test
  void numbersAndTimes() throws Exception {
    refused(Reason.ROLLBACK, signed(release(4)), "number 4, this box had 5 already");
    refused(Reason.REUSED_NUMBER, signed(release(5)), "number 5; sign it with a higher one");
    now = Instant.parse("2027-06-30T00:00:00Z");
    refused(Reason.EXPIRED, signed(release(6)), "release emoji 1.0.6 ended 2027-06-30T00:00:00Z");
    now = Instant.EPOCH;
    refused(Reason.CLOCK_NOT_SET, signed(release(6)), "believes that it is 1970-01-01T00:00:00Z");
  }

  @Test
  void otherBoxes() throws Exception {
    refused(
        Reason.INCOMPATIBLE,
        signed(release(6, new Compatibility(List.of("BM1684X"), List.of("onnx"), null), 0)),
        "is for the chip BM1684X; this box has none");
    refused(
        Reason.INCOMPATIBLE,
        signed(release(6, new Compatibility(List.of(), List.of("bm1684x"), null), 0)),
        "is for engine bm1684x; this box has onnx");
    refused(
        Reason.NO_ROOM,
        signed(release(6, new Compatibility(List.of(), List.of("onnx"), null), 5L << 30)),
        "of memory, this box has");
    disk.room(100);
    refused(Reason.NO_ROOM, signed(release(6)), models + " has 100 free");
  }

  @Test
  void pathsThatLeadElsewhere() throws Exception {
    for (String path :
        List.of("../unet.onnx", "/etc/passwd", "a/../../b", "a//b", ".hidden", "a b", "a\\\\b")) {
      refused(
          Reason.MALFORMED,
          signedAs(release(6), text -> text.replace("\"unet.onnx\"", "\"" + path + "\"")),
          "must be names of letters");
    }
    refused(
        Reason.MALFORMED,
        signedAs(release(6), text -> text.replace("\"unet.onnx\"", "\"PACK.json\"")),
        "must not name a file twice, letters' case apart");
    refused(
        Reason.MALFORMED,
        signedAs(release(6), text -> text.replace("\"unet.onnx\"", "\"pack.json/x\"")),
        "must not be a folder as well");
    refused(
        Reason.MALFORMED,
        signedAs(release(6), text -> text.replace("\"spec\" : 1", "\"spec\" : 1, \"spec\" : 1")),
        "Duplicate");
  }

  @Test
  void files() throws Exception {
    byte[] good = signed(release(6));
    write("unet.onnx", "9876543211");
    refused(Reason.WRONG_CONTENT, good, "is not what was signed: its SHA-256 is");
    write("unet.onnx", "98765432101");
    refused(Reason.WRONG_CONTENT, good, "unet.onnx has 11 bytes, signed are 10");
    write("unet.onnx", "987654321");
    refused(Reason.WRONG_CONTENT, good, "unet.onnx has 9 bytes, signed are 10");
    Files.delete(pack.resolve("unet.onnx"));
    refused(Reason.WRONG_CONTENT, good, "lacks unet.onnx");
    Files.createSymbolicLink(pack.resolve("unet.onnx"), Path.of("/etc/hostname"));
    refused(Reason.WRONG_CONTENT, good, "unet.onnx is a link or a special file");
    Files.delete(pack.resolve("unet.onnx"));
    write("unet.onnx", "9876543210");
    write("extra.onnx", "");
    refused(Reason.WRONG_CONTENT, good, "extra.onnx, which the release does not name");
  }

  @Test
  void aDiskThatCannotBeWritten() throws Exception {
    byte[] good = signed(release(6));
    disk.fullAfter(0);
    assertThat(catchThrowableOfType(IOException.class, () -> take(good)))
        .isNotInstanceOf(FileAlreadyExistsException.class)
        .hasMessage("No space left on device");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void aFirstReleaseThatIsRefusedLeavesNothing() throws Exception {
    store.remove("emoji");
    store.collect();
    Release other =
        new Release(
            Release.SPEC,
            "faces",
            "1.0.0",
            1,
            "2027-06-30T00:00:00Z",
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, 0),
            PackFiles.list(pack, bytes -> {}),
            "pack.json",
            60);
    before = tree();
    write("unet.onnx", "9876543211");
    refused(Reason.WRONG_CONTENT, signed(other), "unet.onnx from " + pack);
  }
}
