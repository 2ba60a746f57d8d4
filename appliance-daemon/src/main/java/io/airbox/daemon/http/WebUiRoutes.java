package io.airbox.daemon.http;

import io.airbox.daemon.access.Caller;
import io.airbox.daemon.jobs.JobListener;
import io.airbox.daemon.jobs.JobPicture;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.JobStatus;
import io.airbox.daemon.tpu.TpuView;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.ModelPack;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.vertx.core.Handler;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The API of AUTOMATIC1111's web UI, {@code /sdapi/v1}, over the same queue as the native one.
 *
 * <p>The web UI has one user and one job. Here each client sees and interrupts what it asked for
 * itself, and the checkpoint that it chooses counts for itself alone. Of what there is none here
 * (upscalers, LoRAs, scripts, …) lists are empty.
 */
final class WebUiRoutes {
  private static final String PREFIX = "/sdapi/v1/";

  /** Clients whose choice of a checkpoint is remembered. */
  private static final int MOST_CHOICES = 1000;

  private static final List<String> EMPTY_LISTS =
      List.of(
          "latent-upscale-modes",
          "sd-vae",
          "sd-modules",
          "loras",
          "prompt-styles",
          "hypernetworks",
          "face-restorers",
          "realesrgan-models",
          "script-info",
          "extensions");

  private final DaemonServices services;
  private final JobQueue jobs;
  private final Submissions submissions;
  private final RequestBodies bodies;
  private final JobWait wait;

  /** Jobs of this API that clients wait for, by id. */
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

  /** Titles of packs by who chose them, the eldest first. */
  private final Map<String, String> chosen = new LinkedHashMap<>();

  WebUiRoutes(DaemonServices services, Submissions submissions, RequestBodies bodies) {
    this.services = services;
    this.jobs = services.jobs();
    this.submissions = submissions;
    this.bodies = bodies;
    this.wait = new JobWait(services.jobs());
  }

  void mount(Routes router) {
    handle(router.post(PREFIX + "txt2img"), context -> make(context, false));
    handle(router.post(PREFIX + "img2img"), context -> make(context, true));
    handle(router.get(PREFIX + "progress"), this::progress);
    handle(router.post(PREFIX + "interrupt"), context -> interrupt(context, new JsonObject()));
    handle(router.post(PREFIX + "skip"), context -> interrupt(context, null));
    handle(router.get(PREFIX + "options"), this::options);
    handle(router.post(PREFIX + "options"), this::choose);
    handle(router.get(PREFIX + "sd-models"), this::models);
    handle(router.get(PREFIX + "samplers"), context -> say(context, WebUiJson.samplers()));
    handle(router.get(PREFIX + "schedulers"), context -> say(context, WebUiJson.schedulers()));
    handle(router.get(PREFIX + "upscalers"), context -> say(context, upscalers()));
    handle(router.get(PREFIX + "embeddings"), context -> say(context, embeddings()));
    handle(router.get(PREFIX + "scripts"), context -> say(context, scripts()));
    handle(router.get(PREFIX + "cmd-flags"), context -> say(context, new JsonObject()));
    for (String list : EMPTY_LISTS) {
      handle(router.get(PREFIX + list), context -> say(context, new JsonArray()));
    }
    handle(router.post(PREFIX + "png-info"), this::pngInfo);
    handle(router.get(PREFIX + "memory"), this::memory);
    handle(router.post(PREFIX + "refresh-checkpoints"), this::refresh);
    handle(router.post(PREFIX + "refresh-vae"), context -> say(context, null));
    handle(router.post(PREFIX + "reload-checkpoint"), context -> say(context, null));
    handle(router.post(PREFIX + "unload-checkpoint"), context -> say(context, null));
  }

  private static void handle(Route route, Handler<RoutingContext> handler) {
    route.handler(
        context -> {
          long begin = System.nanoTime();
          context.addHeadersEndHandler(
              nothing ->
                  context
                      .response()
                      .putHeader(
                          "X-Process-Time",
                          String.format(Locale.ROOT, "%.4f", (System.nanoTime() - begin) / 1e9)));
          handler.handle(context);
        });
  }

