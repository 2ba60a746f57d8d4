package io.airbox.sophon;

import io.airbox.sophon.FlatBufferWriter.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes small bmodels whose descriptions are whole and whose programs are empty: a driver's fake
 * loads them, the vendor's library would not run them.
 */
public final class BModelWriter {
  /** A tensor of a network: one shape per stage. */
  public record Tensor(String name, DataType type, List<Shape> shapes) {
    public Tensor(String name, DataType type, Shape... shapes) {
      this(name, type, List.of(shapes));
    }
  }

  private final List<Table> networks = new ArrayList<>();
  private final Table model =
      new Table().text(0, "B").text(1, "2.2").text(2, "2026-11-23").text(3, "BM1684X");
  private long binarySize;

  public BModelWriter chip(String chip) {
    model.text(3, chip);
    return this;
  }

  /** Adds a static network. */
  public BModelWriter network(
      String name, long weightBytes, long activationBytes, List<Tensor> in, List<Tensor> out) {
    return network(name, false, weightBytes, activationBytes, in, out);
  }

  /** Adds a network. */
  public BModelWriter network(
      String name,
      boolean dynamic,
      long weightBytes,
      long activationBytes,
      List<Tensor> in,
      List<Tensor> out) {
    List<Table> stages = new ArrayList<>();
    for (int stage = 0; stage < in.get(0).shapes().size(); stage++) {
      Table commands = new Table().range(2, binarySize, 64).range(3, binarySize, 128);
      Table weights = new Table().bytes(1, digest(name)).range(2, binarySize, weightBytes);
      stages.add(
          new Table()
              .tables(0, tensors(in, stage))
              .tables(1, tensors(out, stage))
              .u64(3, activationBytes)
              .table(4, weights)
              .u32(5, dynamic ? 1 : 0)
              .tables(
                  12,
                  List.of(
                      new Table()
                          .tables(1, List.of(commands))
                          .tables(3, tensors(in, stage))
                          .tables(4, tensors(out, stage)))));
    }
    networks.add(new Table().text(0, name).tables(3, stages));
    binarySize += Math.max(weightBytes, 128);
    return this;
  }

  /** The root table, to be damaged. */
  public Table model() {
    return model.tables(4, networks);
  }

  public byte[] bytes() {
    byte[] description = FlatBufferWriter.write(model());
    ByteBuffer file =
        ByteBuffer.allocate(64 + description.length + (int) binarySize)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0xFF55AAEE).putInt(64).putInt(description.length).putLong(binarySize);
    file.position(64);
    file.put(description);
    return file.array();
  }

  public Path write(Path path) {
    try {
      return Files.write(path, bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Table> tensors(List<Tensor> tensors, int stage) {
    List<Table> tables = new ArrayList<>();
    for (Tensor tensor : tensors) {
      Shape shape = tensor.shapes().get(stage);
      long[] dimensions = new long[shape.rank()];
      for (int axis = 0; axis < dimensions.length; axis++) {
        dimensions[axis] = shape.dimension(axis);
      }
      tables.add(
          new Table()
              .text(0, tensor.name())
              .u32(1, tensor.type().code())
              .u64(4, shape.bytes(tensor.type()))
              .tables(5, List.of(new Table().longs(0, dimensions))));
    }
    return tables;
  }

  private static byte[] digest(String name) {
    return ByteBuffer.allocate(32).putInt(name.hashCode()).array();
  }
}
