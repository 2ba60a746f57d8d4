/**
 * The flasher's plans and reports as JSON, for the command line and whatever else tells of them.
 */
@NullMarked
package io.airbox.daemon.flash;

import org.jspecify.annotations.NullMarked;
