package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.pictures.StorageReason;
import io.airbox.daemon.tls.Fingerprint;
import io.airbox.daemon.tls.client.BoxAddress;
import io.airbox.daemon.tls.client.BoxIdentityException;
import io.airbox.daemon.tls.client.BoxTrust;
import io.airbox.daemon.tls.client.KnownBoxes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which daemon a verb talks to, and as whom. */
final class ConnectionOptions {
  /** The variable that holds a key. */
  private static final String KEY_VARIABLE = "AIRBOX_KEY";

  /** {@code abx_}, eight characters that name the key, and its secret. */
  private static final Pattern KEY_FORM = Pattern.compile("abx_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}");

  @Option(
      names = "--host",
      paramLabel = "URL",
      description =
          "A daemon elsewhere, such as https://airbox.local:8443; a name alone means that port.")
  private @Nullable String host;

  @ArgGroup private @Nullable KeySource keySource;

  @Option(
      names = "--fingerprint",
      paramLabel = "SHA256",
      description =
          "SHA-256 of the box's public key, as its console and its page show it: talk to that box"
              + " only. Otherwise unknown boxes are asked about and remembered.")
  private @Nullable String fingerprint;

  @Option(
      names = "--insecure",
      description = "Send the key over plain http although others on the way can read it.")
  private boolean insecure;

  /** Where the key comes from; without any, from the variable. */
  static final class KeySource {
    @Option(
        names = "--key",
        paramLabel = "KEY",
        description =
            "API key for --host. Other users of this machine can see it in the list of processes:"
                + " prefer --key-file or the variable AIRBOX_KEY.")
    private @Nullable String key;

    @Option(
        names = "--key-file",
        paramLabel = "FILE",
        description = "File whose one line is the API key; - is standard input.")
    private @Nullable Path file;
  }

  /** A box elsewhere was named. */
  boolean elsewhere() {
    return host != null;
  }

