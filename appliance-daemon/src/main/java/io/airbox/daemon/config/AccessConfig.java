package io.airbox.daemon.config;

import java.time.Duration;

/**
 * Who may do what, as far as it is a setting; the rest is the owner's to say at run time.
 *
 * @param guestJobsPerMinute jobs that guests of one address may submit in a minute
 * @param sessionIdle how long a session lives unused
 * @param sessionLimit how long a session lives at most
 */
public record AccessConfig(int guestJobsPerMinute, Duration sessionIdle, Duration sessionLimit) {

  static AccessConfig read(SettingsReader settings) {
    Duration limit =
        settings.duration("access.session.limit", Duration.ofMinutes(1), Duration.ofDays(365));
    return new AccessConfig(
        settings.integer("access.guest.jobs.per.minute", 1, 10_000),
        settings.duration("access.session.idle", Duration.ofMinutes(1), limit),
        limit);
  }
}
