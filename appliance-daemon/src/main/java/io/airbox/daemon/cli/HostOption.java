package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which daemon a verb talks to. */
final class HostOption {
  @Option(
      names = "--host",
      paramLabel = "URL",
      description = "A daemon elsewhere, such as http://127.0.0.1:8999.")
  private @Nullable String host;

  /**
   * Connects to the named daemon, else to a local one through its socket.
   *
   * @return empty when no daemon runs here
   * @throws CommandFailure the named one cannot be reached
   */
  Optional<DaemonClient> connect(Places places) {
    if (host != null) {
      DaemonClient client = DaemonClient.at(uri(host));
      if (!client.answers()) {
        client.close();
        throw new CommandFailure(
            ExitCodes.UNREACHABLE, "no daemon answers at " + host + "; is it running there?");
      }
      return Optional.of(client);
    }
    for (Path socket : List.of(places.socket(), Places.SYSTEM_SOCKET)) {
      if (java.nio.file.Files.exists(socket)) {
        DaemonClient client = DaemonClient.on(socket);
        if (client.answers()) {
          return Optional.of(client);
        }
        client.close();
      }
    }
    return Optional.empty();
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new CommandFailure(ExitCodes.USAGE, "--host " + text + " is not a URL", e);
    }
    throw new CommandFailure(ExitCodes.USAGE, "--host " + text + " is not an http URL");
  }
}
