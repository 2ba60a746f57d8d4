package io.airbox.daemon.http;

import io.airbox.daemon.jobs.JobPicture;
import io.airbox.daemon.jobs.JobProgress;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.JobStatus;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.Infotext;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.SamplerName;
import io.airbox.generation.sampling.Spacing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the web UI's API says, in its own words. */
final class WebUiJson {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int SHORT_HASH = 10;

  private WebUiJson() {}

  /** The name by which clients choose a pack. */
  static String title(ModelPack pack) {
    return pack.manifest().name() + " [" + hash(pack) + "]";
  }

  /** As {@code Model hash} in a picture's text. */
  static String hash(ModelPack pack) {
    return pack.digest().substring(0, Math.min(SHORT_HASH, pack.digest().length()));
  }

  static JsonObject model(ModelPack pack) {
    return new JsonObject()
        .put("title", title(pack))
        .put("model_name", pack.manifest().name())
        .put("hash", hash(pack))
        .put("sha256", pack.digest())
        .put("filename", pack.manifest().name())
        .putNull("config");
  }

  static JsonArray samplers() {
    JsonArray samplers = new JsonArray();
    for (SamplerKind sampler : SamplerKind.values()) {
      JsonArray aliases = new JsonArray().add(sampler.id());
      SamplerName.aliases(sampler).forEach(aliases::add);
      samplers.add(
          new JsonObject()
              .put("name", sampler.label())
              .put("aliases", aliases)
              .put("options", new JsonObject()));
    }
    return samplers;
  }

  static JsonArray schedulers() {
    JsonArray schedulers = new JsonArray().add(scheduler("automatic", "Automatic"));
    for (Spacing spacing : Spacing.values()) {
      schedulers.add(scheduler(spacing.id(), spacing.label()));
    }
    return schedulers;
  }

  private static JsonObject scheduler(String name, String label) {
    return new JsonObject()
        .put("name", name)
        .put("label", label)
        .putNull("aliases")
        .put("default_rho", -1.0)
        .put("need_inner_model", false);
  }

  static JsonObject options(ModelPack pack) {
    return new JsonObject()
        .put("sd_model_checkpoint", title(pack))
        .put("sd_checkpoint_hash", pack.digest())
        .put("sd_vae", "Automatic")
        .put("samples_format", "png")
        .put("CLIP_stop_at_last_layers", 1)
        .put("live_previews_enable", true)
        .put("show_progress_every_n_steps", 1);
  }

  /**
   * How far a job is; empty when there is none.
   *
   * @param preview the picture as far as it is, in base64
   */
  static JsonObject progress(Optional<JobSnapshot> job, @Nullable String preview) {
    JobProgress now = job.map(JobSnapshot::progress).orElse(null);
    Duration eta = job.map(JobSnapshot::eta).orElse(null);
    JsonObject state =
        new JsonObject()
            .put("skipped", false)
            .put("interrupted", false)
            .put("stopping_generation", false)
            .put("job", job.map(JobSnapshot::id).orElse(""))
            .put("job_count", now == null ? 0 : now.pictures() - now.picture())
            .put("job_timestamp", job.map(each -> timestamp(each.created())).orElse("0"))
            .put("job_no", now == null ? 0 : now.picture())
            .put("sampling_step", now == null ? 0 : now.step())
            .put("sampling_steps", now == null ? 0 : now.steps());
    return new JsonObject()
        .put("progress", now == null ? 0.0 : now.fraction())
        .put("eta_relative", eta == null ? 0.0 : eta.toMillis() / 1000.0)
        .put("state", state)
        .put("current_image", preview)
        .put("textinfo", job.map(WebUiJson::text).orElse(null));
  }

  private static @Nullable String text(JobSnapshot job) {
    if (job.restraint() != null) {
      return job.restraint().reason();
    }
    return job.status() == JobStatus.QUEUED
        ? "Waiting: " + job.position() + " before this one"
        : null;
  }

  private static String timestamp(Instant instant) {
    return TIMESTAMP.format(instant);
  }

  /** What a picture's text says, in one piece and in parts; all empty when it carries none. */
  static JsonObject pngInfo(@Nullable String text) {
    JsonObject items = new JsonObject();
    JsonObject parameters = new JsonObject();
    if (text != null) {
      items.put(Infotext.KEYWORD, text);
      Infotext read = Infotext.parse(text);
      parameters.put("Prompt", read.prompt()).put("Negative prompt", read.negativePrompt());
      read.parameters().forEach(parameters::put);
    }
    return new JsonObject()
        .put("info", text == null ? "" : text)
        .put("items", items)
        .put("parameters", parameters);
  }

  /**
   * What a reply's {@code info} says.
   *
   * @param infotexts of each picture
   * @param warnings what was not taken literally
   */
  static JsonObject info(
      JobSnapshot job, ModelPack pack, List<String> infotexts, List<String> warnings) {
    GenerationSettings settings = job.settings();
    JsonArray prompts = new JsonArray();
    JsonArray negatives = new JsonArray();
    JsonArray seeds = new JsonArray();
    JsonArray subseeds = new JsonArray();
    for (JobPicture picture : job.pictures()) {
      prompts.add(settings.prompt());
      negatives.add(settings.negativePrompt());
      seeds.add(picture.seed());
      subseeds.add(-1);
    }
    return new JsonObject()
        .put("prompt", settings.prompt())
        .put("all_prompts", prompts)
        .put("negative_prompt", settings.negativePrompt())
        .put("all_negative_prompts", negatives)
        .put("seed", settings.seed())
        .put("all_seeds", seeds)
        .put("subseed", -1)
        .put("all_subseeds", subseeds)
        .put("subseed_strength", 0)
        .put("width", settings.width())
        .put("height", settings.height())
        .put("sampler_name", settings.sampler().label())
        .put("cfg_scale", settings.cfg())
        .put("steps", settings.steps())
        .put("batch_size", settings.count())
        .put("restore_faces", false)
        .putNull("face_restoration_model")
        .put("sd_model_name", settings.pack())
        .put("sd_model_hash", hash(pack))
        .putNull("sd_vae_name")
        .putNull("sd_vae_hash")
        .put("seed_resize_from_w", -1)
        .put("seed_resize_from_h", -1)
        .put("denoising_strength", settings.strength())
        .put("extra_generation_params", new JsonObject())
        .put("index_of_first_image", 0)
        .put("infotexts", new JsonArray(infotexts))
        .put("styles", new JsonArray())
        .put("job_timestamp", timestamp(job.created()))
        .put("clip_skip", 1)
        .put("is_using_inpainting_conditioning", false)
        .put("version", "airbox")
        .put("airbox_job", job.id())
        .put("airbox_warnings", new JsonArray(warnings));
  }
}
