package io.airbox.ota.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.download.FaultyLine.Fault;
import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseCheck.Accepted;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.release.Taken;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.Installation;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Sacrifice;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that fetches from real servers over lines that break, stall and lie. */
final class DownloaderTest {
  private static final Instant NOON = Instant.parse("2027-03-01T12:00:00Z");
  private static final byte[] UNET = bytes(300_000);
  private static final DownloadOptions OPTIONS =
      new DownloadOptions(
          true, 0, null, Duration.ofSeconds(10), Duration.ofSeconds(10), 1 << 10, 3);

  @TempDir private Path models;
  private final List<String> told = new ArrayList<>();
  private final Clock time = new Clock();
  private PackServer server;
  private FaultyLine line;
  private ModelStore store;
  private DownloadOptions options = OPTIONS;

  /** Pauses take no time here, and the wall's clock stands still between them. */
  private static final class Clock implements Time {
    private Instant now = NOON;
    private long paused;
    private int haste = 1;
    private Runnable onPause = () -> {};

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public long nanos() {
      return System.nanoTime() * haste + paused;
    }

    @Override
    public void pause(Duration pause) {
      now = now.plus(pause);
      paused += pause.toNanos();
      onPause.run();
    }
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @BeforeEach
  void open() throws IOException {
    server = new PackServer();
    line = new FaultyLine(server.port());
    server.file("/packs/pack.json", "{}".getBytes(StandardCharsets.UTF_8));
    server.file("/packs/nets/unet.onnx", UNET);
    store = ModelStore.open(models, Disk.real(), Set::of, 0);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    line.close();
    server.close();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private Installation begin() throws Exception {
    Release release =
        new Release(
            Release.SPEC,
            "emoji",
            "1.0.0",
            1,
            "2027-06-30T00:00:00Z",
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, 0),
            List.of(
                new ReleaseFile("pack.json", 2, sha256("{}".getBytes(StandardCharsets.UTF_8))),
                new ReleaseFile("nets/unet.onnx", UNET.length, sha256(UNET))),
            "pack.json",
            60);
    Taken mark = new Taken("acme", 1, 1, sha256(release.json()));
    return store.begin(
        Envelope.of(Release.TYPE, release.json()),
        new Accepted(release, mark, true),
        "here",
        Sacrifice.NOTHING,
        NOON);
  }

  private void fetch(URI... mirrors) throws Exception {
    DownloadListener listener =
        new DownloadListener() {
          @Override
          public void trouble(String what) {
            told.add(what.replaceAll("127.0.0.1:\\d+", "HOST"));
          }

          @Override
          public void waits(String why, Duration pause) {
            told.add("waits " + why + " " + pause);
          }
        };
    Downloader downloader =
        new Downloader(List.of(mirrors), options, listener, time, () -> 0L, Instant.EPOCH);
    Installation it = begin();
    it.fetch(downloader, (here, all, file) -> {});
    assertThat(Files.readAllBytes(it.folder().resolve("nets/unet.onnx"))).isEqualTo(UNET);
  }

  private void refused(Reason reason, ThrowingCallable call, String saying) {
    UpdateException e = catchThrowableOfType(UpdateException.class, call);
    assertThat(e).hasMessageContaining(saying);
    assertThat(e.reason()).isEqualTo(reason);
  }

  private List<String> ranges() {
    return server.requests().stream()
        .filter(each -> each.startsWith("/packs/nets/unet.onnx"))
        .map(each -> each.substring("/packs/nets/unet.onnx".length()).strip())
        .toList();
  }

  @Test
  void fetchesWhatIsNotHere() throws Exception {
    fetch(line.address());

    assertThat(server.requests()).containsExactly("/packs/pack.json", "/packs/nets/unet.onnx");
    assertThat(told).isEmpty();
  }

  @Test
  void aCutLineIsGoneOnWithWhereItBroke() throws Exception {
    server.tag("\"v1\"");
    line.next(new Fault.Cut(100_000), new Fault.Cut(100_000));
    fetch(line.address());

    assertThat(ranges()).hasSize(3);
    assertThat(ranges().get(0)).isEmpty();
    assertThat(ranges().get(1)).matches("bytes=[1-9]\\d*- \"v1\"");
    assertThat(from(1)).isBetween(50_000L, 100_000L);
    assertThat(from(2)).isBetween(from(1) + 50_000, 200_000L);
    assertThat(told).contains("waits until the next attempt PT0.5S").hasSize(4);
  }

  private long from(int request) {
    return Long.parseLong(ranges().get(request).replaceAll("bytes=(\\d+)-.*", "$1"));
  }

  @Test
  void aSilentServerIsGivenUpAndGoneOnWith() throws Exception {
    options = patient(Duration.ofMillis(300), 0);
    line.next(new Fault.Stall(50_000));
    fetch(line.address());

    assertThat(told).contains("http://HOST/packs/nets/unet.onnx sent nothing for 300 ms");
    assertThat(ranges()).hasSize(2);
  }

