package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
          "The box's public key, as its console and its page show it: talk to that box only, and"
              + " remember it.")
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
   * @param places asked only without a named daemon: settings of this machine are nothing to others
   * @return empty when no daemon runs here
   * @throws CommandFailure the named one cannot be reached, is not known, or nobody lets us in
   */
  Optional<DaemonClient> connect(CommandSpec command, Supplier<Places> places) {
    if (host != null) {
      return Optional.of(connectTo(BoxAddress.parse(host), command));
    }
    if (keySource != null || fingerprint != null || insecure) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--key, --key-file, --fingerprint and --insecure go with --host; on this machine the"
              + " daemon's sockets decide who may do what");
    }
    return new LocalSockets(List.of(places.get().data(), Surroundings.of(command).runFolder()))
        .connect();
  }

  private DaemonClient connectTo(BoxAddress address, CommandSpec command) {
    String key = key(Surroundings.of(command));
    if (key != null && !address.confidential() && !insecure) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "over "
              + address
              + " everybody on the way could read the key; use --host "
              + address.secured()
              + ", or --insecure if you know the network");
    }
    DaemonClient client = DaemonClient.at(address, key, null);
    try {
      client.greet();
      return client;
    } catch (CommandFailure e) {
      client.close();
      if (e.exitCode() == ExitCodes.UNREACHABLE) {
        throw new CommandFailure(
            ExitCodes.UNREACHABLE, "no daemon answers at " + host + "; is it running there?", e);
      }
      throw e;
    }
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
