/**
 * What was: {@link io.airbox.power.history.RecentHistory} keeps the last samples in memory, {@link
 * io.airbox.power.history.MinuteCollector} makes minutes of samples, and {@link
 * io.airbox.power.history.HistoryFiles} keeps those on the disk, bounded, whatever power does.
 *
 * <p>All of them answer with {@link io.airbox.power.history.Span}s: least, mean and most of as many
 * parts of a time as a plot has room for. Only good readings count; what is not known is a gap.
 */
@NullMarked
package io.airbox.power.history;

import org.jspecify.annotations.NullMarked;
