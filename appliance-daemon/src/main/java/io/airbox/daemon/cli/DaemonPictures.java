package io.airbox.daemon.cli;

import io.airbox.daemon.http.RequestJson;
import io.airbox.generation.GenerationRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Pictures that a daemon makes. A client that is interrupted cancels its job. */
final class DaemonPictures implements PictureSource {
  private final DaemonClient daemon;

  DaemonPictures(DaemonClient daemon) {
    this.daemon = daemon;
  }

  @Override
  public Result make(GenerationRequest request, ProgressLine progress) {
    JsonObject job =
        daemon.post("/api/v1/jobs", RequestJson.write(request).put("cancel_on_disconnect", true));
    JsonObject ended =
        daemon.follow(
            job.getJsonObject("links").getString("events"), changed -> show(changed, progress));
    if (!ended.getString("status").equals("completed")) {
      JsonObject error = ended.getJsonObject("error", new JsonObject());
      throw new CommandFailure(
          ExitCodes.FAILED,
          error.getString("message", "the job ended as " + ended.getString("status")));
    }
    List<Made> pictures = new ArrayList<>();
    for (Object each : ended.getJsonArray("pictures")) {
      JsonObject picture = (JsonObject) each;
      pictures.add(
          new Made(
              daemon.bytes(picture.getString("url")),
              ended
                  .getJsonObject("settings")
                  .copy()
                  .put("seed", picture.getLong("seed"))
                  .put("count", 1)));
    }
    return new Result(pictures, texts(ended.getJsonArray("warnings")));
  }

  private static void show(JsonObject job, ProgressLine progress) {
    JsonObject state = job.getJsonObject("progress");
    String what =
        job.getString("status").equals("queued")
            ? job.getInteger("position") + " before this one"
            : state.getString("stage", "")
                + " "
                + state.getInteger("step")
                + "/"
                + state.getInteger("steps");
    progress.show(state.getDouble("fraction"), what);
  }

  private static List<String> texts(JsonArray array) {
    return array.stream().map(String::valueOf).toList();
  }

  @Override
  public void close() {
    daemon.close();
  }
}
