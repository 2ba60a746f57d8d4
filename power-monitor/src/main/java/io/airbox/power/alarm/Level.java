package io.airbox.power.alarm;

import io.airbox.power.Unit;
import java.util.OptionalDouble;

/**
 * What a rule says of one thing that it watches.
 *
 * @param subject which thing, as {@code root} of file systems; empty for rules that watch one
 * @param value what it has, in the unit; empty when unknown
 * @param reason for people: what is wrong, or why that is not known
 */
public record Level(
    String subject, Verdict verdict, OptionalDouble value, Unit unit, String reason) {}
