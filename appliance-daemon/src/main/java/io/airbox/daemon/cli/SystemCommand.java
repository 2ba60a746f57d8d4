package io.airbox.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code airbox system}: the machine itself, changed by airbox-helper. */
@Command(
    name = "system",
    description = "The box as a machine: its host name, its clock, its restart.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox system show",
      "  airbox system hostname studio",
      "  airbox system time --host airbox.local",
      "  airbox system mirror",
      "  airbox system ntp --set ntp.example.org",
      "  airbox system reboot --dry-run"
    })
final class SystemCommand implements Runnable {
  private static final String PATH = "/api/v1/system";

  @Spec private CommandSpec spec;

  private SystemCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: show, hostname, time, ntp, mirror or reboot");
  }

  @Command(
      name = "show",
      description = "Shows host name and time, and whether the box lets them be changed.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox system show"})
  int show(@Mixin DaemonOptions daemon, @Mixin Output output) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject system = client.get(PATH);
      output.print(system, () -> facts(system));
    }
    return ExitCodes.DONE;
  }

  private static String facts(JsonObject system) {
    JsonObject helper = system.getJsonObject("helper");
    return new Table()
        .row("host name", system.getString("hostname"))
        .row("time", Moment.seconds(system.getString("time")))
        .row(
            "can be changed",
            helper.getBoolean("available") ? "yes" : "no: " + helper.getString("reason"))
        .toString();
  }

  @Command(
      name = "hostname",
      description = "Sets the host name; the box's own certificate follows it.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox system hostname studio", "  airbox system hostname studio --dry-run"})
  int hostname(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin DryRun dryRun,
      @Parameters(paramLabel = "NAME", description = "Letters, digits and hyphens, at most 63.")
          String name) {
    try (DaemonClient client = daemon.connect(output)) {
      print(
          client.put(PATH + "/hostname", dryRun.into(new JsonObject().put("hostname", name))),
          output);
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "time",
      description = "Sets the box's clock, to this computer's time when none is given.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox system time --host airbox.local",
        "  airbox system time 2026-11-23T06:30:00Z"
      })
  int time(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin DryRun dryRun,
      @Parameters(
              arity = "0..1",
              paramLabel = "TIME",
              description = "RFC 3339; on the box itself it has to be given.")
          @Nullable String time) {
    if (time == null && !daemon.elsewhere()) {
      throw new ParameterException(
          spec.subcommands().get("time"),
          "say which time, such as 2026-11-23T06:30:00Z: without --host this computer is the box");
    }
    Instant wanted = time == null ? null : instant(time);
    try (DaemonClient client = daemon.connect(output)) {
      Instant set = wanted == null ? output.surroundings().clock().instant() : wanted;
      print(
          client.put(
              PATH + "/time",
              dryRun.into(
                  new JsonObject().put("time", set.truncatedTo(ChronoUnit.MILLIS).toString()))),
          output);
    }
    return ExitCodes.DONE;
  }

  private Instant instant(String time) {
    try {
      return OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.subcommands().get("time"),
          "TIME " + time + " is not a time such as 2026-11-23T06:30:00Z",
          e);
    }
  }

  @Command(
      name = "mirror",
      description = {
        "Shows or chooses where the distribution's packages come from.",
        "Pockets and components stay; only what stands before the archives' names changes."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox system mirror",
        "  airbox system mirror --set https://mirrors.example.org --dry-run",
        "  airbox system mirror --undo"
      })
  int mirror(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin DryRun dryRun,
      @Mixin Force force,
      @Option(
              names = "--set",
              paramLabel = "URL",
              description = "The mirror, without the archives' names; asked first if it answers.")
          @Nullable String mirror,
      @Option(names = "--undo", description = "Back to what was before.") boolean undo) {
    try (DaemonClient client = daemon.connect(output)) {
      if (mirror == null && !undo) {
        JsonObject shown = client.get(PATH + "/mirror");
        output.print(shown, () -> sources(shown));
      } else {
        JsonObject body = force.into(dryRun.into(new JsonObject()));
        chosen("mirror", mirror, undo, body);
        print(client.put(PATH + "/mirror", body), output);
      }
    }
    return ExitCodes.DONE;
  }

  private void chosen(String verb, @Nullable Object value, boolean undo, JsonObject body) {
    if (value != null && undo) {
      throw new ParameterException(spec.subcommands().get(verb), "give one of --set and --undo");
    }
    if (undo) {
      body.put("previous", true);
    } else {
      body.put(verb.equals("ntp") ? "servers" : verb, value);
    }
  }

  private static String sources(JsonObject shown) {
    Table table =
        new Table()
            .row("release", String.valueOf(shown.getString("release")))
            .row("mirror", String.valueOf(shown.getString("mirror")));
    for (Object each : shown.getJsonArray("lines")) {
      JsonObject line = (JsonObject) each;
      table.row(
          line.getBoolean("own") ? "packages" : "others",
          line.getString("uri") + " " + line.getString("suite"));
    }
    return table.row("can go back", shown.getBoolean("can_restore") ? "yes" : "no").toString();
  }

  @Command(
      name = "ntp",
      description = "Shows or chooses the time servers that the clock follows.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox system ntp",
        "  airbox system ntp --set ntp.example.org --set 192.168.1.1",
        "  airbox system ntp --set \"\"",
        "  airbox system ntp --undo"
      })
  int ntp(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin DryRun dryRun,
      @Mixin Force force,
      @Option(
              names = "--set",
              paramLabel = "SERVER",
              description =
                  "A server, asked first if it answers; may be given several times. Empty: those of"
                      + " the system.")
          @Nullable List<String> servers,
      @Option(names = "--undo", description = "Back to what was before.") boolean undo) {
    try (DaemonClient client = daemon.connect(output)) {
      if (servers == null && !undo) {
        JsonObject shown = client.get(PATH + "/ntp");
        output.print(
            shown,
            () ->
                new Table()
                    .row("servers", joined(shown, "servers"))
                    .row("of the system", joined(shown, "system"))
                    .row("clock is set", shown.getBoolean("synchronised") ? "yes" : "not yet")
                    .row("can go back", shown.getBoolean("can_restore") ? "yes" : "no")
                    .toString());
      } else {
        JsonObject body = force.into(dryRun.into(new JsonObject()));
        chosen(
            "ntp",
            servers == null
                ? null
                : new JsonArray(servers.stream().filter(each -> !each.isEmpty()).toList()),
            undo,
            body);
        print(client.put(PATH + "/ntp", body), output);
      }
    }
    return ExitCodes.DONE;
  }

  private static String joined(JsonObject shown, String name) {
    JsonArray texts = shown.getJsonArray(name);
    return texts.isEmpty()
        ? "none"
        : texts.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  @Command(
      name = "reboot",
      description = "Restarts the box; running jobs end. Asks first on a terminal.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox system reboot --dry-run", "  airbox system reboot --yes"})
  int reboot(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin DryRun dryRun,
      @Option(names = "--yes", description = "Do not ask.") boolean yes) {
    try (DaemonClient client = daemon.connect(output)) {
      if (!yes && !dryRun.wanted()) {
        confirm(client, output);
      }
      print(client.post(PATH + "/reboot", dryRun.into(new JsonObject())), output);
    }
    return ExitCodes.DONE;
  }

  private void confirm(DaemonClient client, Output output) {
    Questions questions = output.questions();
    if (!questions.canAsk()) {
      throw new ParameterException(
          spec.subcommands().get("reboot"),
          "there is no terminal to ask at; --yes restarts without asking");
    }
    String host = Table.harmless(client.get(PATH).getString("hostname"));
    if (!questions.yes("Restart " + host + " now? Running jobs end.")) {
      throw new CommandFailure(ExitCodes.FAILED, "not confirmed; nothing was done");
    }
  }

  private static void print(JsonObject reply, Output output) {
    output.print(
        reply,
        () ->
            reply.getJsonArray("steps").stream()
                .map(step -> Table.harmless(String.valueOf(step)))
                .collect(Collectors.joining("\n")));
    for (Object each : reply.getJsonArray("reached", new JsonArray())) {
      JsonObject answer = (JsonObject) each;
      output.say(
          Table.harmless(
              answer.getString("target")
                  + (answer.getBoolean("reachable") ? " answers: " : " is no use: ")
                  + answer.getString("detail")));
    }
    if (reply.getBoolean("dry_run")) {
      output.say("nothing was done: these are the steps that would be");
    }
  }

  /** Whether to go on though nobody answers. */
  static final class Force {
    @Option(names = "--force", description = "Choose it even if it does not answer.")
    private boolean wanted;

    JsonObject into(JsonObject body) {
      return wanted ? body.put("force", true) : body;
    }
  }

  /** Whether to say only what would be done. */
  static final class DryRun {
    @Option(names = "--dry-run", description = "Check and say the steps, but do nothing.")
    private boolean wanted;

    boolean wanted() {
      return wanted;
    }

    JsonObject into(JsonObject body) {
      return body.put("dry_run", wanted);
    }
  }
}
