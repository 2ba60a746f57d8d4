package io.airbox.ota.download;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.download.Web.GoneException;
import io.airbox.ota.download.Web.PassingException;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings files from mirrors, which are places on web servers that have the files of a release. A
 * file is gone on with where it was left, there or at another mirror; what a server says of it must
 * fit what was signed. Blocking; for one thread.
 */
public final class Downloader implements FileSource {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LOOK_AT_RATE = Duration.ofMinutes(1);
  private static final int PIECE = 1 << 16;
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final List<Mirror> mirrors;
  private final DownloadOptions options;
  private final DownloadListener listener;
  private final Time time;
  private final RandomGenerator random;
  private final Web web;
  private final Pacer pacer;

  /** What is known of the file that is being fetched. */
  private Fetching fetching = new Fetching("");

  /** Which mirror is asked first: the one that answered last. */
  private int preferred;

  private static final class Fetching {
    private final String sha256;
    private final Map<Mirror, String> gone = new LinkedHashMap<>();
    private final Map<Mirror, String> tags = new HashMap<>();
    private final Set<Mirror> fickle = new LinkedHashSet<>();
    private final Set<Mirror> senders = new LinkedHashSet<>();

    /** Nobody else is asked, so that it shows who sends wrong bytes. */
    private @Nullable Mirror only;

    Fetching(String sha256) {
      this.sha256 = sha256;
    }
  }

  /**
   * @param mirrors addresses of folders, at least one, in the order in which they are asked
   * @param listener hears of failures and pauses
   * @param random for the length of pauses
   * @param floor a time that has passed for sure
   * @throws UpdateException {@code UNREACHABLE}: an address is none, or is not allowed
   */
  public Downloader(
      List<URI> mirrors,
      DownloadOptions options,
      DownloadListener listener,
      Time time,
      RandomGenerator random,
      Instant floor) {
    this(
        mirrors.stream().map(each -> folder(Web.checked(each, options))).toList(),
        new Web(options, time, floor),
        options,
        listener,
        time,
        random);
  }

