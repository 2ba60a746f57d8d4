package io.airbox.daemon.config;

/**
 * Limits of the queue.
 *
 * @param queueLimit jobs that wait at most
 * @param ownerLimit jobs of one owner that wait at most
 */
public record JobsConfig(int queueLimit, int ownerLimit) {

  static JobsConfig read(SettingsReader settings) {
    return new JobsConfig(
        settings.integer("jobs.queue.limit", 1, 100_000),
        settings.integer("jobs.owner.limit", 1, 100_000));
  }
}
