/**
 * The {@code airbox} command line. A verb first talks to a running daemon through its local socket;
 * without one it takes the lock on DATA and does the work itself. Data goes to standard output,
 * talk to standard error.
 */
@NullMarked
package io.airbox.daemon.cli;

import org.jspecify.annotations.NullMarked;
