package io.airbox.flasher.watch;

import java.util.List;

/**
 * What is known of a flash.
 *
 * @param verdict what became of it
 * @param reasons why the verdict is not a better one, as sentences
 * @param stage where the box is
 * @param problems what went wrong; the one that explains the others first
 * @param remarks what looks wrong and is not
 * @param writes those of the plan, or those that were seen where there is none
 * @param planned whether there was a plan
 * @param attempts how often a flash began
 * @param fromStart whether its beginning was seen
 * @param bootLoader version of U-Boot; empty when it was not seen
 * @param board type of the board; -1 when it was not seen
 * @param lines number of lines that were read
 * @param bytes number of bytes that were read
 */
public record FlashReport(
    Verdict verdict,
    List<String> reasons,
    Stage stage,
    List<Problem> problems,
    List<Remark> remarks,
    List<SeenWrite> writes,
    boolean planned,
    int attempts,
    boolean fromStart,
    String bootLoader,
    long board,
    long lines,
    long bytes) {
  public FlashReport {
    reasons = List.copyOf(reasons);
    problems = List.copyOf(problems);
    remarks = List.copyOf(remarks);
    writes = List.copyOf(writes);
  }

  /** Number of writes that were seen to be right. */
  public long written() {
    return writes.stream().filter(each -> each.state() == SeenWrite.State.WRITTEN).count();
  }
}
