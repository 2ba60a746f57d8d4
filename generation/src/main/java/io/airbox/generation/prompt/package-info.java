/** From words to text states: tokenizer, emphasis, chunks. */
@NullMarked
package io.airbox.generation.prompt;

import org.jspecify.annotations.NullMarked;
