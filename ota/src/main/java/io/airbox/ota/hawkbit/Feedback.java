package io.airbox.ota.hawkbit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.airbox.ota.document.StrictJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server is told of an action.
 *
 * @param id the action's, or the cancel order's; hawkBit 0.3 finds nothing without it
 */
record Feedback(String id, Status status) {
  /** Longer ones are refused by hawkBit, which keeps 512 characters. */
  private static final int LONGEST = 500;

  /** Stages of a deployment, for its progress: order, files, trial. */
  private static final int STAGES = 3;

  Feedback(@Nullable String id, @Nullable Status status) {
    this.id = StrictJson.required(id, "/id");
    this.status = StrictJson.required(status, "/status");
  }

  /** How it stands. */
  record Status(String execution, Result result, List<String> details) {
    Status(@Nullable String execution, @Nullable Result result, @Nullable List<String> details) {
      this.execution = StrictJson.required(execution, "/execution");
      this.result = StrictJson.required(result, "/result");
      this.details = List.copyOf(StrictJson.required(details, "/details"));
    }
  }

  /** What came of it, and how far it is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Result(String finished, @Nullable Progress progress) {
    Result(@Nullable String finished, @Nullable Progress progress) {
      this.finished = StrictJson.required(finished, "/finished");
      this.progress = progress;
    }
  }

  /** So many of so many. */
  record Progress(int cnt, int of) {}

  private static Feedback of(
      String id, String execution, String finished, @Nullable Progress progress, String words) {
    String detail = words.length() > LONGEST ? words.substring(0, LONGEST - 1) + "…" : words;
    return new Feedback(id, new Status(execution, new Result(finished, progress), List.of(detail)));
  }

  /** Files are fetched. */
  static Feedback downloading(String id, String words) {
    return of(id, "download", "none", new Progress(1, STAGES), words);
  }

  /** Files are here. */
  static Feedback downloaded(String id, String words) {
    return of(id, "downloaded", "none", new Progress(2, STAGES), words);
  }

  /** The engine tries it. */
  static Feedback trying(String id, String words) {
    return of(id, "proceeding", "none", new Progress(STAGES, STAGES), words);
  }

  /** It is on its way, but waits. */
  static Feedback waiting(String id, String words) {
    return of(id, "proceeding", "none", null, words);
  }

  /** It is done; a cancel order, that it was obeyed. */
  static Feedback success(String id, String words) {
    return of(id, "closed", "success", null, words);
  }

  /** It failed, and what answered before goes on. */
  static Feedback failure(String id, String words) {
    return of(id, "closed", "failure", null, words);
  }

  /** A cancel order came too late. */
  static Feedback rejected(String id, String words) {
    return of(id, "rejected", "none", null, words);
  }
}
