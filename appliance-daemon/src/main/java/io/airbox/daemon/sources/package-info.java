/** Where the box gets packages and the time from: what is set, and whether it can be reached. */
@NullMarked
package io.airbox.daemon.sources;

import org.jspecify.annotations.NullMarked;
