package io.airbox.sophon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * What libbmrt takes for granted of a bmodel whose tables are sound: it follows references that may
 * be absent, and ends the process where they are. Found in {@code bmruntime_bmodel.cpp} of
 * libsophon 0.5.1, and by damaging a real bmodel until nothing that passes here aborted the
 * library.
 */
final class LoaderChecks {
  private static final int TPU = 0;
  private static final int CPU = 1;
  private static final int SWITCH = 3;
  private static final int MOST_MODES = 4;
  private static final int MOST_ADDRESS_MODES = 5;
  private static final int DIGEST_BYTES = 32;

  private final Path path;
  private final FlatBuffer model;
  private final FileChannel file;
  private final long binaryStart;

  /** Positions of the command groups that were walked: a network and its part share them. */
  private final Set<Integer> walked = new HashSet<>();

  LoaderChecks(Path path, FlatBuffer model, FileChannel file, long binaryStart) {
    this.path = path;
    this.model = model;
    this.file = file;
    this.binaryStart = binaryStart;
  }

  /**
   * Checks all networks.
   *
   * @throws TpuException {@code INVALID_BMODEL}
   */
  void check() throws IOException {
    int root = model.root();
    int hostCode = model.table(root, 8);
    if (hostCode != 0 && model.rangeSize(hostCode, 1) > 0) {
      throw refused(
          "it carries a library for the CPU (" + model.string(hostCode, 0) + "), which would run",
          "compile the network without operations of your own");
    }
    boolean variable = isForBm1684x();
    for (int i = 0; i < model.count(root, 4); i++) {
      int net = model.tableAt(root, 4, i);
      int cascade = model.table(net, 4);
      if (cascade != 0 && (model.field(cascade, 2) == 0 || !model.string(cascade, 2).isEmpty())) {
        throw refused("network " + i + " is a part of one for several devices", "");
      }
      int mode = model.int32(net, 5, 0);
      if (mode < 0 || mode >= MOST_ADDRESS_MODES) {
        throw refused("network " + i + " has the unknown address mode " + mode, "");
      }
      for (int stage = 0; stage < model.count(net, 3); stage++) {
        checkStage(model.tableAt(net, 3, stage), "network " + i + ", stage " + stage, variable);
      }
    }
  }

  private boolean isForBm1684x() {
    String chip = model.string(model.root(), 3);
    return chip.equals("BM1684X") || chip.equals("BM1686");
  }

  private void checkStage(int stage, String where, boolean variable) throws IOException {
    int weights = model.table(stage, 4);
    if (weights != 0
        && (model.field(weights, 2) == 0
            || model.byteVector(weights, 1).remaining() != DIGEST_BYTES)) {
      throw refused(where + " has weights without their place or digest", "");
    }
    int parts = model.count(stage, 12);
    if (parts == 0) {
      throw refused(where + " has no program", "");
    }
    checkActivations(stage, where);
    if (variable) {
      checkCommands(stage, 8, where);
    }
    int cores = Math.max(1, model.int32(stage, 16, 0));
    for (int i = 0; i < parts; i++) {
      checkPart(model.tableAt(stage, 12, i), i, cores, where + ", part " + i, variable);
    }
  }

  private void checkActivations(int stage, String where) {
    // every tensor's address is looked up in the blocks that begin at ctx_addr
    long start = model.int64(stage, 2, 0);
    if (start < 0) {
      throw refused(where + " has activations at " + Long.toUnsignedString(start), "");
    }
  }

  private void checkPart(int part, int index, int cores, String where, boolean variable)
      throws IOException {
    int mode = model.int32(part, 0, TPU);
    int id = model.int32(part, 10, -1);
    if (mode < 0 || mode >= MOST_MODES || (id >= 0 && id != index)) {
      throw refused(where + " has mode " + mode + " and number " + id, "");
    }
    if (model.count(part, 3) == 0 || model.count(part, 4) == 0) {
      throw refused(where + " lacks inputs or outputs", "");
    }
    checkTensors(part, 3, where);
    checkTensors(part, 4, where);
    if (mode == CPU) {
      checkHostPart(part, where);
    }
    if (mode == SWITCH && model.table(part, 13) == 0) {
      throw refused(where + " does not say where to go on", "");
    }
    if (variable) {
      checkCommands(part, 1, where);
    }
    int perCore = model.count(part, 14);
    if (model.field(part, 14) != 0 && perCore < cores) {
      throw refused(where + " has commands for " + perCore + " of " + cores + " cores", "");
    }
    for (int core = 0; variable && core < perCore; core++) {
      checkCommands(model.tableAt(part, 14, core), 0, where);
    }
  }

