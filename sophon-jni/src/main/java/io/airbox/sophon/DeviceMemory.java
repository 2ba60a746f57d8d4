package io.airbox.sophon;

import io.airbox.sophon.TpuDevice.Transfer;
import io.airbox.sophon.TpuException.Reason;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A buffer in the TPU's memory, freed once by {@link #close}. Any use after that is refused with
 * {@code CLOSED} and never reaches C.
 *
 * <p>Host data lies in direct buffers, so that it is copied once. Copies move a buffer's bytes from
 * its position to its limit and leave both as they are; with the position at 0 they allocate
 * nothing.
 */
public final class DeviceMemory implements AutoCloseable {
  private final TpuDevice device;
  private final Driver.Allocation allocation;
  private final String purpose;
  private Driver.@Nullable Mapping mapping;
  private boolean closed;

  DeviceMemory(TpuDevice device, Driver.Allocation allocation, String purpose) {
    this.device = device;
    this.allocation = allocation;
    this.purpose = purpose;
  }

  public long bytes() {
    return allocation.bytes();
  }

  /** The heap it lies in; on the simulator, which has one memory, always the first. */
  public Heap heap() {
    return allocation.heap();
  }

  /** What it is for. */
  public String purpose() {
    return purpose;
  }

  /** Whether it was freed. */
  public boolean isClosed() {
    return closed;
  }

  /** Copies {@code source} to the beginning of this memory. */
  public void write(ByteBuffer source) {
    write(0, source);
  }

  /**
   * Copies {@code source} into this memory.
   *
   * @param offset where to, in bytes
   * @param source a direct buffer; its remaining bytes fit behind {@code offset}
   * @throws TpuException {@code INVALID_ARGUMENT}, {@code CLOSED}, {@code WRONG_THREAD}: the memory
   *     is as before; after {@code CALL_FAILED} the range is undefined
   */
  public void write(long offset, ByteBuffer source) {
    device.checkWorking();
    checkOpen();
    checkRange(offset, source.remaining());
    checkDirect(source);
    int bytes = source.remaining();
    if (bytes == 0) {
      return;
    }
    Driver.Mapping mapped = mapping();
    if (mapped == null) {
      device.write(allocation, offset, source);
    } else {
      mapped.bytes().put((int) offset, source, source.position(), bytes);
      mapped.flush(offset, bytes);
    }
  }

  /** Fills {@code target} from the beginning of this memory. */
  public void read(ByteBuffer target) {
    read(0, target);
  }

  /**
   * Fills {@code target} from this memory.
   *
   * @param offset where from, in bytes
   * @param target a direct, writable buffer with no more remaining bytes than lie behind {@code
   *     offset}
   * @throws TpuException as {@link #write}
   */
  public void read(long offset, ByteBuffer target) {
    device.checkWorking();
    checkOpen();
    checkRange(offset, target.remaining());
    checkDirect(target);
    if (target.isReadOnly()) {
      throw TpuException.invalid("%s cannot be read into a read-only buffer", this);
    }
    int bytes = target.remaining();
    if (bytes == 0) {
      return;
    }
    Driver.Mapping mapped = mapping();
    if (mapped == null) {
      device.read(allocation, offset, target);
    } else {
      mapped.invalidate(offset, bytes);
      target.put(target.position(), mapped.bytes(), (int) offset, bytes);
    }
  }

  /**
   * Copies within the device.
   *
   * @throws TpuException {@code INVALID_ARGUMENT} when a range leaves its memory or both overlap
   */
  public void copyTo(DeviceMemory target, long targetOffset, long offset, long bytes) {
    device.checkWorking();
    checkOpen();
    target.checkOpen();
    if (target.device != device) {
      throw TpuException.invalid("%s and %s are of different devices", this, target);
    }
    checkRange(offset, bytes);
    target.checkRange(targetOffset, bytes);
    if (target == this && offset < targetOffset + bytes && targetOffset < offset + bytes) {
      throw TpuException.invalid(
          "the ranges at %d and %d of %d bytes overlap in %s", offset, targetOffset, bytes, this);
    }
    if (bytes > 0) {
      device.copy(allocation, offset, target.allocation, targetOffset, bytes);
    }
  }

  /** Sets every byte. */
  public void fill(byte value) {
    device.checkWorking();
    checkOpen();
    device.fill(allocation, value);
  }

  /**
   * Frees the memory. Closing twice does nothing.
   *
   * @throws TpuException {@code WRONG_THREAD}; the memory stays
   */
  @Override
  public void close() {
    device.checkThread();
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (mapping != null) {
        mapping.unmap();
        mapping = null;
      }
    } finally {
      device.release(this, allocation);
    }
  }

  /** {@code 16384 bytes of npu for "latents"}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d bytes of %s for \"%s\"", bytes(), heap().id(), purpose);
  }

  TpuDevice device() {
    return device;
  }

  /** For drivers, which hand its description to C. */
  public Driver.Allocation allocation() {
    checkOpen();
    return allocation;
  }

  void checkOpen() {
    if (closed) {
      throw TpuException.of(Reason.CLOSED, this + " was freed", "");
    }
  }

  private void checkRange(long offset, long bytes) {
    // both are at most 2^63 - 1, the second subtraction cannot wrap once the first two hold
    if (offset < 0 || bytes < 0 || offset > bytes() || bytes > bytes() - offset) {
      throw TpuException.invalid("%d bytes at %d do not lie within %s", bytes, offset, this);
    }
  }

  private void checkDirect(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      throw TpuException.invalid(
          "a buffer of the Java heap cannot be copied from or to %s; use a direct one", this);
    }
  }

  private Driver.@Nullable Mapping mapping() {
    // what is larger than a ByteBuffer can hold is copied
    if (device.transfer() == Transfer.COPY || bytes() > Integer.MAX_VALUE) {
      return null;
    }
    if (mapping == null) {
      mapping = device.map(allocation);
    }
    return mapping;
  }
}