  /**
   * @param mirrors at least one, in the order in which they are asked
   * @param web asks them
   * @param listener hears of failures and pauses
   * @param random for the length of pauses
   */
  public Downloader(
      List<? extends Mirror> mirrors,
      Web web,
      DownloadOptions options,
      DownloadListener listener,
      Time time,
      RandomGenerator random) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("no mirror");
    }
    this.mirrors = List.copyOf(mirrors);
    this.options = options;
    this.listener = listener;
    this.time = time;
    this.random = random;
    this.web = web;
    this.pacer = new Pacer(options.bytesPerSecond(), time);
  }

  private static Mirror folder(URI address) {
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      throw new UpdateException(
          Reason.UNREACHABLE, "a mirror is a folder, without ? and #: " + address);
    }
    String text = address.toString();
    return new Mirror.Folder(text.endsWith("/") ? address : URI.create(text + "/"));
  }

  @Override
  public String place() {
    return mirrors.get(0).name();
  }

  /**
   * A short document, such as a release.
   *
   * @param longest most bytes that it may have
   * @throws UpdateException {@code UNREACHABLE}, {@code MALFORMED} when it is longer, {@code
   *     CLOCK_NOT_SET}
   */
  public static byte[] document(
      URI address, int longest, DownloadOptions options, Time time, Instant floor)
      throws InterruptedException {
    return new Web(options, time, floor).document(Web.checked(address, options), longest);
  }

  @Override
  public void bring(ReleaseFile file, Part part) throws IOException, InterruptedException {
    if (!fetching.sha256.equals(file.sha256())) {
      fetching = new Fetching(file.sha256());
    }
    if (part.length() == 0) {
      fetching.senders.clear();
    }
    int failures = 0;
    while (part.missing() > 0) {
      waitForTheHour();
      Mirror mirror = choose(file);
      long before = part.length();
      Duration pause = Duration.ZERO;
      try {
        fetch(mirror, file, part);
        preferred = mirrors.indexOf(mirror);
      } catch (GoneException e) {
        fetching.gone.put(mirror, String.valueOf(e.getMessage()));
        listener.trouble(String.valueOf(e.getMessage()));
      } catch (PassingException e) {
        listener.trouble(String.valueOf(e.getMessage()));
        failures = part.length() > before ? 0 : failures + 1;
        if (failures >= options.attempts() * Math.max(1, mirrors.size() - fetching.gone.size())) {
          throw new IOException(
              e.getMessage() + "; given up after " + failures + " attempts, what came is kept", e);
        }
        preferred = (mirrors.indexOf(mirror) + 1) % mirrors.size();
        pause = pause(failures, e);
      }
      if (!pause.isZero()) {
        listener.waits("until the next attempt", pause);
        time.pause(pause);
      }
    }
  }

  @Override
  public boolean refused(ReleaseFile file) {
    List<Mirror> senders = List.copyOf(fetching.senders);
    fetching.senders.clear();
    if (senders.size() > 1) {
      fetching.only = senders.get(0);
      listener.trouble(
          file.path() + " from several places is not what was signed; again, from one of them");
      return true;
    }
    fetching.only = null;
    for (Mirror sender : senders) {
      fetching.gone.put(
          sender,
          sender.address(file).map(URI::toString).orElse(sender.name())
              + " is not what was signed");
    }
    return !senders.isEmpty() && fetching.gone.size() < mirrors.size();
  }

  private void waitForTheHour() throws InterruptedException {
    QuietHours quiet = options.quiet();
    Duration left = quiet == null ? Duration.ZERO : quiet.left(time.instant());
    if (!left.isZero()) {
      listener.waits("until the quiet hours are over", left);
      time.pause(left);
    }
  }

  private boolean isQuiet() {
    QuietHours quiet = options.quiet();
    return quiet != null && !quiet.left(time.instant()).isZero();
  }

  private Mirror choose(ReleaseFile file) {
    Mirror only = fetching.only;
    if (only != null && !fetching.gone.containsKey(only)) {
      return only;
    }
    for (int i = 0; i < mirrors.size(); i++) {
      Mirror mirror = mirrors.get((preferred + i) % mirrors.size());
      if (!fetching.gone.containsKey(mirror)) {
        return mirror;
      }
    }
    throw new UpdateException(
        Reason.UNREACHABLE,
        file.path() + " is not to be had: " + String.join("; ", fetching.gone.values()));
  }

  /** Doubles with each failure, by chance a bit shorter, or what the server asks for. */
  private Duration pause(int failures, PassingException e) {
    double factor = Math.scalb(0.5 + random.nextDouble() / 2, Math.min(failures, 20));
    Duration own = Duration.ofMillis((long) (SHORTEST_PAUSE.toMillis() * factor));
    Duration asked = e.retryAfter().orElse(Duration.ZERO);
    Duration longer = own.compareTo(asked) > 0 ? own : asked;
    return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }

  /** One request, until the part is full or something happens. */
  private void fetch(Mirror mirror, ReleaseFile file, Part part)
      throws IOException, InterruptedException {
    URI address =
        mirror
            .address(file)
            .orElseThrow(() -> new GoneException(mirror.name() + " does not have " + file.path()));
    Map<String, String> headers = new LinkedHashMap<>();
    String tag = fetching.tags.get(mirror);
    if (part.length() > 0) {
      headers.put("Range", "bytes=" + part.length() + "-");
      if (tag != null) {
        headers.put("If-Range", tag);
      }
    }
    HttpResponse<Body> response = web.get(address, headers);
    try (Body body = response.body()) {
      long skip =
          response.statusCode() == 206
              ? partial(address, response, file, part)
              : whole(address, response, file, part, tag);
      remember(mirror, response, tag);
      take(mirror, address, body, skip, part);
    }
  }

  private static long partial(URI address, HttpResponse<Body> response, ReleaseFile file, Part part)
      throws GoneException {
    String range = response.headers().firstValue("Content-Range").orElse("none");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != part.length()) {
      throw new GoneException(
          address + " was asked for bytes from " + part.length() + " and sends " + range);
    }
    if (!matcher.group(3).equals("*") && Long.parseLong(matcher.group(3)) != file.size()) {
      throw another(address, matcher.group(3), file);
    }
    return 0;
  }

  private long whole(
      URI address, HttpResponse<Body> response, ReleaseFile file, Part part, @Nullable String tag)
      throws IOException {
    String length = response.headers().firstValue("Content-Length").orElse("");
    if (!length.isEmpty() && !length.equals(Long.toString(file.size()))) {
      throw another(address, length, file);
    }
    String now = response.headers().firstValue("ETag").orElse(null);
    if (part.length() > 0 && tag != null && now != null && !now.equals(tag)) {
      part.startOver(); // the beginning was another file's
      fetching.senders.clear();
    }
    return part.length(); // this server cannot begin in the middle
  }

  private static GoneException another(URI address, String length, ReleaseFile file) {
    return new GoneException(
        address + " has " + length + " bytes, signed are " + file.size() + ": it is another file");
  }

  /**
   * A server with several tags for one file, as some behind one name have, is not asked by them.
   */
  private void remember(Mirror mirror, HttpResponse<Body> response, @Nullable String before) {
    String tag = response.headers().firstValue("ETag").orElse("");
    boolean strong = tag.length() > 2 && tag.startsWith("\"") && tag.endsWith("\"");
    if (before != null && !before.equals(tag)) {
      fetching.fickle.add(mirror);
    }
    if (strong && !fetching.fickle.contains(mirror)) {
      fetching.tags.put(mirror, tag);
    } else {
      fetching.tags.remove(mirror);
    }
  }

  private void take(Mirror mirror, URI address, Body body, long skip, Part part)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[PIECE];
    long toSkip = skip;
    long since = time.nanos();
    long came = 0;
    while (part.missing() > 0) {
      List<ByteBuffer> pieces = next(address, body, part);
      for (ByteBuffer piece : pieces) {
        came += piece.remaining();
        int skipped = (int) Math.min(toSkip, piece.remaining());
        piece.position(piece.position() + skipped);
        toSkip -= skipped;
        while (piece.hasRemaining() && part.missing() > 0) {
          int count = (int) Math.min(Math.min(buffer.length, piece.remaining()), part.missing());
          piece.get(buffer, 0, count);
          fetching.senders.add(mirror);
          part.append(buffer, 0, count);
          pacer.took(count);
        }
        pacer.took(skipped);
      }
      if (isQuiet()) {
        return; // goes on when they are over
      }
      long now = time.nanos();
      if (now - since >= LOOK_AT_RATE.toNanos()) {
        refuseSlow(address, came, now - since);
        since = now;
        came = 0;
      }
    }
    try {
      body.next(SHORTEST_PAUSE); // its end, so that the connection is good for the next file
    } catch (IOException e) {
      // the file is here, whatever becomes of the connection
    }
  }

  private List<ByteBuffer> next(URI address, Body body, Part part)
      throws PassingException, InterruptedException {
    List<ByteBuffer> pieces;
    try {
      pieces = body.next(options.stall());
    } catch (IOException e) {
      throw new PassingException(address + " " + Web.words(e));
    }
    if (pieces.isEmpty()) {
      throw new PassingException(
          address + " ended " + part.missing() + " bytes before the end of the file");
    }
    return pieces;
  }

  private void refuseSlow(URI address, long came, long nanos) throws PassingException {
    long fewest =
        options.bytesPerSecond() == 0
            ? options.slowest()
            : Math.min(options.slowest(), options.bytesPerSecond() / 2);
    if (came < fewest * (nanos / 1_000_000_000.0)) {
      throw new PassingException(address + " sends fewer than " + fewest + " bytes a second");
    }
  }
}
