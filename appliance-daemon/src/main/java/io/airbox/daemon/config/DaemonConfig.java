package io.airbox.daemon.config;

/**
 * Everything the daemon is told.
 *
 * @param http where and how the API is served
 * @param storage where things lie
 * @param engine what makes the pictures
 * @param jobs limits of the queue
 * @param pictures how long pictures are kept
 */
public record DaemonConfig(
    HttpConfig http,
    StorageConfig storage,
    EngineConfig engine,
    JobsConfig jobs,
    PicturesConfig pictures) {

  static DaemonConfig read(SettingsReader settings) {
    return new DaemonConfig(
        HttpConfig.read(settings),
        StorageConfig.read(settings),
        EngineConfig.read(settings),
        JobsConfig.read(settings),
        PicturesConfig.read(settings));
  }
}
