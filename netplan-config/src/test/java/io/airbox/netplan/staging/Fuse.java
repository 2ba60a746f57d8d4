package io.airbox.netplan.staging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Lets so many writes happen; then the power is gone, or the disk full. A file that is being
 * written then is half there.
 */
public final class Fuse {
  /** The power went. Nothing of the program runs any more. */
  public static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;

    PowerCut() {
      super("power cut");
    }
  }

  private final boolean powerCut;
  private int left;
  private boolean blown;

  private Fuse(int left, boolean powerCut) {
    this.left = left;
    this.powerCut = powerCut;
  }

  /** Cuts the power at the write after so many. */
  public static Fuse powerCutAfter(int writes) {
    return new Fuse(writes, true);
  }

  /** The disk is full after so many writes, until {@link #mend}. */
  public static Fuse diskFullAfter(int writes) {
    return new Fuse(writes, false);
  }

  public static Fuse never() {
    return powerCutAfter(Integer.MAX_VALUE);
  }

  /** Whether it came to that. */
  public boolean isBlown() {
    return blown;
  }

  /** There is room again. */
  public void mend() {
    left = Integer.MAX_VALUE;
  }

  /** Anything else that the power can fail before. */
  public void burn() {
    if (left <= 0) {
      blown = true;
      throw new PowerCut();
    }
    left--;
  }

  private boolean blows() throws IOException {
    if (left > 0) {
      left--;
      return false;
    }
    blown = true;
    return true;
  }

  private void fail() throws IOException {
    if (powerCut) {
      throw new PowerCut();
    }
    throw new IOException("No space left on device");
  }

  /** The real disk behind this fuse; it does not wait until what is written lasts. */
  public Disk disk() {
    Disk real = Disk.real();
    return new Disk() {
      @Override
      public void createFolder(Path folder) throws IOException {
        if (blows()) {
          fail();
        }
        real.createFolder(folder);
      }

      @Override
      public void create(Path file, byte[] content) throws IOException {
        if (blows()) {
          Files.write(file, Arrays.copyOf(content, content.length / 2));
          fail();
        }
        Files.write(file, content, StandardOpenOption.CREATE_NEW);
      }

      @Override
      public void move(Path from, Path to) throws IOException {
        if (blows()) {
          fail();
        }
        real.move(from, to);
      }

      @Override
      public void delete(Path path) throws IOException {
        // a full disk lets go of files
        if (powerCut && blows()) {
          fail();
        }
        real.delete(path);
      }

      @Override
      public void sync(Path folder) throws IOException {
        if (blows()) {
          fail();
        }
      }
    };
  }
}
