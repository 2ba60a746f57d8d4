package io.airbox.ota.hawkbit;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Login;
import io.airbox.ota.download.Time;
import io.airbox.ota.download.Web;
import io.airbox.ota.download.Web.GoneException;
import io.airbox.ota.download.Web.PassingException;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts releases into a hawkBit by its Management API: files as artifacts of software modules, these
 * as a distribution set, and that into a rollout. What is there already is left and gone on with,
 * so that publishing may be repeated after it was interrupted. Blocking; for one thread.
 */
public final class Publisher {
  /** hawkBit's quota. */
  private static final int MOST_ARTIFACTS = 50;

  private static final int LONGEST = 8 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** hawkBit digests a file three times when it has come. */
  private static final Duration UPLOAD_PATIENCE = Duration.ofHours(6);

  private static final String VENDOR = "AirBox";

  private final URI api;
  private final Web web;

  /**
   * How a release reaches many boxes.
   *
   * @param name unique on the server
   * @param filter RSQL that says which targets, such as {@code attribute.soc==BM1684X}
   * @param groups in how many groups, one after the other, at least 1
   * @param success how many percent of a group have to have it before the next one begins
   * @param error how many percent of a group may fail before all is paused
   */
  public record Rollout(String name, String filter, int groups, int success, int error) {
    public Rollout {
      if (groups < 1 || success < 1 || success > 100 || error < 1 || error > 100) {
        throw new IllegalArgumentException(
            "groups must be at least 1 and thresholds 1 to 100: "
                + groups
                + ", "
                + success
                + ", "
                + error);
      }
    }
  }

  /**
   * What came of publishing.
   *
   * @param set id of the distribution set
   * @param modules ids of its software modules
   * @param uploaded how many artifacts were sent; the others were there
   */
  public record Published(long set, List<Long> modules, int uploaded) {}

  /** Something with an id. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Entity(
      long id,
      @Nullable String status,
      @Nullable String providedFilename,
      @Nullable Hashes hashes) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Hashes(@Nullable String sha256) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Page(@Nullable List<Entity> content) {
    Optional<Entity> first() {
      return content == null ? Optional.empty() : content.stream().findFirst();
    }
  }

  private record NewModule(String name, String version, String type, String vendor) {}

  private record Id(long id) {}

  private record NewSet(
      String name, String version, String type, String description, List<Id> modules) {}

  private record Condition(String condition, String expression) {}

  private record Action(
      String action, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String expression) {}

  private record NewRollout(
      String name,
      long distributionSetId,
      String targetFilterQuery,
      int amountGroups,
      Condition successCondition,
      Action successAction,
      Condition errorCondition,
      Action errorAction) {}

  /**
   * @param server hawkBit's address, as far as it comes before {@code /rest}
   * @param authorization the header of that name
   * @throws UpdateException {@code UNREACHABLE}: the address is none, or not allowed
   */
  public Publisher(
      URI server,
      Supplier<String> authorization,
      DownloadOptions options,
      Time time,
      Instant floor) {
    String text = Web.checked(server, options).toString();
    this.api = URI.create((text.endsWith("/") ? text : text + "/") + "rest/v1/");
    this.web = new Web(options, new Login(server, authorization), time, floor);
  }

  /** An artifact: what it is called, what it holds, and where that is. */
  private record Upload(String name, String sha256, long size, Supplier<InputStream> content) {}

  /**
   * Puts a release there.
   *
   * @param envelope the signed release
   * @param release what it holds
   * @param folder its files, which fit it
   * @param progress gets the bytes that are there
   * @throws UpdateException {@code UNREACHABLE} with the server's words; {@code REUSED_NUMBER}: its
   *     name and version are there with other files
   */
  public Published publish(byte[] envelope, Release release, Path folder, LongConsumer progress)
      throws InterruptedException {
    List<Upload> uploads = uploads(envelope, release, folder);
    int parts = (uploads.size() + MOST_ARTIFACTS - 1) / MOST_ARTIFACTS;
    List<Long> modules = new ArrayList<>();
    int sent = 0;
    long there = 0;
    for (int i = 0; i < parts; i++) {
      String name = i == 0 ? release.pack() : release.pack() + "-part" + (i + 1);
      long module = module(name, version(release));
      Map<String, String> present = artifacts(module);
      for (Upload each :
          uploads.subList(i * MOST_ARTIFACTS, Math.min(uploads.size(), (i + 1) * MOST_ARTIFACTS))) {
        String digest = present.get(each.name());
        if (digest == null) {
          long before = there;
          upload(module, each, bytes -> progress.accept(before + bytes));
          sent++;
        } else if (!digest.equals(each.sha256())) {
          throw new UpdateException(
              Reason.REUSED_NUMBER,
              "hawkBit has another "
                  + each.name()
                  + " in "
                  + name
                  + " "
                  + version(release)
                  + "; a release that has been published stays as it is: sign the next number");
        }
        there += each.size();
        progress.accept(there);
      }
      modules.add(module);
    }
    return new Published(set(release, modules), List.copyOf(modules), sent);
  }

  /** Releases of one version are told apart by their numbers. */
  private static String version(Release release) {
    return release.version() + "-" + release.counter();
  }

  private static List<Upload> uploads(byte[] envelope, Release release, Path folder) {
    Map<String, Upload> uploads = new LinkedHashMap<>();
    String name = release.pack() + "-" + version(release) + ArtifactSource.ENVELOPE;
    uploads.put(
        "",
        new Upload(
            name,
            ArtifactSource.sha256(envelope),
            envelope.length,
            () -> new ByteArrayInputStream(envelope)));
    for (ReleaseFile file : release.files()) {
      uploads.putIfAbsent(
          file.sha256(),
          new Upload(artifactName(file), file.sha256(), file.size(), () -> open(folder, file)));
    }
    return List.copyOf(uploads.values());
  }

