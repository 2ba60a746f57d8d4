/** What runs networks, and what passes between it and the pipeline. */
@NullMarked
package io.airbox.generation.engine;

import org.jspecify.annotations.NullMarked;