  @Test
  void aServerThatGivesByteByByteIsGivenUp() throws Exception {
    options = patient(Duration.ofSeconds(10), 10_000);
    time.haste = 300; // a minute is 200 ms
    line.next(new Fault.Trickle(50_000));
    fetch(line.address());

    assertThat(told)
        .contains("http://HOST/packs/nets/unet.onnx sends fewer than 10000 bytes a second");
  }

  private static DownloadOptions patient(Duration stall, long slowest) {
    return new DownloadOptions(true, 0, null, Duration.ofSeconds(10), stall, slowest, 3);
  }

  @Test
  void aServerThatCannotBeginInTheMiddleWillDo() throws Exception {
    server.ranges(false);
    server.lengths(false);
    line.next(new Fault.Cut(100_000), new Fault.Cut(20_000));
    fetch(line.address());

    assertThat(ranges()).hasSize(3); // the second one broke before anything new came
  }

  @Test
  void aFileThatChangedMeanwhileIsBegunAnew() throws Exception {
    byte[] old = UNET.clone();
    old[0] ^= 1;
    server.tag("\"v1\"");
    server.file("/packs/nets/unet.onnx", old);
    line.next(new Fault.Cut(100_000));
    time.onPause =
        () -> {
          server.tag("\"v2\"");
          server.file("/packs/nets/unet.onnx", UNET);
        };
    fetch(line.address());

    assertThat(ranges()).hasSize(2);
    assertThat(ranges().get(1)).endsWith("\"v1\"");
  }

  @Test
  void wrongBytesAreLookedForAtAnotherMirror() throws Exception {
    line.next(new Fault.Corrupt(200_000));
    try (FaultyLine second = new FaultyLine(server.port())) {
      fetch(line.address(), second.address());
    }
    assertThat(ranges()).containsExactly("", "");
  }

  @Test
  void wrongBytesOfOneOfSeveralAreFoundOut() throws Exception {
    try (PackServer liar = new PackServer();
        FaultyLine first = new FaultyLine(liar.port())) {
      byte[] wrong = UNET.clone();
      wrong[10] ^= 1;
      liar.file("/packs/pack.json", "{}".getBytes(StandardCharsets.UTF_8));
      liar.file("/packs/nets/unet.onnx", wrong);
      first.next(new Fault.Cut(100_000));
      try (FaultyLine second = new FaultyLine(server.port())) {
        fetch(first.address(), second.address());
      }
    }
    assertThat(told)
        .contains(
            "nets/unet.onnx from several places is not what was signed; again, from one of them");
  }

  @Test
  void wrongBytesEverywhereAreRefused() {
    line.next(new Fault.Corrupt(200_000));

    refused(Reason.WRONG_CONTENT, () -> fetch(line.address()), "nets/unet.onnx from http://");
    assertThat(models.resolve("emoji")).doesNotExist();
  }

  @Test
  void anotherFileIsToldByItsLength() throws Exception {
    server.file("/packs/nets/unet.onnx", Arrays.copyOf(UNET, 299_999));
    refused(
        Reason.UNREACHABLE,
        () -> fetch(line.address()),
        "has 299999 bytes, signed are 300000: it is another file");
    server.file("/packs/nets/unet.onnx", Arrays.copyOf(UNET, 400_000));
    server.lengths(false); // endless data ends where the signed file does
    refused(Reason.UNREACHABLE, () -> fetchAfter(100_000), "has 400000 bytes");
  }

  private void fetchAfter(int bytes) throws Exception {
    line.close();
    line = new FaultyLine(server.port());
    line.next(new Fault.Cut(bytes));
    fetch(line.address());
  }

  @Test
  void aShorterFileCannotBeGoneOnWith() throws Exception {
    line.next(new Fault.Cut(100_000));
    time.onPause = () -> server.file("/packs/nets/unet.onnx", new byte[10]);
    refused(
        Reason.UNREACHABLE,
        () -> fetch(line.address()),
        "answers 416: it is shorter than what is here already");
  }

  @Test
  void missingFilesAreLookedForElsewhere() throws Exception {
    server.next("404");
    try (FaultyLine second = new FaultyLine(server.port())) {
      fetch(line.address(), second.address());
    }
    assertThat(told).containsExactly("http://HOST/packs/pack.json answers 404: it is not there");

    store.underWay().orElseThrow().cancel();
    store.collect();
    server.next("410");
    server.next("403");
    try (FaultyLine second = new FaultyLine(server.port())) {
      refused(
          Reason.UNREACHABLE,
          () -> fetch(line.address(), second.address()),
          "pack.json answers 410: it is not there any more; http://");
    }
  }

