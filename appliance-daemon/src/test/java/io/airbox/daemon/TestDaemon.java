package io.airbox.daemon;

import io.airbox.daemon.access.ClaimOffer;
import io.airbox.daemon.config.ConfigLoader;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.systemd.ServiceNotifier;
import io.airbox.generation.worker.WorkerState;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.netplan.staging.NetworkStaging;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A whole daemon on a free port with the built-in pack, and a client for it. */
public final class TestDaemon implements AutoCloseable {
  /** What makes the pictures, unless it was started with the real worker. */
  public final FakeMaker maker = new FakeMaker();

  /** What is in its memory, unless it was started with the real worker. */
  public final FakePacks packs = new FakePacks();

  /** What a pack is tried with, unless it was started with the real worker. */
  public final FakeTrial trial = new FakeTrial();

  /** What whoever is at the box has read, oldest first. */
  public final BlockingQueue<ClaimOffer> offers = new LinkedBlockingQueue<>();

  /** How long it was told to rest after each step, oldest first. */
  public final BlockingQueue<Duration> paces = new LinkedBlockingQueue<>();

  public final Places places;
  public final String url;

  private final ApplianceDaemon daemon;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestDaemon(
      Path data,
      Map<String, String> settings,
      boolean real,
      Predicate<InetAddress> near,
      @Nullable NetworkStaging staging)
      throws Exception {
    Map<String, String> flags = new HashMap<>(settings);
    flags.putIfAbsent("http.port", "0");
    flags.putIfAbsent("https.port", "0");
    flags.putIfAbsent("https.enabled", "false");
    flags.putIfAbsent("access.guest.jobs.per.minute", "10000");
    flags.put("data.dir", data.toString());
    flags.putIfAbsent("models.dirs", models().toString());
    DaemonConfig config = new ConfigLoader(Map.of()).load(null, flags);
    places = Places.of(config.storage());
    daemon = new ApplianceDaemon(config, places, ServiceNotifier.silent(), offers::add);
    if (real) {
      daemon.start();
    } else {
      WorkerStatus ready =
          new WorkerStatus(WorkerState.READY, null, null, 1, "onnx", "fake", 0, Duration.ZERO);
      daemon.start(
          () -> new ApplianceDaemon.Maker(maker, () -> ready, packs, paces::add, trial),
          near,
          helper -> staging == null ? helper.networkStaging(config.sysroot()) : staging);
    }
    String withSlash = daemon.url();
    url = withSlash.substring(0, withSlash.length() - 1);
  }

  /** With the fake maker. */
  public static TestDaemon start(Path data) throws Exception {
    return start(data, Map.of());
  }

  public static TestDaemon start(Path data, Map<String, String> settings) throws Exception {
    return start(data, settings, InetAddress::isLoopbackAddress);
  }

  /**
   * With the fake maker.
   *
   * @param near which remote addresses are this machine's own
   */
  public static TestDaemon start(
      Path data, Map<String, String> settings, Predicate<InetAddress> near) throws Exception {
    return new TestDaemon(data, settings, false, near, null);
  }

  /**
   * With the fake maker.
   *
   * @param staging the side of network changes that has root
   */
  public static TestDaemon start(Path data, Map<String, String> settings, NetworkStaging staging)
      throws Exception {
    return new TestDaemon(data, settings, false, InetAddress::isLoopbackAddress, staging);
  }

  /** With the real engine worker. */
  public static TestDaemon startReal(Path data) throws Exception {
    return startReal(data, Map.of());
  }

  /** With the real engine worker. */
  public static TestDaemon startReal(Path data, Map<String, String> settings) throws Exception {
    return new TestDaemon(data, settings, true, InetAddress::isLoopbackAddress, null);
  }

  /** The folder of the built-in packs. */
  public static Path models() {
    return Path.of(System.getProperty("airbox.root"), "models");
  }

  /** Where HTTPS is, once it is up; with a slash at its end. */
  public String httpsUrl() {
    return daemon.httpsUrls().toCompletableFuture().join().get(0);
  }

  public HttpClient client() {
    return client;
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(60));
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public HttpResponse<String> get(String path) {
    return send(request(path));
  }

  public HttpResponse<String> post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  public JsonObject json(String path) {
    return new JsonObject(get(path).body());
  }

  /** Submits a job and returns its id. */
  public String submit(String body) {
    HttpResponse<String> reply = post("/api/v1/jobs", body);
    if (reply.statusCode() != 202) {
      throw new AssertionError(reply.statusCode() + " " + reply.body());
    }
    return new JsonObject(reply.body()).getString("id");
  }

  /** The event stream of a job, read to its end. */
  public List<String> events(String id) {
    return List.of(get("/api/v1/jobs/" + id + "/events").body().split("\n\n"));
  }

  /** Waits for a job's end. */
  public JsonObject finished(String id) {
    events(id);
    return json("/api/v1/jobs/" + id);
  }

  @Override
  public void close() {
    daemon.stop();
  }
}
