package io.airbox.sophon.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.airbox.sophon.Driver;
import io.airbox.sophon.NetworkFacts;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Tensor;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import io.airbox.sophon.jna.Bmlib.bm_device_mem_t;
import io.airbox.sophon.jna.Bmrt.bm_tensor_t;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The {@code void*} of libbmrt, with one bmodel in it. */
final class NativeRuntime implements Driver.ModelRuntime {
  private static final String LOG_TELLS = "the lines of libbmrt above ([BMRT], [BMODEL]) tell why";

  private final Abi abi;
  private final Pointer runtime;

  NativeRuntime(Abi abi, Pointer runtime) {
    this.abi = abi;
    this.runtime = runtime;
  }

  @Override
  public void load(Path bmodel) {
    // libbmrt 0.5.1 opens the file for writing, and fails on a read-only one
    boolean loaded = Files.isWritable(bmodel) ? loadPath(bmodel) : loadMapped(bmodel);
    if (!loaded) {
      throw TpuException.call(
          Reason.LOAD_FAILED, "bmrt_load_bmodel", bmodel.toString(), "false", LOG_TELLS);
    }
  }

  private boolean loadPath(Path bmodel) {
    try (Memory path = text(bmodel.toString())) {
      return isTrue(Bmrt.bmrt_load_bmodel(runtime, path));
    }
  }

  /** Hands over the file's pages; libbmrt copies from them during the call only. */
  boolean loadMapped(Path bmodel) {
    try (FileChannel file = FileChannel.open(bmodel, StandardOpenOption.READ)) {
      if (file.size() > Integer.MAX_VALUE) {
        throw TpuException.of(
            Reason.PERMISSION_DENIED,
            bmodel + " is read-only, and with " + file.size() + " bytes too large to be mapped",
            "let the engine's user own it: libbmrt opens bmodels for writing");
      }
      MappedByteBuffer data = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
      return isTrue(Bmrt.bmrt_load_bmodel_data(runtime, data, data.capacity()));
    } catch (IOException e) {
      throw TpuException.of(
          Reason.LOAD_FAILED, bmodel + " cannot be read: " + e.getMessage(), "", e);
    }
  }

  @Override
  public List<String> networks() {
    PointerByReference result = new PointerByReference();
    Bmrt.bmrt_get_network_names(runtime, result);
    Pointer names = result.getValue();
    if (names == null) {
      return List.of();
    }
    try {
      List<String> list = new ArrayList<>();
      for (int i = 0; i < Bmrt.bmrt_get_network_number(runtime); i++) {
        list.add(names.getPointer(8L * i).getString(0, StandardCharsets.UTF_8.name()));
      }
      return List.copyOf(list);
    } finally {
      // the array is malloc'ed for the caller, the names are the runtime's
      Native.free(Pointer.nativeValue(names));
    }
  }

  @Override
  public NetworkFacts network(String name) {
    try (Memory text = text(name)) {
      Pointer info = Bmrt.bmrt_get_network_info(runtime, text);
      if (info == null) {
        throw TpuException.call(
            Reason.CALL_FAILED, "bmrt_get_network_info", name, "null", LOG_TELLS);
      }
      return abi.read(info);
    }
  }

  @Override
  public Driver.Prepared prepare(String network, List<Tensor> inputs, List<Tensor> outputs) {
    return new NativeLaunch(runtime, network, inputs, outputs);
  }

  @Override
  public void destroy() {
    Bmrt.bmrt_destroy(runtime);
  }

  static boolean isTrue(byte bool) {
    return (bool & 1) != 0;
  }

  static Memory text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Memory memory = new Memory(bytes.length + 1L);
    memory.write(0, bytes, 0, bytes.length);
    memory.setByte(bytes.length, (byte) 0);
    return memory;
  }

  /** The arguments of a launch in C's memory, written once. */
  private static final class NativeLaunch implements Driver.Prepared {
    private static final bm_tensor_t LAYOUT = new bm_tensor_t();
    private static final int TENSOR_BYTES = LAYOUT.size();
    private static final int SHAPE = LAYOUT.offsetOf("shape");
    private static final int DEVICE_MEM = LAYOUT.offsetOf("device_mem");
    private static final int DEVICE_MEM_BYTES = new bm_device_mem_t().size();
    private static final byte TRUE = 1;

    private final Pointer runtime;
    private final Memory name;
    private final Memory inputs;
    private final int inputCount;
    private final Memory outputs;
    private final int outputCount;
    private final byte[] freshOutputs;

    NativeLaunch(Pointer runtime, String network, List<Tensor> in, List<Tensor> out) {
      this.runtime = runtime;
      this.name = text(network);
      this.inputs = tensors(in);
      this.inputCount = in.size();
      this.outputs = tensors(out);
      this.outputCount = out.size();
      this.freshOutputs = outputs.getByteArray(0, (int) outputs.size());
    }

    @Override
    public void start() {
      // the last start wrote its results' shapes over these
      outputs.write(0, freshOutputs, 0, freshOutputs.length);
      byte done =
          Bmrt.bmrt_launch_tensor_ex(
              runtime, name, inputs, inputCount, outputs, outputCount, TRUE, TRUE);
      if (!isTrue(done)) {
        throw TpuException.call(
            Reason.LAUNCH_FAILED,
            "bmrt_launch_tensor_ex",
            name.getString(0, StandardCharsets.UTF_8.name()),
            "false",
            LOG_TELLS);
      }
    }

    @Override
    public Shape outputShape(int index) {
      return Abi.shape(outputs.share((long) index * TENSOR_BYTES + SHAPE));
    }

    private static Memory tensors(List<Tensor> tensors) {
      Memory memory = new Memory((long) tensors.size() * TENSOR_BYTES);
      memory.clear();
      for (int i = 0; i < tensors.size(); i++) {
        Tensor tensor = tensors.get(i);
        long at = (long) i * TENSOR_BYTES;
        memory.setInt(at, tensor.type().code());
        memory.setInt(at + SHAPE, tensor.shape().rank());
        for (int axis = 0; axis < tensor.shape().rank(); axis++) {
          memory.setInt(at + SHAPE + 4 + 4L * axis, tensor.shape().dimension(axis));
        }
        Pointer descriptor = NativeDevice.descriptor(tensor.memory().allocation()).getPointer();
        memory.write(
            at + DEVICE_MEM, descriptor.getByteArray(0, DEVICE_MEM_BYTES), 0, DEVICE_MEM_BYTES);
      }
      return memory;
    }
  }
}