  private void checkTensors(int part, int id, String where) {
    for (int i = 0; i < model.count(part, id); i++) {
      int tensor = model.tableAt(part, id, i);
      if (model.count(tensor, 5) == 0) {
        throw refused(where + ": tensor \"" + model.string(tensor, 0) + "\" has no shape", "");
      }
      int type = model.int32(tensor, 1, 0);
      int rank = model.count(model.tableAt(tensor, 5, 0), 0);
      if (rank > Shape.MAX_RANK || type < 0 || type >= DataType.values().length) {
        throw refused(
            where
                + ": tensor \""
                + model.string(tensor, 0)
                + "\" has type "
                + type
                + " and "
                + rank
                + " dimensions",
            "");
      }
    }
  }

  private void checkHostPart(int part, String where) {
    if (model.count(part, 2) == 0) {
      throw refused(where + " runs on the CPU and does not say what", "");
    }
    int operation = model.tableAt(part, 2, 0);
    boolean whole = model.field(operation, 1) != 0;
    for (int i = 0; i < model.count(operation, 2); i++) {
      int constant = model.tableAt(operation, 2, i);
      whole &=
          model.field(constant, 0) != 0
              && model.field(constant, 1) != 0
              && model.field(constant, 2) != 0;
    }
    if (!whole) {
      throw refused(where + " runs on the CPU and lacks its parameters", "");
    }
  }

  /** Walks each group's commands as the loader does, which stops for nothing. */
  private void checkCommands(int table, int id, String where) throws IOException {
    for (int i = 0; i < model.count(table, id); i++) {
      int group = model.tableAt(table, id, i);
      if (!walked.add(group)) {
        continue;
      }
      long computing = Integer.toUnsignedLong(model.int32(group, 0, 0));
      long moving = Integer.toUnsignedLong(model.int32(group, 1, 0));
      long computingBytes = model.rangeSize(group, 2);
      long movingBytes = model.rangeSize(group, 3);
      boolean whole =
          (computing == 0 || tpuBytes(group, computing) == computingBytes)
              && (moving == 0 || dmaBytes(moving) == movingBytes)
              && fits(model.int32(group, 4, 0), computing, computingBytes)
              && fits(model.int32(group, 5, 0), moving, movingBytes);
      if (!whole) {
        throw refused(where + ": its commands and their counts differ", "copy it again");
      }
    }
  }

  /** The loader makes room for {@code room} bytes, or where that is 0 for 128 each. */
  private static boolean fits(int room, long commands, long bytes) {
    return commands == 0
        || (room == 0 ? bytes <= commands * 128 : Integer.toUnsignedLong(room) == bytes);
  }

  /** Every command has 96 bytes; the last has 16 and ends on a multiple of 128. */
  private static long dmaBytes(long commands) {
    return align((commands - 1) * 96 + 16);
  }

  /** The bytes of commands whose lengths lie in their heads; -1 when they leave their place. */
  private long tpuBytes(int group, long commands) throws IOException {
    long size = model.rangeSize(group, 2);
    if (size > Integer.MAX_VALUE || commands > size / 16) {
      return -1;
    }
    long start = binaryStart + model.int64(group, 2, 0);
    ByteBuffer code =
        file.map(FileChannel.MapMode.READ_ONLY, start, size).order(ByteOrder.LITTLE_ENDIAN);
    long offset = 0;
    for (long i = 0; i < commands; i++) {
      if (offset + 8 > size) {
        return -1;
      }
      int length = tpuCommandBytes(code.getInt((int) offset), code.getInt((int) offset + 4));
      if (length == 0) {
        return -1;
      }
      offset += length;
    }
    return align(offset);
  }

  /** As {@code get_bdc_cmd_len}; 0 where that aborts. */
  private static int tpuCommandBytes(int first, int second) {
    int type = second >>> 9 & 0xF;
    int unit = second >>> 13 & 0x1F;
    if (type == 15 || type == 12) {
      return 16;
    }
    if ((first & 1) == 0) {
      return 128;
    }
    return switch (type) {
      case 0, 1 -> 64;
      case 6, 13, 14 -> 48;
      case 4, 5, 9, 10 -> 32;
      case 2 -> unit > 3 ? 32 : 48;
      case 3 -> unit == 24 || unit == 25 ? 16 : 64;
      default -> 0;
    };
  }

  private static long align(long bytes) {
    return (bytes + 127) / 128 * 128;
  }

  private TpuException refused(String what, String advice) {
    return BModelFile.refused(path, what, advice, null);
  }
}
