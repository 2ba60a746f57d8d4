package io.airbox.power.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Segments in memory that remember each thing that was done, and tell what a power cut after any of
 * them may leave: all that was flushed, and of the rest any part.
 */
public final class CutSegments implements Segments {
  /** Of more than so many unflushed steps not every selection is tried. */
  private static final int EVERY_SELECTION = 5;

  /** Bytes between two places where a write is torn. */
  private static final int TEAR = 7;

  private final TreeMap<Long, byte[]> files = new TreeMap<>();
  private final List<Step> steps = new ArrayList<>();

  /** Something that was done. */
  private sealed interface Step {}

  private record Made(long number) implements Step {}

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Written(long number, long at, byte[] bytes) implements Step {}

  private record Cut(long number, long length) implements Step {}

  private record Flushed(long number) implements Step {}

  private record Deleted(long number) implements Step {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Replaced(long number, byte[] content) implements Step {}

  private record NamesFlushed() implements Step {}

  private void step(Step step) {
    apply(step);
    steps.add(step);
  }

  private void apply(Step step) {
    if (step instanceof Made made) {
      files.put(made.number(), new byte[0]);
    } else if (step instanceof Written written) {
      byte[] old = files.get(written.number());
      if (old != null) { // else its name was lost, and it with it
        int end = (int) written.at() + written.bytes().length;
        byte[] now = Arrays.copyOf(old, Math.max(old.length, end));
        System.arraycopy(written.bytes(), 0, now, (int) written.at(), written.bytes().length);
        files.put(written.number(), now);
      }
    } else if (step instanceof Cut cut) {
      files.computeIfPresent(cut.number(), (number, old) -> Arrays.copyOf(old, (int) cut.length()));
    } else if (step instanceof Deleted deleted) {
      files.remove(deleted.number());
    } else if (step instanceof Replaced replaced) {
      files.put(replaced.number(), replaced.content());
    }
  }

  /** How many things were done so far. */
  public int steps() {
    return steps.size();
  }

  /**
   * Disks as a power cut after so many steps may leave them: with every selection of what was not
   * flushed then, and the last write torn at any place, with or without its length.
   */
  public List<CutSegments> after(int count) {
    List<Step> done = steps.subList(0, count);
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!lasts(done, i)) {
        open.add(i);
      }
    }
    List<CutSegments> disks = new ArrayList<>();
    if (open.size() <= EVERY_SELECTION) {
      for (int selection = 0; selection < 1 << open.size(); selection++) {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
          if ((selection >> i & 1) == 0) {
            missing.add(open.get(i));
          }
        }
        disks.add(without(done, missing));
      }
    } else {
      disks.add(without(done, List.of()));
      disks.add(without(done, open));
      for (int i = 0; i < open.size(); i++) {
        disks.add(without(done, open.subList(0, i)));
        disks.add(without(done, open.subList(i, open.size())));
        disks.add(without(done, open.subList(i, i + 1)));
      }
    }
    if (count > 0 && done.get(count - 1) instanceof Written written) {
      for (int length = 0; length < written.bytes().length; length += TEAR) {
        byte[] part = Arrays.copyOf(written.bytes(), length);
        byte[] zeros = Arrays.copyOf(part, written.bytes().length);
        for (byte[] torn : List.of(part, zeros)) {
          CutSegments disk = without(done.subList(0, count - 1), List.of());
          disk.apply(new Written(written.number(), written.at(), torn));
          disks.add(disk);
        }
      }
    }
    return disks;
  }

  private static CutSegments without(List<Step> done, List<Integer> missing) {
    CutSegments disk = new CutSegments();
    for (int i = 0; i < done.size(); i++) {
      if (!missing.contains(i)) {
        disk.apply(done.get(i));
      }
    }
    return disk;
  }

  /** Whether a step was flushed by one that came after it. */
  private static boolean lasts(List<Step> done, int index) {
    Step step = done.get(index);
    if (step instanceof Flushed || step instanceof NamesFlushed || step instanceof Replaced) {
      return true;
    }
    for (Step later : done.subList(index + 1, done.size())) {
      boolean name = step instanceof Made || step instanceof Deleted;
      if (name
          ? later instanceof NamesFlushed || later instanceof Replaced
          : content(step, later)) {
        return true;
      }
    }
    return false;
  }

  private static boolean content(Step step, Step later) {
    long number = step instanceof Written written ? written.number() : ((Cut) step).number();
    return later instanceof Flushed flushed && flushed.number() == number;
  }

  @Override
  public List<Long> numbers() {
    return List.copyOf(files.keySet());
  }

  @Override
  public byte[] read(long number) throws IOException {
    byte[] content = files.get(number);
    if (content == null) {
      throw new NoSuchFileException("file " + number);
    }
    return content.clone();
  }

  @Override
  public byte[] read(long number, long from, int length) throws IOException {
    return Arrays.copyOfRange(read(number), (int) from, (int) from + length);
  }

  @Override
  public Segment open(long number) {
    if (!files.containsKey(number)) {
      step(new Made(number));
    }
    return new Open(number);
  }

  @Override
  public void replace(long number, byte[] content) {
    step(new Replaced(number, content.clone()));
  }

  @Override
  public void delete(long number) {
    if (files.containsKey(number)) {
      step(new Deleted(number));
    }
  }

  @Override
  public void flush() {
    step(new NamesFlushed());
  }

  private final class Open implements Segment {
    private final long number;

    Open(long number) {
      this.number = number;
    }

    @Override
    public void write(long at, byte[] bytes) {
      step(new Written(number, at, bytes.clone()));
    }

    @Override
    public void cut(long length) {
      step(new Cut(number, length));
    }

    @Override
    public void flush() {
      step(new Flushed(number));
    }

    @Override
    public byte[] read(long from, int length) throws IOException {
      return CutSegments.this.read(number, from, length);
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
