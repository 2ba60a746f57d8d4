package io.airbox.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code airbox audit}: who changed what. */
@Command(
    name = "audit",
    description = "Shows who changed what, and who tried; the newest last.",
    footerHeading = "%nExamples:%n",
    footer = {"  airbox audit", "  airbox audit --limit 200 --json"})
final class AuditCommand implements Callable<Integer> {
  @Mixin private DaemonOptions daemon;
  @Mixin private Output output;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many of the newest entries (default: 50).")
  private int limit;

  @Option(
      names = "--before",
      paramLabel = "NUMBER",
      description = "Only entries older than the one of that number.")
  private @Nullable Long before;

  private AuditCommand() {
    daemon = new DaemonOptions();
    output = new Output();
  }

  @Override
  public Integer call() {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject audit =
          client.get("/api/v1/audit?limit=" + limit + (before == null ? "" : "&before=" + before));
      output.print(audit, () -> lines(audit.getJsonArray("entries")));
      if (audit.getJsonArray("entries").isEmpty()) {
        output.say("there is no entry");
      }
    }
    return ExitCodes.DONE;
  }

  static String lines(JsonArray newestFirst) {
    Table table = new Table();
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      JsonObject entry = newestFirst.getJsonObject(i);
      table.row(
          String.valueOf(entry.getValue("number")),
          Moment.seconds(entry.getString("time")),
          entry.getString("actor"),
          from(entry),
          entry.getString("outcome"),
          what(entry));
    }
    return table.toString();
  }

  private static String from(JsonObject entry) {
    String address = entry.getString("address");
    String channel = entry.getString("channel");
    return address.equals(channel) ? channel : address + " " + channel;
  }

  /** {@code access.set guests: true → false}. */
  private static String what(JsonObject entry) {
    StringBuilder what = new StringBuilder(entry.getString("action"));
    String target = entry.getString("target");
    if (target != null) {
      what.append(' ').append(target);
    }
    String before = entry.getString("before");
    String after = entry.getString("after");
    if (before != null) {
      what.append(": ").append(before).append(" → ").append(after == null ? "nothing" : after);
    } else if (after != null) {
      what.append(": ").append(after);
    }
    return what.toString();
  }
}
