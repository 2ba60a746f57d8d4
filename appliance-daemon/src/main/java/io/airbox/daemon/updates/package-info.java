/**
 * Models that come by signed release: what is installed, what is under way, what came of it, and
 * how a pack is tried on this machine's engine.
 */
@NullMarked
package io.airbox.daemon.updates;

import org.jspecify.annotations.NullMarked;
