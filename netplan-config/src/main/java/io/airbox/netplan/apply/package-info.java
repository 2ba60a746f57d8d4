/**
 * A network change from its plan to its end, as the daemon sees it: announced, in effect for a
 * window, then kept because somebody confirmed it over the new settings, or taken back.
 *
 * <p>{@link io.airbox.netplan.apply.NetworkApply} keeps a journal, so that a daemon that is killed
 * goes on where it was; what it cannot do any more, the side with root does by its own timer.
 */
@NullMarked
package io.airbox.netplan.apply;

import org.jspecify.annotations.NullMarked;