  /** A file's name after the beginning of its digest: two of one name in two folders are two. */
  static String artifactName(ReleaseFile file) {
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    String unique = file.sha256().substring(0, 12) + "-" + name;
    return unique.endsWith(ArtifactSource.ENVELOPE) ? unique + ".file" : unique;
  }

  private static InputStream open(Path folder, ReleaseFile file) {
    try {
      return Files.newInputStream(folder.resolve(file.path()), LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what hawkBit has

  private long module(String name, String version) throws InterruptedException {
    Optional<Entity> found = find("softwaremodules", name, version);
    return found.isPresent()
        ? found.get().id()
        : create("softwaremodules", new NewModule(name, version, "application", VENDOR));
  }

  private Map<String, String> artifacts(long module) throws InterruptedException {
    byte[] json = get("softwaremodules/" + module + "/artifacts");
    Map<String, String> present = new LinkedHashMap<>();
    for (Entity each : StrictJson.read(json, Entity[].class, "the list of artifacts", LONGEST)) {
      String name = each.providedFilename();
      Hashes hashes = each.hashes();
      if (name != null && hashes != null && hashes.sha256() != null) {
        present.put(name, hashes.sha256());
      }
    }
    return present;
  }

  private void upload(long module, Upload what, LongConsumer progress) throws InterruptedException {
    String boundary = "airbox-" + UUID.randomUUID();
    String head =
        "--"
            + boundary
            + "\r\nContent-Disposition: form-data; name=\"sha256sum\"\r\n\r\n"
            + what.sha256()
            + "\r\n--"
            + boundary
            + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
            + what.name()
            + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    String tail = "\r\n--" + boundary + "--\r\n";
    byte[] before = head.getBytes(StandardCharsets.US_ASCII);
    byte[] after = tail.getBytes(StandardCharsets.US_ASCII);
    BodyPublisher body =
        BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(
                () ->
                    new SequenceInputStream(
                        new SequenceInputStream(
                            new ByteArrayInputStream(before),
                            new Counted(what.content().get(), progress)),
                        new ByteArrayInputStream(after))),
            before.length + what.size() + after.length);
    exchange(
        HttpRequest.newBuilder(api.resolve("softwaremodules/" + module + "/artifacts"))
            .timeout(UPLOAD_PATIENCE)
            .header("Accept", "application/json")
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(body));
  }

  private long set(Release release, List<Long> modules) throws InterruptedException {
    Optional<Entity> found = find("distributionsets", release.pack(), version(release));
    return found.isPresent()
        ? found.get().id()
        : create(
            "distributionsets",
            new NewSet(
                release.pack(),
                version(release),
                "app",
                "signed release " + release.counter() + ", until " + release.expires(),
                modules.stream().map(Id::new).toList()));
  }

  /**
   * Makes a rollout of a distribution set.
   *
   * @return its id; it is not started
   * @throws UpdateException {@code UNREACHABLE} with the server's words: no target fits, the name
   *     is taken
   */
  public long rollOut(long set, Rollout rollout) throws InterruptedException {
    byte[] json =
        send(
            "rollouts",
            new NewRollout(
                rollout.name(),
                set,
                rollout.filter(),
                rollout.groups(),
                new Condition("THRESHOLD", Integer.toString(rollout.success())),
                new Action("NEXTGROUP", null),
                new Condition("THRESHOLD", Integer.toString(rollout.error())),
                new Action("PAUSE", null)));
    return StrictJson.read(json, Entity.class, "the rollout", LONGEST).id();
  }

  /** What a rollout is at: {@code creating}, {@code ready}, {@code running}, {@code paused}, … */
  public String status(long rollout) throws InterruptedException {
    byte[] json = get("rollouts/" + rollout);
    String status = StrictJson.read(json, Entity.class, "the rollout", LONGEST).status();
    return StrictJson.required(status, "/status");
  }

  /** Starts a rollout that is {@code ready}. */
  public void start(long rollout) throws InterruptedException {
    send("rollouts/" + rollout + "/start", null);
  }

  // ---- requests

  private Optional<Entity> find(String what, String name, String version)
      throws InterruptedException {
    String query = "name==" + quoted(name) + ";version==" + quoted(version);
    byte[] json = get(what + "?limit=1&q=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    return StrictJson.read(json, Page.class, "the list of " + what, LONGEST).first();
  }

  /** Names and versions of releases hold neither quotes nor stars. */
  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private long create(String what, Object document) throws InterruptedException {
    byte[] json = send(what, List.of(document));
    Entity[] made = StrictJson.read(json, Entity[].class, what, LONGEST);
    StrictJson.require(made.length == 1, "/", made.length, "must be one of " + what);
    return made[0].id();
  }

  private byte[] get(String path) throws InterruptedException {
    return exchange(
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(PATIENCE)
            .header("Accept", "application/hal+json, application/json"));
  }

  private byte[] send(String path, @Nullable Object document) throws InterruptedException {
    return exchange(
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(PATIENCE)
            .header("Accept", "application/hal+json, application/json")
            .header("Content-Type", "application/json")
            .POST(
                document == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(StrictJson.write(document))));
  }

  private byte[] exchange(HttpRequest.Builder request) throws InterruptedException {
    try {
      return web.exchange(request, LONGEST);
    } catch (PassingException | GoneException e) {
      throw new UpdateException(Reason.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Tells how much of a stream was read. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private final LongConsumer progress;
    private long count;

    Counted(InputStream in, LongConsumer progress) {
      this.in = in;
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int one = in.read();
      note(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int some = in.read(target, offset, length);
      note(some);
      return some;
    }

    private void note(int some) {
      if (some > 0) {
        count += some;
        progress.accept(count);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
