package io.airbox.flasher.watch;

/**
 * A harmless line.
 *
 * @param notice what it is
 * @param evidence the first of them
 * @param times how often it was seen
 */
public record Remark(Notice notice, Evidence evidence, long times) {
  Remark again() {
    return new Remark(notice, evidence, times + 1);
  }
}
