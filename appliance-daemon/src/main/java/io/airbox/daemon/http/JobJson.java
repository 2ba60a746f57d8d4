package io.airbox.daemon.http;

import io.airbox.daemon.jobs.JobPicture;
import io.airbox.daemon.jobs.JobProgress;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.Restraint;
import io.airbox.daemon.pictures.StoredPicture;
import io.airbox.daemon.telemetry.TelemetryJson;
import io.airbox.generation.GenerationSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Jobs, pictures and settings as {@code docs/api.md} shows them. */
public final class JobJson {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private JobJson() {}

  static JsonObject job(JobSnapshot job) {
    JsonArray pictures = new JsonArray();
    for (JobPicture picture : job.pictures()) {
      pictures.add(
          new JsonObject()
              .put("id", picture.id())
              .put("url", pictureUrl(picture.id()))
              .put("seed", picture.seed())
              .put("width", picture.width())
              .put("height", picture.height())
              .put("energy", TelemetryJson.energy(picture.energy().orElse(null))));
    }
    String self = "/api/v1/jobs/" + job.id();
    return new JsonObject()
        .put("id", job.id())
        .put("status", job.status().id())
        .put("created", time(job.created()))
        .put("started", time(job.started()))
        .put("finished", time(job.finished()))
        .put("position", job.position())
        .put("eta_seconds", seconds(job.eta()))
        .put("progress", progress(job.progress()))
        .put("settings", settings(job.settings()))
        .put("warnings", new JsonArray(job.warnings()))
        .put("pictures", pictures)
        .put("energy", TelemetryJson.energy(job.energy().orElse(null)))
        .put("restraint", restraint(job.restraint()))
        .put("error", error(job))
        .put(
            "links",
            new JsonObject()
                .put("self", self)
                .put("events", self + "/events")
                .put("cancel", self + "/cancel"));
  }

  static String pictureUrl(String id) {
    return "/api/v1/pictures/" + id + ".png";
  }

  private static @Nullable JsonObject restraint(@Nullable Restraint restraint) {
    return restraint == null
        ? null
        : new JsonObject().put("kind", restraint.kind()).put("reason", restraint.reason());
  }

  private static @Nullable JsonObject error(JobSnapshot job) {
    if (job.error() == null) {
      return null;
    }
    JsonObject error =
        new JsonObject().put("code", job.error().code()).put("message", job.error().message());
    return job.error().field() == null ? error : error.put("field", job.error().field());
  }

  private static JsonObject progress(JobProgress progress) {
    return new JsonObject()
        .put("picture", progress.picture())
        .put("pictures", progress.pictures())
        .put(
            "stage",
            progress.stage() == null ? null : progress.stage().name().toLowerCase(Locale.ROOT))
        .put("step", progress.step())
        .put("steps", progress.steps())
        .put("fraction", progress.fraction());
  }

  /** What a picture is made with. */
  public static JsonObject settings(GenerationSettings settings) {
    return new JsonObject()
        .put("pack", settings.pack())
        .put("pack_version", settings.packVersion())
        .put("preset", settings.preset())
        .put("prompt", settings.prompt())
        .put("negative_prompt", settings.negativePrompt())
        .put("width", settings.width())
        .put("height", settings.height())
        .put("steps", settings.steps())
        .put("cfg", settings.cfg())
        .put("sampler", settings.sampler().id())
        .put("spacing", settings.spacing().id())
        .put("seed", settings.seed())
        .put("noise", settings.noise().id())
        .put("count", settings.count())
        .put("strength", settings.strength());
  }

  static JsonObject picture(StoredPicture picture) {
    return new JsonObject()
        .put("id", picture.id())
        .put("job", picture.job())
        .put("created", time(picture.created()))
        .put("url", pictureUrl(picture.id()))
        .put("bytes", picture.bytes())
        .put("width", picture.width())
        .put("height", picture.height())
        .put("settings", settings(picture.settings()))
        .put("engine", picture.engine())
        .put("seconds", picture.seconds())
        .put("energy", TelemetryJson.energy(picture.energy().orElse(null)))
        .put("warnings", new JsonArray(picture.warnings()));
  }

  static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : TIME.format(instant);
  }

  private static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis() / 1000.0;
  }
}
