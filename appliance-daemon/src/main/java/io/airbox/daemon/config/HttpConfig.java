package io.airbox.daemon.config;

import java.time.Duration;

/**
 * Where and how the API is served.
 *
 * @param host address to listen on; only the loopback addresses until access control exists
 * @param port first port to try, 0 for any free one
 * @param portAttempts how many following ports are tried when the port is taken
 * @param bodyLimit largest request body
 * @param readTimeout how long a request may take to arrive
 * @param idleTimeout how long a connection without a request is kept
 * @param heartbeat pause between the comment lines of a quiet event stream
 */
public record HttpConfig(
    String host,
    int port,
    int portAttempts,
    DataSize bodyLimit,
    Duration readTimeout,
    Duration idleTimeout,
    Duration heartbeat) {

  static HttpConfig read(SettingsReader settings) {
    return new HttpConfig(
        settings.oneOf(
            "http.host",
            "only the local machine may be served until access control exists (127.0.0.1 or ::1)",
            "127.0.0.1",
            "::1",
            "localhost"),
        settings.integer("http.port", 0, 65_535),
        settings.integer("http.port.attempts", 0, 100),
        settings.size("http.body.limit", DataSize.parse("64kB"), DataSize.parse("256MB")),
        settings.duration("http.read.timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
        settings.duration("http.idle.timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
        settings.duration("http.sse.heartbeat", Duration.ofMillis(100), Duration.ofMinutes(5)));
  }
}
