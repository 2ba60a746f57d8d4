package io.airbox.daemon.cli;

import io.airbox.generation.ClosestName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code airbox keys}: API keys for programs. */
@Command(
    name = "keys",
    description = "API keys: what programs show to be let in.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox keys list",
      "  KEY=$(airbox keys add ci --expires 90d)",
      "  airbox keys revoke k3v9x2ab"
    })
final class KeysCommand implements Runnable {
  private static final String PATH = "/api/v1/keys";

  @Spec private CommandSpec spec;

  private KeysCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: list, add or revoke");
  }

  /** What a key may do. */
  enum KeyRole {
    USER,
    OPERATOR,
    OWNER
  }

  @Command(
      name = "list",
      description = "Lists the keys; their secrets are not kept, so they cannot be shown.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox keys list", "  airbox keys list --host airbox.local --json"})
  int list(@Mixin DaemonOptions daemon, @Mixin Output output) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject keys = client.get(PATH);
      output.print(keys, () -> table(keys, output.surroundings().clock().instant()));
      if (keys.getJsonArray("keys").isEmpty()) {
        output.say("there are no keys; `airbox keys add NAME` makes one");
      }
    }
    return ExitCodes.DONE;
  }

  static String table(JsonObject keys, Instant now) {
    Table table =
        new Table(
            "ID", "NAME", "ROLE", "CREATED", "EXPIRES", "LAST USED", "PICTURES TODAY", "JOBS");
    for (JsonObject key : keys(keys)) {
      Integer perDay = key.getInteger("pictures_per_day");
      Integer jobs = key.getInteger("concurrent_jobs");
      table.row(
          key.getString("id"),
          key.getString("name"),
          key.getString("role"),
          Moment.relative(key.getString("created"), now, "unknown"),
          Moment.relative(key.getString("expires"), now, "never"),
          Moment.relative(key.getString("last_used"), now, "never"),
          key.getInteger("pictures_today", 0) + (perDay == null ? "" : " of " + perDay),
          jobs == null ? "any" : "at most " + jobs);
    }
    return table.toString();
  }

  private static List<JsonObject> keys(JsonObject keys) {
    JsonArray array = keys.getJsonArray("keys");
    return array.stream().map(JsonObject.class::cast).toList();
  }

  @Command(
      name = "add",
      description = "Makes a key and prints it. This is the only time that it is shown.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  KEY=$(airbox keys add ci)",
        "  airbox keys add shop --expires 90d --pictures-per-day 200 --concurrent-jobs 2",
        "  airbox keys add fleet --role operator --json"
      })
  int add(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Parameters(paramLabel = "NAME", description = "Who or what will use it.") String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              defaultValue = "user",
              description = "user, operator or owner (default: user).")
          KeyRole role,
      @Option(
              names = "--expires",
              paramLabel = "WHEN",
              description = "After a span such as 90d, 12h or 2w, or at an RFC 3339 time.")
          @Nullable String expires,
      @Option(
              names = "--pictures-per-day",
              paramLabel = "N",
              description = "Pictures it may ask for in a day of UTC.")
          @Nullable Integer picturesPerDay,
      @Option(
              names = "--concurrent-jobs",
              paramLabel = "N",
              description = "Jobs it may have waiting and running.")
          @Nullable Integer concurrentJobs) {
    Instant now = output.surroundings().clock().instant();
    JsonObject wish =
        new JsonObject().put("name", name).put("role", role.name().toLowerCase(Locale.ROOT));
    if (expires != null) {
      wish.put("expires", Moment.end("--expires", expires, now).toString());
    }
    if (picturesPerDay != null) {
      wish.put("pictures_per_day", picturesPerDay);
    }
    if (concurrentJobs != null) {
      wish.put("concurrent_jobs", concurrentJobs);
    }
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject key = client.post(PATH, wish);
      output.print(key, () -> key.getString("key"));
      output.say(
          "key "
              + key.getString("id")
              + " of role "
              + key.getString("role")
              + " expires "
              + Moment.relative(key.getString("expires"), now, "never")
              + ". It is not shown again; `airbox keys revoke "
              + key.getString("id")
              + "` ends it.");
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "revoke",
      description = "Ends a key at once, and everything that was signed in with it.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox keys revoke k3v9x2ab"})
  int revoke(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Parameters(paramLabel = "ID", description = "Its id, as `airbox keys list` shows it.")
          String id) {
    try (DaemonClient client = daemon.connect(output)) {
      try {
        client.delete(PATH + "/" + segment(id));
      } catch (CommandFailure e) {
        throw e.code().equals("NOT_FOUND")
            ? new CommandFailure(e.exitCode(), e.code(), unknown(id, keys(client.get(PATH))), e)
            : e;
      }
      output.print(new JsonObject().put("revoked", id), () -> "revoked " + id);
    }
    return ExitCodes.DONE;
  }

  private static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String unknown(String id, List<JsonObject> keys) {
    String hint = ClosestName.hint(id, keys.stream().map(key -> key.getString("id")).toList());
    if (hint.isEmpty()) {
      hint =
          keys.stream()
              .filter(key -> key.getString("name").equalsIgnoreCase(id))
              .findFirst()
              .map(key -> " Did you mean \"" + key.getString("id") + "\", whose name this is?")
              .orElse("");
    }
    return "there is no key \""
        + Table.harmless(id)
        + "\"."
        + hint
        + " `airbox keys list` shows all";
  }
}
