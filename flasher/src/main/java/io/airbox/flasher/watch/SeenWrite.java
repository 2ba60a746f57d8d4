package io.airbox.flasher.watch;

/**
 * A write that is planned or was seen.
 *
 * @param partition name of its partition's script; empty when nobody said it
 * @param file chunk; empty when nobody said it
 * @param firstBlock first block on the eMMC
 * @param count number of blocks
 * @param unpackedBytes what the chunk unpacked to; -1 when that was not seen
 * @param state what became of it
 */
public record SeenWrite(
    String partition, String file, long firstBlock, long count, long unpackedBytes, State state) {
  /** What became of a write. */
  public enum State {
    /** Planned, and not seen. */
    UNSEEN,
    /** It was begun. */
    BEGUN,
    /** It was seen, and part of what was printed about it is damaged or missing. */
    PARTLY_SEEN,
    /** All that is printed about it was seen and fits. */
    WRITTEN,
    /** The box said that it failed, or what was written cannot be right. */
    WRONG
  }
}
