package io.airbox.generation.prompt;

import java.util.List;

/**
 * A prompt as the UNet takes it.
 *
 * @param values {@code rows × width} numbers, row by row; shared, not to be changed
 * @param rows tokens: a multiple of the chunk length
 * @param warnings what was cut, ignored or taken out, as sentences
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of large data, never compared
public record TextStates(float[] values, int rows, List<String> warnings) {
  public TextStates {
    warnings = List.copyOf(warnings);
  }
}
