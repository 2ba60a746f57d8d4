package io.airbox.flasher.card;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.Set;

/**
 * A whole card, device or image: the first block, without which nobody finds the file system, is
 * wiped first and written last.
 */
final class VolumeMedium implements CardMedium {
  /** So much may wait in the system's memory; what is told as written soon is. */
  private static final long SYNC_EVERY = 32L << 20;

  private static final int STEP = 1 << 20;

  private final FileChannel channel;
  private final Fat32Layout layout;

  /** Whether what was never written is zero. */
  private final boolean blank;

  private final Set<String> missing;
  private long unsynced;

  private VolumeMedium(FileChannel channel, Fat32Layout layout, boolean blank) {
    this.channel = channel;
    this.layout = layout;
    this.blank = blank;
    missing = new HashSet<>(layout.files().keySet());
  }

  /**
   * Begins a card; from here on what was on it is lost.
   *
   * @param channel is closed with the medium
   * @param blank whether the channel leads to a new file
   */
  static VolumeMedium begin(FileChannel channel, Fat32Layout layout, boolean blank)
      throws IOException {
    VolumeMedium medium = new VolumeMedium(channel, layout, blank);
    if (!blank) {
      medium.write(0, new byte[Fat32Layout.SECTOR]);
      channel.force(true);
    }
    medium.write(Fat32Layout.partitionAt(), layout.reservedSectors());
    byte[] table = layout.tableStart();
    for (int which = 0; which < 2; which++) {
      medium.write(layout.table(which), table);
      medium.wipe(layout.table(which) + table.length, layout.tableBytes() - table.length);
    }
    medium.write(layout.place(2), layout.root());
    return medium;
  }

  private void wipe(long from, long bytes) throws IOException {
    byte[] zeros = new byte[STEP];
    for (long done = 0; !blank && done < bytes; done += STEP) {
      write(from + done, zeros, (int) Math.min(STEP, bytes - done));
    }
  }

  private void write(long at, byte[] bytes) throws IOException {
    write(at, bytes, bytes.length);
  }

  private void write(long at, byte[] bytes, int length) throws IOException {
    write(at, ByteBuffer.wrap(bytes, 0, length));
  }

  private void write(long at, ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    long to = at;
    while (bytes.hasRemaining()) {
      to += channel.write(bytes, to);
    }
    unsynced += length;
    if (!blank && unsynced >= SYNC_EVERY) {
      channel.force(false);
      unsynced = 0;
    }
  }

  @Override
  public OutputStream file(String name, long bytes) throws IOException {
    Fat32Layout.Placed place = layout.files().get(name);
    if (place == null || !missing.contains(name)) {
      throw CardMedium.changed(name);
    }
    return new Contents(place);
  }

  @Override
  public void complete() throws IOException {
    if (!missing.isEmpty()) {
      throw CardMedium.changed(missing.iterator().next());
    }
    channel.force(true);
    write(0, layout.mbr());
    channel.force(true);
  }

  @Override
  public long kept() {
    return 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** A file's bytes, one behind the other. */
  private final class Contents extends OutputStream {
    private final Fat32Layout.Placed file;
    private final long at;
    private long done;

    Contents(Fat32Layout.Placed file) {
      this.file = file;
      at = file.bytes() == 0 ? 0 : layout.place(file.cluster());
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (done + length > file.bytes()) {
        throw CardMedium.changed(file.name());
      }
      VolumeMedium.this.write(at + done, ByteBuffer.wrap(bytes, offset, length));
      done += length;
    }

    @Override
    public void close() throws IOException {
      if (done == file.bytes()) {
        int rest = (int) (done % layout.clusterBytes());
        if (rest > 0 && !blank) {
          VolumeMedium.this.write(at + done, new byte[layout.clusterBytes() - rest]);
        }
        missing.remove(file.name());
      }
    }
  }
}
