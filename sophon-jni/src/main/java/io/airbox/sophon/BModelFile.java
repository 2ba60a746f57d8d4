package io.airbox.sophon;

import io.airbox.sophon.FlatBuffer.Table;
import io.airbox.sophon.TpuException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a bmodel file says of itself, read without the vendor's library and before it: chip,
 * networks, stages, shapes and memory need. Reading one proves the file whole: libbmrt aborts or
 * exits on some damaged files.
 *
 * <p>The format: 64 bytes of header (magic, three sizes), a FlatBuffers part, a binary part into
 * which the former's ranges point; {@code tpu-bmodel/include/bmodel.hpp} and {@code model.fbs} of
 * libsophon, {@code bmodel.fbs} of tpu-mlir.
 */
public final class BModelFile {
  /**
   * Device memory that a bmodel takes when it is loaded, beside its inputs and outputs.
   *
   * @param weightBytes coefficients; identical ones are counted once, as the runtime shares them
   * @param instructionBytes what the TPU's engines are fed with
   * @param activationBytes intermediate results; networks without host parts share theirs
   * @param largestBlockBytes the largest of it that must lie in one heap in one piece
   */
  public record MemoryNeed(
      long weightBytes, long instructionBytes, long activationBytes, long largestBlockBytes) {
    public long totalBytes() {
      return add(weightBytes, add(instructionBytes, activationBytes));
    }
  }

  private static final int MAGIC = 0xFF55AAEE;
  private static final int HEADER_BYTES = 64;

  /** Far above any real one: the part holds descriptions, not data. */
  private static final long MAX_DESCRIPTION_BYTES = 512L << 20;

  /** What takes the place of bytes that are no UTF-8. */
  private static final char NO_TEXT = '\uFFFD';

  /** All the memory that a box of this chip can have. */
  private static final long MAX_BLOCK_BYTES = 16L << 30;

