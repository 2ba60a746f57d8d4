/** Pixels, PNG, and the text that a picture carries about how it was made. */
@NullMarked
package io.airbox.generation.image;

import org.jspecify.annotations.NullMarked;
