/**
 * What somebody must look at. {@link io.airbox.power.alarm.AlarmRule}s, of which {@link
 * io.airbox.power.alarm.StandardRules} are those of a box, judge each sample; {@link
 * io.airbox.power.alarm.AlarmMachine} makes alarms of their verdicts, with hold times, and {@link
 * io.airbox.power.alarm.AlarmBook} keeps them on the disk, so that a restart neither forgets one
 * nor raises it again.
 */
@NullMarked
package io.airbox.power.alarm;

import org.jspecify.annotations.NullMarked;