  private static final Table SHAPE = new Table().vector(0, "dim", 8, 8);
  private static final Table COMMANDS =
      new Table()
          .inline(0, "bdc_num", 4)
          .inline(1, "gdma_num", 4)
          .range(2, "binary_bdc")
          .range(3, "binary_gdma")
          .inline(4, "bdc_cmd_byte", 4)
          .inline(5, "gdma_cmd_byte", 4)
          .vector(6, "reloc_entries", 12, 4);
  private static final Table CORE_COMMANDS =
      new Table()
          .tables(0, "gdma_tiu_commands", COMMANDS)
          .ranges(1, "sdma_commands")
          .ranges(2, "hau_commands")
          .ranges(3, "cdma_commands");
  private static final Table STAGE_IR =
      new Table()
          .inline(0, "ir_info_len", 4)
          .inline(1, "height_high", 4)
          .inline(2, "height_low", 4)
          .inline(3, "width_high", 4)
          .inline(4, "width_low", 4);
  private static final Table LOCATION =
      new Table().requiredString(0, "name").inline(1, "offset", 8).inline(2, "size", 8);
  private static final Table WEIGHTS =
      new Table()
          .inline(0, "address", 8)
          .vector(1, "check_code", 1, 1)
          .range(2, "binary_coeff")
          .tables(3, "location", LOCATION)
          .inline(4, "encrypt_mode", 4)
          .inline(5, "decrypt_size", 8);
  private static final Table TENSOR =
      new Table()
          .requiredString(0, "name")
          .inline(1, "data_type", 4)
          .inline(2, "gmem_stmode", 4)
          .inline(3, "device_addr", 8)
          .inline(4, "size", 8)
          .tables(5, "shape", SHAPE)
          .inline(6, "mem_type", 4)
          .inline(7, "scale", 4)
          .inline(8, "cpu_addr", 4)
          .inline(9, "pad_h", 4)
          .inline(10, "zero_point", 4)
          .inline(11, "hidden", 4)
          .inline(12, "index", 4)
          .struct(13, "relentry", 12);
  private static final Table CPU_CONST =
      new Table().string(0, "name").range(1, "const_data").vector(2, "check_code", 1, 1);
  private static final Table CPU_PARAM =
      new Table()
          .inline(0, "op_type", 4)
          .range(1, "binary_param")
          .tables(2, "cpu_const", CPU_CONST)
          .inline(3, "is_custom", 4);
  private static final Table OUTPUT_FROM = new Table().vector(0, "indice", 4, 4);
  private static final Table MERGE = new Table().tables(0, "output_from", OUTPUT_FROM);
  private static final Table SWITCH =
      new Table().vector(0, "output_from", 4, 4).vector(1, "output_branch", 4, 4);
  private static final Table SUBNET =
      new Table()
          .inline(0, "subnet_mode", 4)
          .tables(1, "cmd_group", COMMANDS)
          .tables(2, "cpu_param", CPU_PARAM)
          .tables(3, "input_tensor", TENSOR)
          .tables(4, "output_tensor", TENSOR)
          .inline(5, "is_dynamic", 4)
          .inline(6, "ir_offset", 4)
          .inline(7, "ir_len", 4)
          .inline(8, "n_dynamic", 4)
          .inline(9, "h_w_dynamic", 4)
          .inline(10, "id", 4)
          .vector(11, "next_subnet_ids", 4, 4)
          .table(12, "merge_param", MERGE)
          .table(13, "switch_param", SWITCH)
          .tables(14, "core_commands", CORE_COMMANDS)
          .inline(15, "run_core", 4);
  private static final Table PARAMETER =
      new Table()
          .requiredTables(0, "input_tensor", TENSOR)
          .requiredTables(1, "output_tensor", TENSOR)
          .inline(2, "ctx_addr", 8)
          .inline(3, "ctx_size", 8)
          .table(4, "coeff_mem", WEIGHTS)
          .inline(5, "is_dynamic", 4)
          .inline(6, "n_dynamic", 4)
          .inline(7, "h_w_dynamic", 4)
          .tables(8, "cmd_group", COMMANDS)
          .range(9, "net_profile")
          .tables(10, "stage_ir", STAGE_IR)
          .range(11, "binary_ir")
          .tables(12, "sub_net", SUBNET)
          .inline(13, "cpu_mem_size", 4)
          .vector(14, "ctx_sizes", 8, 8)
          .range(15, "net_stat")
          .inline(16, "core_num", 4)
          .inline(17, "io_addr", 8)
          .inline(18, "io_size", 8)
          .range(19, "tensor_loc")
          .inline(20, "dynamic_ctx_addr", 8)
          .inline(21, "dynamic_coeff_offset", 8)
          .inline(22, "dynamic_combined_coeff_offset", 8);
  private static final Table CASCADE =
      new Table().inline(0, "device_id", 4).inline(1, "step", 4).string(2, "main_name");

  /** {@code NetStatic} and {@code NetDynamic}, which nothing for this chip has. */
  private static final Table OLD_NET = new Table();

  private static final Table NET =
      new Table()
          .requiredString(0, "name")
          .tables(1, "net_static", OLD_NET)
          .tables(2, "net_dynamic", OLD_NET)
          .tables(3, "parameter", PARAMETER)
          .table(4, "cascade", CASCADE)
          .inline(5, "addr_mode", 4);
  private static final Table MODULE =
      new Table().requiredString(0, "file_name").requiredRange(1, "binary").inline(2, "mode", 4);

  /** The whole of {@code bmodel.fbs}; newer fields are skipped, as FlatBuffers means it. */
  static final Table MODEL =
      new Table()
          .requiredString(0, "type")
          .requiredString(1, "version")
          .requiredString(2, "time")
          .requiredString(3, "chip")
          .requiredTables(4, "net", NET)
          .inline(5, "neuron_size", 8)
          .table(6, "kernel_module", MODULE)
          .inline(7, "device_num", 4)
          .table(8, "cpuop_module", MODULE)
          .inline(9, "bmodel_type", 4)
          .range(10, "lib_backend");

