package io.airbox.daemon.config;

import java.time.Duration;
import java.util.List;

/**
 * Where and how the API is served.
 *
 * @param host address to listen on, as an address or {@code localhost}
 * @param port first port to try, 0 for any free one
 * @param portAttempts how many following ports are tried when a port is taken
 * @param names names besides the machine's own by which clients may call it, lower case
 * @param bodyLimit largest request body
 * @param readTimeout how long the head of a request may take to arrive, and then its body
 * @param idleTimeout how long a connection without a request is kept
 * @param stallTimeout how long a client may leave a reply unread
 * @param heartbeat pause between the comment lines of a quiet event stream
 * @param connections connections that may be open
 * @param addressConnections connections of one address that may be open
 */
public record HttpConfig(
    String host,
    int port,
    int portAttempts,
    List<String> names,
    DataSize bodyLimit,
    Duration readTimeout,
    Duration idleTimeout,
    Duration stallTimeout,
    Duration heartbeat,
    int connections,
    int addressConnections) {

  static HttpConfig read(SettingsReader settings) {
    return new HttpConfig(
        settings.address("http.host"),
        settings.integer("http.port", 0, 65_535),
        settings.integer("http.port.attempts", 0, 100),
        settings.hostNames("http.names"),
        settings.size("http.body.limit", DataSize.parse("64kB"), DataSize.parse("256MB")),
        settings.duration("http.read.timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
        settings.duration("http.idle.timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
        settings.duration("http.stall.timeout", Duration.ofMillis(100), Duration.ofHours(1)),
        settings.duration("http.sse.heartbeat", Duration.ofMillis(100), Duration.ofMinutes(5)),
        settings.integer("http.connections.limit", 1, 100_000),
        settings.integer("http.connections.address.limit", 1, 100_000));
  }
}
