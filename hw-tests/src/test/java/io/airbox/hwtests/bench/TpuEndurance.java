package io.airbox.hwtests.bench;

import io.airbox.sophon.BModel;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.Driver;
import io.airbox.sophon.FakeBmLib;
import io.airbox.sophon.Launch;
import io.airbox.sophon.Network;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.TpuDevice;
import io.airbox.sophon.jna.NativeDriver;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Many launches of one network, then many cycles of loading and unloading a pack's networks. Prints
 * on descriptor 3 the resident memory in kB after a tenth of each, at its half and at its end, as
 * {@code launches|cycles COUNT EARLY HALF LATE}.
 *
 * <p>On the driver's fake the ledger has to equal its books after every turn: what does not ends
 * the program. On the vendor's simulator the exit code tells: 255 when a buffer was left.
 *
 * <p>Arguments: {@code fake|LIBRARIES LAUNCHES CYCLES BMODEL...}; the first one is launched.
 */
public final class TpuEndurance {
  /** What a driver gives at least. */
  private static final long PAGE = 4096;

  private final TpuDevice device;
  private final LongSupplier books;
  private final PrintStream answers;

  private TpuEndurance(TpuDevice device, LongSupplier books, PrintStream answers) {
    this.device = device;
    this.books = books;
    this.answers = answers;
  }

  public static void main(String... arguments) throws IOException {
    boolean fake = arguments[0].equals("fake");
    int launches = Integer.parseInt(arguments[1]);
    int cycles = Integer.parseInt(arguments[2]);
    List<Path> bmodels = new ArrayList<>();
    for (int i = 3; i < arguments.length; i++) {
      bmodels.add(Path.of(arguments[i]));
    }
    FakeBmLib books = new FakeBmLib();
    Driver driver = fake ? books : NativeDriver.loadFrom(Path.of(arguments[0]));
    if (fake) {
      for (int i = 0; i < 3; i++) {
        bmodels.add(small(i));
      }
    }
    try (TpuDevice device = TpuDevice.open(driver, 0);
        PrintStream answers =
            new PrintStream(new FileOutputStream("/dev/fd/3"), true, StandardCharsets.UTF_8)) {
      LongSupplier used = fake ? books::used : () -> -1;
      TpuEndurance endurance = new TpuEndurance(device, used, answers);
      if (launches > 0) {
        endurance.launch(bmodels.get(0), launches);
      }
      if (cycles > 0) {
        endurance.cycle(bmodels, cycles);
      }
    }
    if (fake) {
      books.assertNothingIsHeld();
      for (Path bmodel : bmodels) {
        Files.delete(bmodel);
      }
    }
  }

  private static Path small(int index) throws IOException {
    Shape shape = Shape.of(1 + index, 1000);
    return new BModelWriter()
        .network(
            "network " + index,
            1_000_000L + index,
            300_000,
            List.of(new BModelWriter.Tensor("in", DataType.FLOAT32, shape)),
            List.of(new BModelWriter.Tensor("out", DataType.FLOAT16, shape)))
        .write(Files.createTempFile("airbox-bench", ".bmodel"));
  }

  private void launch(Path bmodel, int count) throws IOException {
    long early = 0;
    long half = 0;
    try (BModel model = device.load(bmodel)) {
      Launch launch = prepare(model);
      for (int i = 1; i <= count; i++) {
        launch.run();
        check();
        early = i == Math.max(1, count / 10) ? resident() : early;
        half = i == Math.max(1, count / 2) ? resident() : half;
      }
      launch.inputs().forEach(tensor -> tensor.memory().close());
      launch.outputs().forEach(tensor -> tensor.memory().close());
    }
    check();
    answers.println("launches " + count + " " + early + " " + half + " " + resident());
  }

  private void cycle(List<Path> bmodels, int count) throws IOException {
    long early = 0;
    long half = 0;
    for (int i = 1; i <= count; i++) {
      List<BModel> models = new ArrayList<>();
      List<Launch> launches = new ArrayList<>();
      for (Path bmodel : bmodels) {
        models.add(device.load(bmodel));
        launches.add(prepare(models.get(models.size() - 1)));
        check();
      }
      for (Launch launch : launches) {
        launch.inputs().forEach(tensor -> tensor.memory().close());
        launch.outputs().forEach(tensor -> tensor.memory().close());
        check();
      }
      models.forEach(BModel::close);
      check();
      early = i == Math.max(1, count / 10) ? resident() : early;
      half = i == Math.max(1, count / 2) ? resident() : half;
    }
    answers.println("cycles " + count + " " + early + " " + half + " " + resident());
  }

  private static Launch prepare(BModel model) {
    Network network = model.networks().get(0);
    Stage stage = network.stages().get(0);
    return network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
  }

  /** The ledger against the books of the fake; the simulator has none. */
  private void check() {
    long expected = books.getAsLong();
    if (expected < 0) {
      return;
    }
    long ledger = 0;
    for (TpuDevice.Holding holding : device.holdings()) {
      ledger += (holding.bytes() + PAGE - 1) / PAGE * PAGE;
    }
    for (BModel model : device.models()) {
      ledger += model.measuredBytes().orElseThrow();
    }
    if (ledger != expected) {
      throw new IllegalStateException(
          "the ledger has " + ledger + " bytes, the driver's books " + expected);
    }
  }

  private static long resident() throws IOException {
    // what is garbage is no leak
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