  @Test
  void aServerInTroubleIsAskedAgainLaterAndLater() throws Exception {
    server.next("503 Retry-After 7");
    server.next("500");
    server.next("429 Retry-After Mon, 01 Mar 2027 12:00:20 GMT");
    fetchUpTo(4);
    assertThat(told)
        .containsExactly(
            "http://HOST/packs/pack.json answers 503",
            "waits until the next attempt PT7S",
            "http://HOST/packs/pack.json answers 500",
            "waits until the next attempt PT2S",
            "http://HOST/packs/pack.json answers 429",
            "waits until the next attempt PT11S");

    store.underWay().orElseThrow().cancel();
    store.collect();
    server.next("500");
    server.next("500");
    server.next("500");
    assertThatThrownBy(() -> fetch(line.address()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answers 500; given up after 3 attempts, what came is kept");
  }

  private void fetchUpTo(int attempts) throws Exception {
    options =
        new DownloadOptions(
            true, 0, null, Duration.ofSeconds(10), Duration.ofSeconds(10), 0, attempts);
    fetch(line.address());
    options = OPTIONS;
  }

  @Test
  void nobodyIsFollowedElsewhere() throws Exception {
    server.file("/there/pack.json", "{}".getBytes(StandardCharsets.UTF_8));
    server.next("302 Location /there/pack.json");
    fetch(line.address());
    assertThat(server.requests()).contains("/there/pack.json");

    for (String to :
        List.of(
            "http://localhost:1/pack.json", "ftp://127.0.0.1/pack.json", "http://u@127.0.0.1/")) {
      store.underWay().orElseThrow().cancel();
      store.collect();
      server.next("301 Location " + to);
      refused(Reason.UNREACHABLE, () -> fetch(line.address()), "which is not followed");
    }
    store.underWay().orElseThrow().cancel();
    for (int i = 0; i < 6; i++) {
      server.next("307 Location pack.json");
    }
    refused(Reason.UNREACHABLE, () -> fetch(line.address()), "sends round in circles");
  }

  @Test
  void compressedBytesAreNotUnpacked() {
    server.encoding("gzip");
    refused(Reason.UNREACHABLE, () -> fetch(line.address()), "sends it as gzip");
  }

  @Test
  void addressesAreLookedAtFirst() {
    options = DownloadOptions.USUAL;
    refused(Reason.UNREACHABLE, () -> fetch(line.address()), "is without TLS; use https");
    refused(
        Reason.UNREACHABLE,
        () -> fetch(URI.create("https://me:secret@packs.example/")),
        "must not have a user or a password in it: that of packs.example");
    refused(Reason.UNREACHABLE, () -> fetch(URI.create("file:///etc/passwd")), "must be like");
    refused(Reason.UNREACHABLE, () -> fetch(URI.create("https://h/?a=b")), "without ? and #");
    assertThat(told).isEmpty();
  }

  @Test
  void anInterruptEndsItAndKeepsWhatCame() throws Exception {
    line.next(new Fault.Stall(100_000));
    Thread me = Thread.currentThread();
    Installation it = begin();
    Downloader downloader =
        new Downloader(
            List.of(line.address()), options, DownloadListener.SILENT, time, () -> 0L, NOON);
    assertThatThrownBy(
            () ->
                it.fetch(
                    downloader,
                    (here, all, file) -> {
                      if (here > 50_000) {
                        me.interrupt();
                      }
                    }))
        .isInstanceOf(InterruptedException.class);

    fetch(line.address());
    assertThat(from(1)).isGreaterThan(50_000);
  }

  @Test
  void quietHoursAreWaitedFor() throws Exception {
    options =
        OPTIONS.withQuiet(new QuietHours(LocalTime.of(8, 0), LocalTime.of(22, 0), ZoneOffset.UTC));
    fetch(line.address());
    assertThat(told).containsExactly("waits until the quiet hours are over PT10H");
  }

  @Test
  void whenQuietHoursBeginTheRestWaits() throws Exception {
    options =
        OPTIONS.withQuiet(new QuietHours(LocalTime.of(13, 0), LocalTime.of(14, 0), ZoneOffset.UTC));
    Installation it = begin();
    Downloader downloader =
        new Downloader(
            List.of(line.address()), options, DownloadListener.SILENT, time, () -> 0L, NOON);
    it.fetch(
        downloader,
        (here, all, file) -> {
          if (here > 50_000 && time.now.equals(NOON)) {
            time.now = NOON.plus(Duration.ofHours(1));
          }
        });

    assertThat(time.now).isEqualTo(NOON.plus(Duration.ofHours(2)));
    assertThat(ranges()).hasSize(2);
  }

  @Test
  void theRateIsKept() throws Exception {
    options = OPTIONS.withRate(10_000);
    long begun = time.nanos();
    fetch(line.address());

    assertThat((time.nanos() - begun) / 1_000_000_000L).isGreaterThanOrEqualTo(29);
  }

  @Test
  void aDocumentIsFetchedUpToALength() throws Exception {
    assertThat(document("pack.json", 2)).isEqualTo("{}");
    refused(Reason.MALFORMED, () -> document("nets/unet.onnx", 1000), "more than the 1000 bytes");
    refused(Reason.UNREACHABLE, () -> document("none.json", 10), "none.json answers 404");
    server.next("500");
    refused(Reason.UNREACHABLE, () -> document("pack.json", 10), "pack.json answers 500");
    line.close();
    refused(Reason.UNREACHABLE, () -> document("pack.json", 10), "cannot be reached");
  }

  private String document(String path, int longest) throws Exception {
    URI address = line.address().resolve(path);
    return new String(
        Downloader.document(address, longest, options, time, NOON), StandardCharsets.UTF_8);
  }
}
