/**
 * What the daemon tells the service manager: {@link io.airbox.daemon.systemd.ServiceNotifier} says
 * that it is starting, ready, alive and stopping, as {@code sd_notify(3)} has it. Without a service
 * manager it says nothing and loads nothing.
 */
@NullMarked
package io.airbox.daemon.systemd;

import org.jspecify.annotations.NullMarked;
