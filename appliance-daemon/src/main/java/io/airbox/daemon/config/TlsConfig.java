package io.airbox.daemon.config;

/**
 * Whether and where HTTPS is served, on the same address as HTTP.
 *
 * @param enabled false leaves plain HTTP and the sockets only
 * @param port first port to try, 0 for any free one
 */
public record TlsConfig(boolean enabled, int port) {

  static TlsConfig read(SettingsReader settings) {
    return new TlsConfig(settings.flag("https.enabled"), settings.integer("https.port", 0, 65_535));
  }
}