  private final Path path;
  private final long bytes;
  private final String chip;
  private final String version;
  private final String compiled;
  private final List<NetworkFacts> networks;
  private final MemoryNeed memoryNeed;

  private BModelFile(
      Path path,
      long bytes,
      String chip,
      String version,
      String compiled,
      List<NetworkFacts> networks,
      MemoryNeed memoryNeed) {
    this.path = path;
    this.bytes = bytes;
    this.chip = chip;
    this.version = version;
    this.compiled = compiled;
    this.networks = networks;
    this.memoryNeed = memoryNeed;
  }

  /**
   * Reads and checks a bmodel; its weights are not read.
   *
   * @throws TpuException {@code INVALID_BMODEL} saying what is wrong and where; {@code
   *     PERMISSION_DENIED}
   */
  public static BModelFile read(Path path) {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      return read(path, file);
    } catch (NoSuchFileException e) {
      throw refused(path, "there is no such file", "", e);
    } catch (AccessDeniedException e) {
      throw TpuException.of(
          Reason.PERMISSION_DENIED,
          path + " may not be read by this user",
          "give the engine's user read access",
          e);
    } catch (FlatBuffer.BrokenException e) {
      throw refused(path, "it is damaged: " + e.getMessage(), "copy it again", e);
    } catch (IOException e) {
      throw refused(path, "it cannot be read: " + e.getMessage(), "", e);
    }
  }

  public Path path() {
    return path;
  }

  /** The file's size. */
  public long bytes() {
    return bytes;
  }

  /** What it was compiled for, as {@code BM1684X}. */
  public String chip() {
    return chip;
  }

  /** The format's version, as {@code 2.2}, perhaps with the compiler's. */
  public String version() {
    return version;
  }

  /** When it was compiled, in the compiler's words. */
  public String compiled() {
    return compiled;
  }

  /** The networks, each with its stages. */
  public List<NetworkFacts> networks() {
    return networks;
  }

  public MemoryNeed memoryNeed() {
    return memoryNeed;
  }

  /**
   * Checks that this runs on a chip.
   *
   * @throws TpuException {@code WRONG_CHIP}
   */
  public void checkChip(String device) {
    // an older name that libbmrt takes for the same chip
    boolean same = chip.equals(device) || (chip.equals("BM1686") && device.equals("BM1684X"));
    if (!same) {
      throw TpuException.of(
          Reason.WRONG_CHIP,
          path + " was compiled for " + chip + ", the device is a " + device,
          "compile the network for " + device);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private static BModelFile read(Path path, FileChannel file)
      throws IOException, FlatBuffer.BrokenException {
    long size = file.size();
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, header, 0);
    if (header.hasRemaining() || header.getInt(0) != MAGIC) {
      throw refused(path, "it does not begin as a bmodel does", "is it the right file?", null);
    }
    long headerSize = Integer.toUnsignedLong(header.getInt(4));
    long descriptionSize = Integer.toUnsignedLong(header.getInt(8));
    // 32 bits in old releases, with zeros behind; 64 in newer ones
    long binarySize = header.getLong(12);
    if (headerSize != HEADER_BYTES || binarySize < 0 || descriptionSize > MAX_DESCRIPTION_BYTES) {
      throw refused(path, "its header is damaged", "copy it again", null);
    }
    if (binarySize > size || size - binarySize < headerSize + descriptionSize) {
      throw refused(
          path,
          String.format(
              Locale.ROOT,
              "it has %d bytes of %s",
              size,
              Long.toUnsignedString(headerSize + descriptionSize + binarySize)),
          "it was cut short; copy it again",
          null);
    }
    ByteBuffer description = ByteBuffer.allocate((int) descriptionSize);
    readFully(file, description, headerSize);
    if (description.hasRemaining()) {
      throw refused(path, "it became shorter while it was read", "copy it again", null);
    }
    FlatBuffer model = FlatBuffer.verify(description.flip(), MODEL, binarySize);
    new LoaderChecks(path, model, file, headerSize + descriptionSize).check();
    return new Reader(path, model).read(size);
  }

  private static void readFully(FileChannel file, ByteBuffer target, long position)
      throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = file.read(target, at);
      if (count < 0) {
        return;
      }
      at += count;
    }
  }

  static TpuException refused(Path path, String what, String advice, @Nullable Throwable cause) {
    return TpuException.of(
        Reason.INVALID_BMODEL, path + " is no usable bmodel: " + what, advice, cause);
  }

  /** A sum of what is not negative; a hostile file may count one part very often. */
  private static long add(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** Turns verified tables into facts. */
  private static final class Reader {
    private final Path path;
    private final FlatBuffer model;
    private final Set<ByteBuffer> seenWeights = new HashSet<>();

    /** Positions of the command groups that were counted: a network and its part share them. */
    private final Set<Integer> seenCommands = new HashSet<>();

    private long weights;
    private long instructions;
    private long sharedActivations;
    private long ownActivations;
    private long largest;

    Reader(Path path, FlatBuffer model) {
      this.path = path;
      this.model = model;
    }

    BModelFile read(long size) {
      int root = model.root();
      int devices = model.int32(root, 7, 0);
      if (devices > 1) {
        throw refused(
            path, "it is for " + devices + " devices at once", "compile it for one", null);
      }
      int count = model.count(root, 4);
      if (count == 0) {
        throw refused(path, "it has no network", "", null);
      }
      List<NetworkFacts> networks = new ArrayList<>(count);
      Set<String> names = new HashSet<>();
      for (int i = 0; i < count; i++) {
        NetworkFacts network = network(model.tableAt(root, 4, i));
        if (!names.add(network.name())) {
          throw refused(path, "it has two networks \"" + network.name() + "\"", "", null);
        }
        networks.add(network);
      }
      long activations = add(sharedActivations, ownActivations);
      return new BModelFile(
          path,
          size,
          model.string(root, 3),
          model.string(root, 1),
          model.string(root, 2),
          List.copyOf(networks),
          new MemoryNeed(weights, instructions, activations, largest));
    }

    private NetworkFacts network(int net) {
      String name = model.string(net, 0);
      // the runtime finds networks by the bytes of their names: one that is no text is not found
      if (name.isEmpty() || name.indexOf('\0') >= 0 || name.indexOf(NO_TEXT) >= 0) {
        throw refused(path, "a network has no usable name", "", null);
      }
      int stageCount = model.count(net, 3);
      if (stageCount == 0 || model.count(net, 1) > 0 || model.count(net, 2) > 0) {
        throw refused(
            path,
            "network \"" + name + "\" is of a form no longer in use",
            "compile it anew",
            null);
      }
      int first = model.tableAt(net, 3, 0);
      List<Stage> stages = new ArrayList<>(stageCount);
      boolean dynamic = false;
      long activations = 0;
      boolean hostParts = false;
      for (int i = 0; i < stageCount; i++) {
        int parameter = model.tableAt(net, 3, i);
        stages.add(new Stage(i, shapes(name, parameter, 0), shapes(name, parameter, 1)));
        if (stages.get(i).inputs().size() != stages.get(0).inputs().size()
            || stages.get(i).outputs().size() != stages.get(0).outputs().size()) {
          throw refused(
              path, "the stages of network \"" + name + "\" differ in their tensors", "", null);
        }
        dynamic |= model.int32(parameter, 5, 0) != 0;
        activations = Math.max(activations, activations(parameter));
        hostParts |= model.count(parameter, 12) > 1;
        countWeights(parameter);
        countInstructions(parameter);
      }
      if (hostParts) {
        ownActivations = add(ownActivations, activations);
      } else {
        sharedActivations = Math.max(sharedActivations, activations);
      }
      return new NetworkFacts(
          name, dynamic, specs(name, first, 0, stages), specs(name, first, 1, stages), stages);
    }

    private List<TensorSpec> specs(String network, int parameter, int id, List<Stage> stages) {
      int count = model.count(parameter, id);
      if (count == 0) {
        throw refused(
            path, "network \"" + network + "\" has no " + (id == 0 ? "input" : "output"), "", null);
      }
      List<TensorSpec> specs = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int tensor = model.tableAt(parameter, id, i);
        String name = model.string(tensor, 0);
        int code = model.int32(tensor, 1, 0);
        if (code < 0 || code >= DataType.values().length) {
          throw refused(path, "tensor \"" + name + "\" has the unknown type " + code, "", null);
        }
        DataType type = DataType.of(code);
        long most = 0;
        for (Stage stage : stages) {
          Shape shape = (id == 0 ? stage.inputs() : stage.outputs()).get(i);
          most = Math.max(most, shape.bytes(type));
        }
        specs.add(
            new TensorSpec(
                name, type, model.float32(tensor, 7, 1), model.int32(tensor, 10, 0), most));
      }
      return specs;
    }

    private List<Shape> shapes(String network, int parameter, int id) {
      int count = model.count(parameter, id);
      List<Shape> shapes = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        shapes.add(shape(network, model.tableAt(parameter, id, i)));
      }
      return shapes;
    }

    private Shape shape(String network, int tensor) {
      String name = model.string(tensor, 0);
      if (model.count(tensor, 5) == 0) {
        throw refused(
            path, "tensor \"" + name + "\" of network \"" + network + "\" has no shape", "", null);
      }
      int shape = model.tableAt(tensor, 5, 0);
      int[] dimensions = new int[Math.min(model.count(shape, 0), Shape.MAX_RANK + 1)];
      for (int axis = 0; axis < dimensions.length; axis++) {
        long dimension = model.int64At(shape, 0, axis);
        dimensions[axis] = dimension < 0 || dimension > Integer.MAX_VALUE ? -1 : (int) dimension;
      }
      try {
        return Shape.of(dimensions);
      } catch (TpuException e) {
        throw refused(
            path,
            "tensor \"" + name + "\" of network \"" + network + "\": " + e.getMessage(),
            "",
            e);
      }
    }

    private long activations(int parameter) {
      int groups = model.count(parameter, 14);
      if (groups == 0) {
        long size = size(model.int64(parameter, 3, 0), "activations");
        largest = Math.max(largest, size);
        return size;
      }
      long sum = 0;
      for (int i = 0; i < groups; i++) {
        long size = size(model.int64At(parameter, 14, i), "activations");
        largest = Math.max(largest, size);
        sum = add(sum, size);
      }
      return sum;
    }

    private void countWeights(int parameter) {
      int memory = model.table(parameter, 4);
      if (memory == 0) {
        return;
      }
      long size = model.rangeSize(memory, 2);
      ByteBuffer digest = model.byteVector(memory, 1);
      if (!digest.hasRemaining() || seenWeights.add(digest)) {
        weights = add(weights, size);
        largest = Math.max(largest, size);
      }
    }

    private void countInstructions(int parameter) {
      instructions = add(instructions, model.rangeSize(parameter, 11));
      instructions = add(instructions, commands(parameter, 8));
      for (int i = 0; i < model.count(parameter, 12); i++) {
        int subnet = model.tableAt(parameter, 12, i);
        instructions = add(instructions, commands(subnet, 1));
        for (int core = 0; core < model.count(subnet, 14); core++) {
          instructions = add(instructions, commands(model.tableAt(subnet, 14, core), 0));
        }
      }
    }

    private long commands(int table, int id) {
      long sum = 0;
      for (int i = 0; i < model.count(table, id); i++) {
        int group = model.tableAt(table, id, i);
        if (seenCommands.add(group)) {
          sum = add(sum, add(model.rangeSize(group, 2), model.rangeSize(group, 3)));
        }
      }
      return sum;
    }

    private long size(long size, String what) {
      if (size < 0 || size > MAX_BLOCK_BYTES) {
        throw refused(
            path, "its " + what + " take " + Long.toUnsignedString(size) + " bytes", "", null);
      }
      return size;
    }
  }
}
