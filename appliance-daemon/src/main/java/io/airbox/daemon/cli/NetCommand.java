package io.airbox.daemon.cli;

import io.airbox.daemon.network.NetworkJson;
import io.airbox.daemon.network.NetworkRefusedException;
import io.airbox.daemon.network.NetworkView;
import io.airbox.netplan.plan.NetworkPlan;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code airbox net}: the box's network, changed so that nobody locks himself out. */
@Command(
    name = "net",
    description = {
      "The box's network: what is live, what is set, what a change would do.",
      "A change is in effect for a while, and goes back by itself unless somebody who still reaches"
          + " the box confirms it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox net show",
      "  airbox net plan --preset both-dhcp",
      "  airbox net apply --preset static --field address=192.168.1.10/24",
      "  airbox net confirm"
    })
final class NetCommand implements Runnable {
  static final String PATH = "/api/v1/network";

  @Spec private CommandSpec spec;

  private NetCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: show, check, presets, plan, apply, confirm, revert or history");
  }

  /** Another tree than the running machine's. */
  static final class Tree {
    @Option(
        names = "--sysroot",
        paramLabel = "DIR",
        description = "Read the tree below DIR, without a daemon: a recorded box, a mounted card.")
    private @Nullable Path sysroot;

    /** The tree to work on here; empty when a daemon is to be asked. */
    Optional<NetworkView> view() {
      Path root = sysroot;
      if (root == null) {
        return Optional.empty();
      }
      if (!Files.isDirectory(root)) {
        throw new CommandFailure(ExitCodes.USAGE, "--sysroot " + root + " is not a folder");
      }
      return Optional.of(new NetworkView(root, () -> hostName(root)));
    }

    private static String hostName(Path root) {
      try {
        return Files.readString(root.resolve("etc/hostname"), StandardCharsets.ISO_8859_1).strip();
      } catch (IOException e) {
        return "";
      }
    }
  }

  @Command(
      name = "show",
      description = "Shows ports, addresses, bonds, routes and settings, and a change under way.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox net show",
        "  airbox net show --host airbox.local --json",
        "  airbox net show --sysroot /mnt/card"
      })
  int show(@Mixin DaemonOptions daemon, @Mixin Output output, @Mixin Tree tree) {
    Optional<NetworkView> view = tree.view();
    if (view.isPresent()) {
      JsonObject network = view.get().show(null).putNull("transaction");
      output.print(network, () -> NetworkText.network(network));
      return ExitCodes.DONE;
    }
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject network = client.get(PATH);
      output.print(network, () -> NetworkText.network(network));
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "check",
      description = {
        "Asks gateways and name servers, and tells where the box was reached.",
        "Exit codes: 0 nothing is amiss, 1 there is no way in, or somebody does not answer."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  airbox net check", "  airbox net check --host 192.168.1.10 --json"})
  int check(@Mixin DaemonOptions daemon, @Mixin Output output) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject check = client.get(PATH + "/check");
      output.print(check, () -> NetworkText.check(check));
      return check.getBoolean("passed") ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  @Command(
      name = "presets",
      description = "Lists whole set-ups, what they ask for, and what the switch must do.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox net presets"})
  int presets(@Mixin DaemonOptions daemon, @Mixin Output output) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject presets = client.get(PATH + "/presets");
      output.print(presets, () -> NetworkText.presets(presets));
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "plan",
      description = "Shows what a change would do, as netplan itself understands it.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox net plan --preset both-dhcp",
        "  airbox net plan --preset bond-802.3ad --generated",
        "  airbox net plan --from 01-netcfg.yaml --sysroot /mnt/card"
      })
  int plan(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin Tree tree,
      @Mixin NetworkWish wish,
      @Option(names = "--generated", description = "Also how systemd-networkd's files change.")
          boolean generated) {
    wish.require(output.command().commandLine());
    Optional<NetworkView> view = tree.view();
    JsonObject plan;
    if (view.isPresent()) {
      plan = NetworkJson.plan(planned(view.get(), wish));
    } else {
      try (DaemonClient client = daemon.connect(output)) {
        plan = client.post(PATH + "/plan", wish.json());
      }
    }
    output.print(plan, () -> NetworkText.plan(plan, generated));
    return ExitCodes.DONE;
  }

  private static NetworkPlan planned(NetworkView view, NetworkWish wish) {
    try {
      NetworkPlan plan = view.plan(wish.local(), NetworkView.Asker.LOCAL);
      if (plan.isApplicable()) {
        return plan;
      }
      throw new NetworkRefusedException(plan.findings());
    } catch (NetworkRefusedException e) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          "PLAN_REFUSED",
          NetworkText.refusal("the change is refused", NetworkJson.findings(e.findings())),
          e);
    }
  }

  @Command(
      name = "apply",
      description = {
        "Applies a change for a while; unless it is confirmed in time, the box goes back.",
        "Plans it, shows the plan and asks first on a terminal, then waits for your word."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox net apply --preset both-dhcp",
        "  airbox net apply --preset static --field address=192.168.1.10/24 \\",
        "    --field gateway=192.168.1.1 --window 300",
        "  airbox net apply --plan 5f0c… --yes"
      })
  int apply(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Mixin NetworkWish wish,
      @Option(
              names = "--plan",
              paramLabel = "ID",
              description = "A plan that `airbox net plan` has shown.")
          @Nullable String plan,
      @Option(
              names = "--window",
              paramLabel = "SECONDS",
              defaultValue = "120",
              description = "How long to wait for the confirmation: 30 to 900 (default: 120).")
          int window,
      @Option(names = "--force", description = "Even if nobody on the network finds the box then.")
          boolean force,
      @Option(names = "--yes", description = "Do not ask, and do not wait for the end.")
          boolean yes) {
    if (wish.given() == (plan != null)) {
      throw new ParameterException(
          spec.subcommands().get("apply"),
          "say what to apply: --preset, --from, --before or --plan, one of them");
    }
    try (DaemonClient client = daemon.connect(output)) {
      NetworkChangeTalk talk = new NetworkChangeTalk(client, daemon, output);
      return talk.apply(
          wish.given() ? wish.json() : null,
          plan,
          new JsonObject().put("window", window).put("force", force),
          yes,
          output.command().commandLine());
    }
  }

  @Command(
      name = "confirm",
      description = {
        "Keeps the change that is in effect.",
        "On the box itself, as on its serial console, without a token; from elsewhere with the one"
            + " that `airbox net apply` printed."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  airbox net confirm", "  airbox net confirm --host 192.168.1.10 --token T ID"})
  int confirm(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Option(names = "--token", paramLabel = "T", description = "What `net apply` printed.")
          @Nullable String token,
      @Parameters(arity = "0..1", paramLabel = "ID", description = "The change; the present one.")
          @Nullable String id) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject body = new JsonObject().put("transaction", present(client, id));
      if (token != null) {
        body.put("token", token);
      }
      print(client.post(PATH + "/confirm", body), output);
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "revert",
      description = "Takes the change that is in effect back, now.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox net revert"})
  int revert(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Parameters(arity = "0..1", paramLabel = "ID", description = "The change; the present one.")
          @Nullable String id) {
    try (DaemonClient client = daemon.connect(output)) {
      print(
          client.post(PATH + "/revert", new JsonObject().put("transaction", present(client, id))),
          output);
    }
    return ExitCodes.DONE;
  }

  /** The named change, else the one that the box is at. */
  private static String present(DaemonClient client, @Nullable String id) {
    if (id != null) {
      return id;
    }
    JsonObject transaction = client.get(PATH + "/transaction").getJsonObject("transaction");
    if (transaction == null) {
      throw new CommandFailure(ExitCodes.FAILED, "no change of the network is under way");
    }
    return transaction.getString("id");
  }

  private static void print(JsonObject reply, Output output) {
    output.print(reply, () -> NetworkText.transaction(reply.getJsonObject("transaction")));
  }

  @Command(
      name = "history",
      description = "Lists changes that came to their end, the newest last.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox net history",
        "  airbox net history --limit 1 --diff",
        "  airbox net plan --before ID"
      })
  int history(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "How many (default: 20).")
          int limit,
      @Option(names = "--diff", description = "With what changed in netplan's files.")
          boolean diff) {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject history = client.get(PATH + "/history");
      output.print(history, () -> NetworkText.history(history, limit, diff));
      if (history.getJsonArray("entries").isEmpty()) {
        output.say("the network was not changed from here yet");
      }
    }
    return ExitCodes.DONE;
  }
}
