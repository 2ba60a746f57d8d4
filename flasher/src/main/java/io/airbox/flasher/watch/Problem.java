package io.airbox.flasher.watch;

/**
 * Something that went wrong.
 *
 * @param symptom what
 * @param where file, partition or block; empty when the line tells all
 * @param evidence the first line that shows it
 * @param times how often it was seen
 */
public record Problem(Symptom symptom, String where, Evidence evidence, long times) {
  Problem again() {
    return new Problem(symptom, where, evidence, times + 1);
  }
}
