package io.airbox.generation.engine.bm1684x;

import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/**
 * Where values are converted on their way to and from the device. One serves all networks, for
 * copies block. Converting allocates nothing.
 */
final class HostBuffer {
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
  private FloatBuffer floats = bytes.asFloatBuffer();
  private IntBuffer ints = bytes.asIntBuffer();
  private ShortBuffer shorts = bytes.asShortBuffer();

  /** Makes room for so many bytes. */
  void reserve(long needed) {
    if (needed <= bytes.capacity()) {
      return;
    }
    bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(needed))
            // the device and both hosts it occurs on are little-endian
            .order(ByteOrder.LITTLE_ENDIAN);
    floats = bytes.asFloatBuffer();
    ints = bytes.asIntBuffer();
    shorts = bytes.asShortBuffer();
  }

  /** Bytes of an element. */
  static int size(ElementType type) {
    return switch (type) {
      case FLOAT16, BFLOAT16 -> 2;
      case FLOAT32, INT32 -> 4;
      case INT64 -> throw new IllegalArgumentException("the device knows no INT64");
    };
  }

  /**
   * The first values of a tensor as the device takes them.
   *
   * @return valid until the next call
   */
  ByteBuffer encode(Tensor tensor, ElementType type, int count) {
    ByteBuffer room = room(type, count);
    if (tensor instanceof Tensor.Floats some) {
      encode(some.values(), type, count);
    } else if (tensor instanceof Tensor.Constant constant) {
      encode(constant.values(), type, count);
    } else if (tensor instanceof Tensor.Ints whole) {
      encode(whole.values(), type, count);
    } else if (tensor instanceof Tensor.Zeros) {
      for (int i = 0; i < room.limit(); i++) {
        room.put(i, (byte) 0);
      }
    }
    return room;
  }

  /** Room for values from the device, to be {@linkplain #decode decoded}. */
  ByteBuffer room(ElementType type, int count) {
    reserve((long) count * size(type));
    return bytes.clear().limit(count * size(type));
  }

  private void encode(float[] values, ElementType type, int count) {
    switch (type) {
      case FLOAT32 -> floats.put(0, values, 0, count);
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          shorts.put(i, ReducedFloats.toHalf(values[i]));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          shorts.put(i, ReducedFloats.toBfloat(values[i]));
        }
      }
      case INT32, INT64 -> {
        for (int i = 0; i < count; i++) {
          ints.put(i, Math.round(values[i]));
        }
      }
    }
  }

  private void encode(long[] values, ElementType type, int count) {
    for (int i = 0; i < count; i++) {
      switch (type) {
        case FLOAT32 -> floats.put(i, (float) values[i]);
        case FLOAT16 -> shorts.put(i, ReducedFloats.toHalf((float) values[i]));
        case BFLOAT16 -> shorts.put(i, ReducedFloats.toBfloat((float) values[i]));
        case INT32, INT64 -> ints.put(i, Math.toIntExact(values[i]));
      }
    }
  }

  /** Turns what the device wrote into {@link #room} into floats. */
  void decode(ElementType type, float[] target, int count) {
    switch (type) {
      case FLOAT32 -> floats.get(0, target, 0, count);
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          target[i] = ReducedFloats.fromHalf(shorts.get(i));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          target[i] = ReducedFloats.fromBfloat(shorts.get(i));
        }
      }
      case INT32, INT64 -> {
        for (int i = 0; i < count; i++) {
          target[i] = ints.get(i);
        }
      }
    }
  }
}
