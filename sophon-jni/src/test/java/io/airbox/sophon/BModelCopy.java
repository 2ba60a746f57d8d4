package io.airbox.sophon;

import io.airbox.sophon.FlatBufferWriter.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Real bmodels, taken apart and written anew with changes; the programs in them stay. */
public final class BModelCopy {
  private BModelCopy() {}

  /**
   * The bmodel with a second stage for its first network: a copy of the first whose tensors' first
   * dimension is 1. It can be loaded and described; only the first stage computes something.
   */
  public static byte[] withASecondStage(byte[] bmodel) throws Exception {
    ByteBuffer file = ByteBuffer.wrap(bmodel).order(ByteOrder.LITTLE_ENDIAN);
    int descriptionSize = file.getInt(8);
    long binarySize = file.getLong(12);
    FlatBuffer source =
        FlatBuffer.verify(
            file.slice(64, descriptionSize).order(ByteOrder.LITTLE_ENDIAN),
            BModelFile.MODEL,
            binarySize);
    Table model = copy(source, source.root(), BModelFile.MODEL);
    Table network = model.tables(4).get(0);
    Table first = network.tables(3).get(0);
    Table second = copy(source, source.root(), BModelFile.MODEL).tables(4).get(0).tables(3).get(0);
    for (int tensors : new int[] {0, 1}) {
      for (Table tensor : second.tables(tensors)) {
        tensor.tables(5).get(0).replaceFirst(0, 1);
      }
    }
    network.tables(3, List.of(first, second));
    byte[] description = FlatBufferWriter.write(model);
    ByteBuffer out =
        ByteBuffer.allocate(64 + description.length + (int) binarySize)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(bmodel, 0, 64).putInt(8, description.length);
    return out.put(description).put(bmodel, 64 + descriptionSize, (int) binarySize).array();
  }

  private static Table copy(FlatBuffer source, int at, FlatBuffer.Table schema) {
    Table copy = new Table();
    for (FlatBuffer.Field field : schema.fields()) {
      int id = field.id();
      if (source.field(at, id) == 0) {
        continue;
      }
      switch (field.kind()) {
        case INLINE -> {
          if (field.size() == 8) {
            copy.u64(id, source.int64(at, id, 0));
          } else {
            copy.u32(id, source.int32(at, id, 0));
          }
        }
        case RANGE -> copy.range(id, source.int64(at, id, 0), source.rangeSize(at, id));
        case STRING -> copy.text(id, source.string(at, id));
        case TABLE -> copy.table(id, copy(source, source.table(at, id), field.table()));
        case TABLE_VECTOR -> {
          List<Table> tables = new ArrayList<>();
          for (int i = 0; i < source.count(at, id); i++) {
            tables.add(copy(source, source.tableAt(at, id, i), field.table()));
          }
          copy.tables(id, tables);
        }
        case INLINE_VECTOR -> {
          if (field.size() == 1) {
            ByteBuffer bytes = source.byteVector(at, id);
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            copy.bytes(id, array);
          } else if (field.size() == 8) {
            long[] numbers = new long[source.count(at, id)];
            for (int i = 0; i < numbers.length; i++) {
              numbers[i] = source.int64At(at, id, i);
            }
            copy.longs(id, numbers);
          } else if (field.size() == 4) {
            int[] numbers = new int[source.count(at, id)];
            for (int i = 0; i < numbers.length; i++) {
              numbers[i] = source.int32At(at, id, i);
            }
            copy.ints(id, numbers);
          } else if (source.count(at, id) > 0) {
            throw new IllegalArgumentException("no copy of " + field.name());
          }
        }
        case RANGE_VECTOR -> throw new IllegalArgumentException("no copy of " + field.name());
      }
    }
    return copy;
  }
}
