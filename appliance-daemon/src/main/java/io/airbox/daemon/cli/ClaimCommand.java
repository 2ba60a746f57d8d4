package io.airbox.daemon.cli;

import io.airbox.daemon.tls.SystemNames;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code airbox claim}: who owns the box. */
@Command(
    name = "claim",
    description = {
      "Makes you the owner of a box that has none.",
      "On the box itself the owner's socket is proof enough; from elsewhere the claim code is"
          + " needed, which the box prints on its console and into its journal."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox claim",
      "  airbox claim --host airbox.local --code K7QF-2M9X",
      "  airbox claim --show",
      "  airbox claim --reset --revoke-keys"
    })
final class ClaimCommand implements Callable<Integer> {
  private static final String PATH = "/api/v1/claim";

  @Spec private CommandSpec spec;
  @Mixin private DaemonOptions daemon;
  @Mixin private Output output;
  @Mixin private PassphraseOption passphrase;

  @Option(
      names = "--code",
      paramLabel = "XXXX-XXXX",
      description = "The claim code; asked for when left out and needed.")
  private @Nullable String code;

  @ArgGroup private @Nullable Deed deed;

  @Option(names = "--revoke-keys", description = "With --reset: all API keys end, too.")
  private boolean revokeKeys;

  @Option(names = "--yes", description = "With --reset: do not ask.")
  private boolean yes;

  /** What else than claiming. */
  static final class Deed {
    @Option(
        names = "--show",
        description = "Show the claim code and how long it holds; on the box itself only.")
    private boolean show;

    @Option(
        names = "--reset",
        description =
            "Forget the owner's passphrase and all sign-ins, so that the box can be claimed anew;"
                + " on the box itself only.")
    private boolean reset;
  }

  private ClaimCommand() {
    spec = CommandSpec.create();
    daemon = new DaemonOptions();
    output = new Output();
    passphrase = new PassphraseOption();
  }

  @Override
  public Integer call() {
    boolean show = deed != null && deed.show;
    boolean reset = deed != null && deed.reset;
    require(
        (!show && !reset) || !daemon.elsewhere(),
        "--show and --reset work on the box itself only, not with --host: recovery needs physical presence");
    require(reset || (!revokeKeys && !yes), "--revoke-keys and --yes go with --reset");
    try (DaemonClient client = daemon.connect(output)) {
      if (show) {
        show(client.get(PATH));
      } else if (reset) {
        reset(client);
      } else {
        claim(client);
      }
    }
    return ExitCodes.DONE;
  }

  private void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  private void claim(DaemonClient client) {
    JsonObject before = client.get("/api/v1/session");
    if (before.getBoolean("claimed")) {
      throw claimedAlready();
    }
    client.requireConfidential("a passphrase");
    JsonObject body = new JsonObject();
    if (code != null || !before.getString("role").equals("owner")) {
      body.put("code", code());
    }
    char[] words = passphrase.read(output);
    JsonObject session;
    try {
      // the text in the request cannot be wiped; it lives as long as this short process
      session = client.post(PATH, body.put("passphrase", new String(words)));
    } catch (CommandFailure e) {
      throw e.code().equals("ALREADY_CLAIMED") ? claimedAlready() : e;
    } finally {
      Arrays.fill(words, '\0');
    }
    output.print(session, () -> facts(session));
    output.say(
        "the box is yours. Sign in with the passphrase on its page; `airbox keys add NAME` makes"
            + " keys for programs.");
  }

  private String facts(JsonObject session) {
    Table facts = new Table().row("claimed", "yes");
    String https = session.getString("https");
    // through a socket the daemon cannot know by which name its page is reached
    if (https != null && daemon.elsewhere()) {
      facts.row("page", https);
    }
    JsonObject certificate = session.getJsonObject("certificate");
    if (certificate != null) {
      facts.row("public key", certificate.getString("public_key_sha256"));
    }
    return facts.toString();
  }

  private static CommandFailure claimedAlready() {
    return new CommandFailure(
        ExitCodes.FAILED,
        "ALREADY_CLAIMED",
        "this box has an owner already. If that is you and the passphrase is lost: `airbox claim"
            + " --reset` on the box itself",
        null);
  }

  private String code() {
    if (code != null) {
      return code;
    }
    Questions questions = output.questions();
    String typed =
        questions.canAsk() ? questions.ask("Claim code, from the box's console: ") : null;
    if (typed == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--code is missing: the box prints it on its console and into its journal");
    }
    return typed.strip();
  }

  private void show(JsonObject claim) {
    if (claim.getBoolean("claimed")) {
      throw claimedAlready();
    }
    print(claim);
  }

  private void print(JsonObject claim) {
    Instant now = output.surroundings().clock().instant();
    output.print(
        claim,
        () ->
            new Table()
                .row("code", claim.getString("code"))
                .row("expires", Moment.relative(claim.getString("expires"), now, "never"))
                .toString());
  }

  private void reset(DaemonClient client) {
    boolean claimed = client.get(PATH).getBoolean("claimed");
    if (claimed || revokeKeys) {
      confirm();
    }
    print(client.delete(PATH + (revokeKeys ? "?keys=revoke" : "")));
    output.say(
        "the box has no owner now. Whoever has this code, or this socket, can claim it."
            + (revokeKeys
                ? ""
                : " API keys stay and count again with the next owner; --revoke-keys ends them."));
  }

  private void confirm() {
    if (yes) {
      return;
    }
    Questions questions = output.questions();
    if (!questions.canAsk()) {
      throw new ParameterException(
          spec.commandLine(), "there is no terminal to ask at; --yes resets without asking");
    }
    // not by asking the daemon: its box is this machine, and recovery shall need little
    String host = new SystemNames().read().hostName();
    questions.say(
        "The owner's passphrase is forgotten and everybody is signed out."
            + (revokeKeys
                ? " All API keys end: programs that use them stop working."
                : " API keys stay, and count again with the next owner.")
            + " Pictures, packs and settings stay.");
    String answer = questions.ask("Type the host name, " + Table.harmless(host) + ", to confirm: ");
    if (answer == null || !answer.strip().equals(host)) {
      throw new CommandFailure(ExitCodes.FAILED, "not confirmed; nothing was changed");
    }
  }
}