  /**
   * Connects to the named daemon, else to one of this machine through its sockets.
   *
   * @param command what is run
   * @param settings asked only without a named daemon: settings of this machine are nothing to
   *     others
   * @return empty when no daemon runs here
   * @throws CommandFailure the named one cannot be reached, is not known, or nobody lets us in
   */
  Optional<DaemonClient> connect(CommandSpec command, Supplier<DaemonConfig> settings) {
    if (host != null) {
      return Optional.of(connectTo(DaemonUrl.parse(host), command));
    }
    if (keySource != null || fingerprint != null || insecure) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--key, --key-file, --fingerprint and --insecure go with --host; on this machine the"
              + " daemon's sockets decide who may do what");
    }
    return new LocalSockets(folders(settings.get(), Surroundings.of(command))).connect();
  }

  private static List<Path> folders(DaemonConfig config, Surroundings surroundings) {
    Path named = config.sockets().folder();
    Path nearest = named == null ? Places.of(config.storage()).data() : named;
    return Stream.of(nearest, surroundings.runFolder()).distinct().toList();
  }

  private DaemonClient connectTo(DaemonUrl url, CommandSpec command) {
    String key = key(Surroundings.of(command));
    if (key != null && !url.confidential() && !insecure) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "over "
              + url
              + " everybody on the way could read the key; use --host "
              + url.secured()
              + ", or --insecure if you know the network");
    }
    if (!url.tls()) {
      if (fingerprint != null) {
        throw new CommandFailure(
            ExitCodes.USAGE,
            "over plain http a box cannot prove its --fingerprint; use --host " + url.secured());
      }
      return greet(DaemonClient.at(url, key, null));
    }
    KnownBoxes known = known(command);
    try {
      return greet(DaemonClient.at(url, key, BoxTrust.in(url.box(), known, expected())));
    } catch (CommandFailure e) {
      BoxIdentityException stranger = BoxIdentityException.in(e).orElseThrow(() -> e);
      meet(stranger, known, e, command);
      return greet(DaemonClient.at(url, key, BoxTrust.in(url.box(), known, null)));
    }
  }

  /** Lets the person decide about a box that was never seen before, and remembers it. */
  private static void meet(
      BoxIdentityException stranger,
      KnownBoxes known,
      CommandFailure refusal,
      CommandSpec command) {
    if (stranger.reason() != BoxIdentityException.Reason.UNKNOWN) {
      throw refusal;
    }
    Questions questions =
        new Questions(Surroundings.of(command).terminal(), command.commandLine().getErr());
    if (!questions.canAsk()) {
      throw new CommandFailure(
          ExitCodes.UNKNOWN_BOX,
          refusal.getMessage()
              + ". There is no terminal to ask at; when it is the same, give it with --fingerprint",
          refusal);
    }
    Fingerprint shown = stranger.presented().orElseThrow(() -> refusal);
    questions.say(
        stranger.box()
            + " is not known yet. The SHA-256 of its public key is\n  "
            + shown
            + "\nThe box shows the same on its console and its page, if nobody is in between.");
    if (!questions.yes("Is it the same?")) {
      throw new CommandFailure(
          ExitCodes.UNKNOWN_BOX, "nothing was sent to " + stranger.box(), refusal);
    }
    try {
      known.remember(stranger.box(), shown);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          stranger.box() + " cannot be remembered in " + known.file() + ": " + StorageReason.of(e),
          e);
    }
  }

  private DaemonClient greet(DaemonClient client) {
    try {
      client.greet();
      return client;
    } catch (CommandFailure e) {
      client.close();
      throw e.exitCode() == ExitCodes.UNREACHABLE ? unreachable(e) : e;
    }
  }

  private CommandFailure unreachable(CommandFailure failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SSLException) {
        return new CommandFailure(
            ExitCodes.UNREACHABLE,
            "what answers at " + host + " speaks no TLS that this side takes: " + at.getMessage(),
            failure);
      }
    }
    return new CommandFailure(
        ExitCodes.UNREACHABLE, "no daemon answers at " + host + "; is it running there?", failure);
  }

  private @Nullable Fingerprint expected() {
    try {
      return fingerprint == null ? null : Fingerprint.parse(fingerprint);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCodes.USAGE, "--fingerprint: " + e.getMessage(), e);
    }
  }

  /**
   * Connects to a box under another address, where it shows the same key.
   *
   * @throws CommandFailure it does not answer there, or somebody else does
   */
  DaemonClient at(CommandSpec command, String url, Fingerprint box) {
    DaemonUrl address = DaemonUrl.parse(url);
    return greet(
        DaemonClient.at(
            address,
            key(Surroundings.of(command)),
            address.tls() ? BoxTrust.in(address.box(), known(command), box) : null));
  }

  /**
   * Follows a box elsewhere to the key that it shows from now on, which it said over a connection
   * that was trusted. A box that was not known by its key stays so.
   */
  void follow(CommandSpec command, Fingerprint key) {
    if (host == null) {
      return;
    }
    BoxAddress box = DaemonUrl.parse(host).box();
    KnownBoxes known = known(command);
    try {
      if (known.find(box).isPresent()) {
        known.remember(box, key);
      }
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          "the box shows another key now, but "
              + known.file()
              + " cannot be changed: "
              + StorageReason.of(e),
          e);
    }
  }

  private static KnownBoxes known(CommandSpec command) {
    return new KnownBoxes(
        Surroundings.of(command).home().resolve(".airbox").resolve("known_boxes"));
  }

  private @Nullable String key(Surroundings surroundings) {
    KeySource source = keySource;
    if (source == null) {
      String variable = surroundings.environment().get(KEY_VARIABLE);
      return variable == null || variable.isEmpty() ? null : checked(KEY_VARIABLE, variable);
    }
    if (source.key != null) {
      return checked("--key", source.key);
    }
    Path file = Objects.requireNonNull(source.file);
    char[] text = SecretFile.read(file, surroundings.terminal());
    try {
      return checked("--key-file " + file, new String(text));
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  /** A key is never repeated in an error. */
  private static String checked(String source, String key) {
    if (!KEY_FORM.matcher(key).matches()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          source
              + " is not an API key of an AirBox: abx_, 8 characters, _ and 43 characters; `airbox"
              + " keys add` makes one");
    }
    return key;
  }
}