  private static void say(RoutingContext context, @Nullable Object value) {
    Reply.json(context, 200, Json.encodeToBuffer(value));
  }

  private static JsonArray upscalers() {
    return new JsonArray()
        .add(
            new JsonObject()
                .put("name", "None")
                .putNull("model_name")
                .putNull("model_path")
                .putNull("model_url")
                .put("scale", 4.0));
  }

  private static JsonObject embeddings() {
    return new JsonObject().put("loaded", new JsonObject()).put("skipped", new JsonObject());
  }

  private static JsonObject scripts() {
    return new JsonObject().put("txt2img", new JsonArray()).put("img2img", new JsonArray());
  }

  // ---- pictures

  private void make(RoutingContext context, boolean img2img) {
    Caller caller = Gate.caller(context);
    String owner = caller.actor().id();
    bodies.read(
        context,
        body -> {
          WebUiRequest request =
              WebUiRequest.of(
                  Fields.parseLeniently(body), img2img, choice(owner), services.packs());
          JobSnapshot job = submissions.submit(caller, request.generation());
          return new Waiting(owner, request, job.id());
        },
        asked -> follow(context, asked));
  }

  private void follow(RoutingContext context, Waiting asked) {
    waiting.put(asked.job, asked);
    context.addEndHandler(over -> waiting.remove(asked.job));
    wait.follow(
        context,
        asked.job,
        new JobListener() {
          @Override
          public void changed(JobSnapshot job) {
            if (job.status() == JobStatus.FAILED) {
              context.fail(HttpFailure.of(job.error()));
            } else if (job.status().ended()) {
              Reply.after(context, () -> reply(asked, job), body -> Reply.json(context, 200, body));
            }
          }

          @Override
          public void preview(int picture, int step, RgbImage image) {
            asked.preview = image;
          }
        });
  }

  /** Of a job that was interrupted, the picture that was begun is given as far as it was. */
  private JsonObject reply(Waiting asked, JobSnapshot job) {
    List<String> infotexts = new ArrayList<>();
    JsonArray images = new JsonArray();
    for (JobPicture picture : job.pictures()) {
      byte[] png =
          services
              .pictures()
              .png(picture.id())
              .orElseThrow(() -> HttpFailure.notFound("picture " + picture.id() + " is gone"));
      images.add(Base64.getEncoder().encodeToString(png));
      infotexts.add(Png.texts(png).getOrDefault(Infotext.KEYWORD, ""));
    }
    RgbImage begun = asked.preview;
    if (job.status() == JobStatus.CANCELLED && begun != null) {
      images.add(enlarged(begun, job));
    }
    List<String> warnings = new ArrayList<>(asked.request.warnings());
    warnings.addAll(job.warnings());
    return new JsonObject()
        .put("images", asked.request.sendImages() ? images : new JsonArray())
        .put("parameters", asked.request.echo())
        .put("info", WebUiJson.info(job, asked.request.pack(), infotexts, warnings).encode());
  }

  private static String enlarged(RgbImage preview, JobSnapshot job) {
    RgbImage whole = Resampling.resize(preview, job.settings().width(), job.settings().height());
    return Base64.getEncoder().encodeToString(Png.encode(whole, Map.of()));
  }

  // ---- what is under way

  /** What this client waits for: what runs, else what waits longest. */
  private Optional<JobSnapshot> current(String owner) {
    return waiting.values().stream()
        .filter(each -> each.owner.equals(owner))
        .flatMap(each -> jobs.job(each.job).stream())
        .filter(job -> !job.status().ended())
        .min(
            Comparator.comparing((JobSnapshot job) -> job.status() != JobStatus.RUNNING)
                .thenComparing(JobSnapshot::id));
  }

  private void progress(RoutingContext context) {
    Optional<JobSnapshot> job = current(Gate.caller(context).actor().id());
    boolean skip = QueryFields.flag(context, "skip_current_image");
    Waiting waited = job.map(each -> waiting.get(each.id())).orElse(null);
    RgbImage preview = waited == null || skip ? null : waited.preview;
    Reply.after(
        context,
        () ->
            WebUiJson.progress(job, preview == null ? null : enlarged(preview, job.orElseThrow())),
        body -> Reply.json(context, 200, body));
  }

