package io.airbox.power.alarm;

import io.airbox.power.Unit;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Something is wrong now.
 *
 * @param id the same whenever this is wrong: rule and subject, as {@code storage.full.root}
 * @param occurrence of this time alone; the same from the raise to the end, also over restarts
 * @param raisedAt by the wall clock, which may have been wrong
 * @param reason for people
 * @param value when it was raised
 * @param process that it is blamed on, as {@code java (pid 4242)}; empty when none is
 */
public record Alarm(
    String id,
    String occurrence,
    Severity severity,
    Instant raisedAt,
    String reason,
    OptionalDouble value,
    Unit unit,
    String process) {}
