package io.airbox.power.history;

import io.airbox.power.Unit;

/** The values of one reading over a minute. */
public record Series(Unit unit, Summary summary) {}
