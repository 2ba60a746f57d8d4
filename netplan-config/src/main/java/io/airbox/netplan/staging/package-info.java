/**
 * The side of a network change that has root: puts it into effect without keeping it, keeps it, or
 * takes it back.
 *
 * <p>{@link io.airbox.netplan.staging.NetworkStaging} is what the daemon asks; behind it stand the
 * root helper, which runs this package's {@code Staging}, and the shell program {@code
 * /usr/libexec/airbox-network} of the root file system overlay, which does all that touches links
 * and needs no JVM. This package knows the JDK alone, since it runs as root.
 */
@NullMarked
package io.airbox.netplan.staging;

import org.jspecify.annotations.NullMarked;
