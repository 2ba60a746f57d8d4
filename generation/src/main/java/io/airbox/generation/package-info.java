/**
 * A prompt becomes a picture: requests, presets and results, and the pipeline that runs them on an
 * engine.
 */
@NullMarked
package io.airbox.generation;

import org.jspecify.annotations.NullMarked;
