package io.airbox.daemon.config;

import java.nio.file.Path;

/**
 * Everything the daemon is told.
 *
 * @param http where and how the API is served
 * @param tls whether and where HTTPS is served
 * @param access who may do what
 * @param sockets the local sockets
 * @param helper socket of airbox-helper, which does what needs root
 * @param sysroot prefix of every path of the system that is read: {@code /}, or a recorded box
 * @param storage where things lie
 * @param engine what makes the pictures
 * @param memory how much of it packs may take
 * @param jobs limits of the queue
 * @param pictures how long pictures are kept
 * @param telemetry how the sensors are looked at
 * @param mqtt which broker is told
 * @param webhook which web address is told of alarms
 * @param updates how models are fetched
 */
public record DaemonConfig(
    HttpConfig http,
    TlsConfig tls,
    AccessConfig access,
    SocketConfig sockets,
    Path helper,
    Path sysroot,
    StorageConfig storage,
    EngineConfig engine,
    MemoryConfig memory,
    JobsConfig jobs,
    PicturesConfig pictures,
    TelemetryConfig telemetry,
    MqttConfig mqtt,
    WebhookConfig webhook,
    UpdatesConfig updates) {

  static DaemonConfig read(SettingsReader settings) {
    return new DaemonConfig(
        HttpConfig.read(settings),
        TlsConfig.read(settings),
        AccessConfig.read(settings),
        SocketConfig.read(settings),
        settings.requiredPath("helper.socket"),
        settings.folder("sysroot"),
        StorageConfig.read(settings),
        EngineConfig.read(settings),
        MemoryConfig.read(settings),
        JobsConfig.read(settings),
        PicturesConfig.read(settings),
        TelemetryConfig.read(settings),
        MqttConfig.read(settings),
        WebhookConfig.read(settings),
        UpdatesConfig.read(settings));
  }
}
