package io.airbox.hwtests.bench;

import com.sun.management.ThreadMXBean;
import io.airbox.sophon.BModel;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.DeviceMemory;
import io.airbox.sophon.Launch;
import io.airbox.sophon.Network;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.Tensor;
import io.airbox.sophon.TpuDevice;
import io.airbox.sophon.TpuDevice.Transfer;
import io.airbox.sophon.jna.NativeDriver;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bindings behind a line protocol, so that they can take turns with {@code tpu_peer.c}, which
 * makes the same calls from C. Lines on standard input, answers on descriptor 3, for the vendor's
 * libraries print on standard output:
 *
 * <ul>
 *   <li>{@code calls 0 N}: what a denoising step asks of the device, N times; nanoseconds, and
 *       bytes that Java allocated
 *   <li>{@code copies BYTES N}, or {@code mapped BYTES N} when it was started so: N copies to the
 *       device, then N back; nanoseconds of each
 * </ul>
 *
 * <p>Arguments: {@code LIBRARIES BMODEL COPY|MAPPED}. A bmodel that is not there is written: a
 * network with the borders of Stable Diffusion 1.5's UNet at 512×512, and without a program.
 */
public final class TpuCalls {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final TpuDevice device;
  private final Launch launch;
  private final List<ByteBuffer> inputs;
  private final ByteBuffer output;

  private TpuCalls(TpuDevice device, BModel model) {
    this.device = device;
    Network network = model.networks().get(0);
    Stage stage = network.stages().get(0);
    this.launch = network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
    this.inputs = new ArrayList<>();
    for (Tensor tensor : launch.inputs()) {
      inputs.add(ByteBuffer.allocateDirect((int) tensor.bytes()));
    }
    this.output = ByteBuffer.allocateDirect((int) launch.outputs().get(0).bytes());
  }

  public static void main(String... arguments) throws IOException {
    NativeDriver driver = NativeDriver.loadFrom(Path.of(arguments[0]));
    Path bmodel = Path.of(arguments[1]);
    if (!Files.exists(bmodel)) {
      writeUnet(bmodel);
    }
    try (TpuDevice device = TpuDevice.open(driver, 0, Transfer.valueOf(arguments[2]));
        BModel model = device.load(bmodel);
        PrintStream answers =
            new PrintStream(new FileOutputStream("/dev/fd/3"), true, StandardCharsets.UTF_8)) {
      TpuCalls calls = new TpuCalls(device, model);
      answers.println("ready");
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        int bytes = Integer.parseInt(words[1]);
        int count = Integer.parseInt(words[2]);
        answers.println(
            switch (words[0]) {
              case "calls" -> calls.repeat(count);
              case "copies", "mapped" -> copies(device, bytes, count);
              default -> throw new IllegalArgumentException(line);
            });
      }
    }
  }

  private static void writeUnet(Path file) {
    Shape sample = Shape.of(1, 4, 64, 64);
    new BModelWriter()
        .network(
            "unet",
            1 << 20,
            1 << 20,
            List.of(
                new BModelWriter.Tensor("sample", DataType.FLOAT32, sample),
                new BModelWriter.Tensor("timestep", DataType.INT32, Shape.of(1)),
                new BModelWriter.Tensor("states", DataType.FLOAT32, Shape.of(1, 77, 768))),
            List.of(new BModelWriter.Tensor("noise", DataType.FLOAT32, sample)))
        .write(file);
  }

  /**
   * All inputs but the last, which a request sets once, go to the device; the output comes back.
   */
  private String repeat(int count) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < inputs.size() - 1; i++) {
        launch.inputs().get(i).memory().write(inputs.get(i));
      }
      launch.run();
      launch.outputs().get(0).memory().read(output);
    }
    long nanos = System.nanoTime() - start;
    return nanos + " " + (THREADS.getCurrentThreadAllocatedBytes() - allocated);
  }

  private static String copies(TpuDevice device, int bytes, int count) {
    ByteBuffer host = ByteBuffer.allocateDirect(bytes);
    try (DeviceMemory memory = device.allocate(bytes, "copies")) {
      // maps it, where that is the way
      memory.write(host);
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        memory.write(host);
      }
      long there = System.nanoTime() - start;
      start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        memory.read(host);
      }
      return there + " " + (System.nanoTime() - start);
    }
  }
}
