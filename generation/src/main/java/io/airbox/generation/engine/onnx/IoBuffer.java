package io.airbox.generation.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Memory outside the Java heap that a network reads from or writes to directly, of one shape and
 * element type, used again for every run.
 */
final class IoBuffer implements AutoCloseable {
  private final ByteBuffer bytes;
  private final ElementType type;
  private final int count;
  private final OnnxTensor tensor;

  IoBuffer(OrtEnvironment environment, ElementType type, long[] shape) throws OrtException {
    this.type = type;
    this.count = count(shape);
    this.bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(count, size(type)))
            .order(ByteOrder.nativeOrder());
    this.tensor = OnnxTensor.createTensor(environment, bytes, shape, javaType(type));
  }

  static int count(long[] shape) {
    long count = 1;
    for (long axis : shape) {
      count = Math.multiplyExact(count, axis);
    }
    return Math.toIntExact(count);
  }

  OnnxTensor tensor() {
    return tensor;
  }

  int count() {
    return count;
  }

  /** Bytes that it takes. */
  long size() {
    return bytes.capacity();
  }

  private static int size(ElementType type) {
    return switch (type) {
      case FLOAT16, BFLOAT16 -> 2;
      case FLOAT32, INT32 -> 4;
      case INT64 -> 8;
    };
  }

  private static OnnxJavaType javaType(ElementType type) {
    return switch (type) {
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
    };
  }

  void write(Tensor source) {
    bytes.clear();
    if (source instanceof Tensor.Floats floats) {
      write(floats.values());
    } else if (source instanceof Tensor.Ints ints) {
      write(ints.values());
    } else if (source instanceof Tensor.Constant constant) {
      write(constant.values());
    } else if (source instanceof Tensor.Zeros) {
      while (bytes.hasRemaining()) {
        bytes.put((byte) 0);
      }
    }
  }

  /** Takes the bytes of a tensor of the same type and shape. */
  void write(ByteBuffer source) {
    bytes.clear();
    bytes.put(source);
  }

  private void write(float[] values) {
    switch (type) {
      case FLOAT32 -> bytes.asFloatBuffer().put(values, 0, count);
      case FLOAT16 -> {
        ShortBuffer target = bytes.asShortBuffer();
        for (int i = 0; i < count; i++) {
          target.put(i, Fp16Conversions.floatToFp16(values[i]));
        }
      }
      case BFLOAT16 -> {
        ShortBuffer target = bytes.asShortBuffer();
        for (int i = 0; i < count; i++) {
          target.put(i, Fp16Conversions.floatToBf16(values[i]));
        }
      }
      case INT32 -> {
        IntBuffer target = bytes.asIntBuffer();
        for (int i = 0; i < count; i++) {
          target.put(i, Math.round(values[i]));
        }
      }
      case INT64 -> {
        LongBuffer target = bytes.asLongBuffer();
        for (int i = 0; i < count; i++) {
          target.put(i, Math.round((double) values[i]));
        }
      }
    }
  }

  private void write(long[] values) {
    switch (type) {
      case INT64 -> bytes.asLongBuffer().put(values, 0, count);
      case INT32 -> {
        IntBuffer target = bytes.asIntBuffer();
        for (int i = 0; i < count; i++) {
          target.put(i, Math.toIntExact(values[i]));
        }
      }
      case FLOAT32, FLOAT16, BFLOAT16 -> {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
          floats[i] = values[i];
        }
        write(floats);
      }
    }
  }

  void read(float[] target) {
    bytes.clear();
    switch (type) {
      case FLOAT32 -> {
        FloatBuffer source = bytes.asFloatBuffer();
        source.get(target, 0, count);
      }
      case FLOAT16 -> {
        ShortBuffer source = bytes.asShortBuffer();
        for (int i = 0; i < count; i++) {
          target[i] = Fp16Conversions.fp16ToFloat(source.get(i));
        }
      }
      case BFLOAT16 -> {
        ShortBuffer source = bytes.asShortBuffer();
        for (int i = 0; i < count; i++) {
          target[i] = Fp16Conversions.bf16ToFloat(source.get(i));
        }
      }
      case INT32 -> {
        IntBuffer source = bytes.asIntBuffer();
        for (int i = 0; i < count; i++) {
          target[i] = source.get(i);
        }
      }
      case INT64 -> {
        LongBuffer source = bytes.asLongBuffer();
        for (int i = 0; i < count; i++) {
          target[i] = source.get(i);
        }
      }
    }
  }

  @Override
  public void close() {
    tensor.close();
  }
}