  /** A job makes its pictures in one go, so that to skip one is to end it. */
  private void interrupt(RoutingContext context, @Nullable JsonObject answer) {
    String owner = Gate.caller(context).actor().id();
    Reply.after(
        context,
        () -> current(owner).flatMap(job -> jobs.cancel(job.id(), "interrupted by its client")),
        done -> say(context, answer));
  }

  // ---- packs

  private @Nullable String choice(String owner) {
    synchronized (chosen) {
      return chosen.get(owner);
    }
  }

  private void choose(RoutingContext context) {
    String owner = Gate.caller(context).actor().id();
    bodies.read(
        context,
        body -> {
          String checkpoint = Fields.parseLeniently(body).text("sd_model_checkpoint", 300);
          if (checkpoint != null) {
            remember(owner, WebUiJson.title(WebUiRequest.pack(checkpoint, services.packs())));
          }
          return owner;
        },
        done -> say(context, null));
  }

  private void remember(String owner, String title) {
    synchronized (chosen) {
      chosen.remove(owner);
      chosen.put(owner, title);
      if (chosen.size() > MOST_CHOICES) {
        chosen.remove(chosen.keySet().iterator().next());
      }
    }
  }

  /** A pack that was chosen and is gone counts as none chosen. */
  private void options(RoutingContext context) {
    String title = choice(Gate.caller(context).actor().id());
    Reply.after(
        context,
        () -> {
          services.packs().refresh();
          ModelPack pack =
              services.packs().packs().stream()
                  .filter(each -> WebUiJson.title(each).equals(title))
                  .findFirst()
                  .orElseGet(services.packs()::defaultPack);
          return WebUiJson.options(pack);
        },
        body -> Reply.json(context, 200, body));
  }

  private void models(RoutingContext context) {
    Reply.after(
        context,
        () -> {
          services.packs().refresh();
          JsonArray models = new JsonArray();
          services.packs().packs().forEach(pack -> models.add(WebUiJson.model(pack)));
          return models;
        },
        body -> say(context, body));
  }

  private void refresh(RoutingContext context) {
    Reply.after(
        context,
        () -> {
          services.packs().rescan();
          return context;
        },
        done -> say(context, null));
  }

  // ---- the rest

  private void pngInfo(RoutingContext context) {
    bodies.read(
        context,
        body -> {
          String image = Fields.parseLeniently(body).required("image", Integer.MAX_VALUE);
          return Png.texts(RequestJson.base64("image", image)).get(Infotext.KEYWORD);
        },
        (@Nullable String text) -> Reply.json(context, 200, WebUiJson.pngInfo(text)));
  }

  /** The TPU's memory stands where clients look for that of a graphics card. */
  private void memory(RoutingContext context) {
    Sample sample = services.telemetry().sample();
    OptionalDouble total = value(sample, "memory.size");
    OptionalDouble free = value(sample, "memory.available");
    TpuView tpu = services.tpu().glance();
    Optional<TpuView.Sum> device = tpu.present() ? tpu.memory() : Optional.empty();
    JsonObject cuda =
        device
            .map(sum -> new JsonObject().put("system", sizes(sum.total(), sum.used())))
            .orElseGet(() -> new JsonObject().put("error", "unavailable"));
    JsonObject ram =
        total.isPresent() && free.isPresent()
            ? sizes((long) total.getAsDouble(), (long) (total.getAsDouble() - free.getAsDouble()))
            : new JsonObject().put("error", "unavailable");
    Reply.json(context, 200, new JsonObject().put("ram", ram).put("cuda", cuda));
  }

  private static OptionalDouble value(Sample sample, String id) {
    return sample.reading(id).map(Reading::value).orElse(OptionalDouble.empty());
  }

  private static JsonObject sizes(long total, long used) {
    return new JsonObject().put("free", total - used).put("used", used).put("total", total);
  }

  /** A request whose client waits. */
  private static final class Waiting {
    private final String owner;
    private final WebUiRequest request;
    private final String job;
    private volatile @Nullable RgbImage preview;

    Waiting(String owner, WebUiRequest request, String job) {
      this.owner = owner;
      this.request = request;
      this.job = job;
    }
  }
}
