package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.Shape;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What can go wrong with a TPU while jobs run: each job that it hits fails with the reason, the
 * daemon serves on, and the next job succeeds.
 */
final class TpuFaultsIT {
  private static final String GOOD = "good";
  private static final long SMALL = 1_000_000;

  @TempDir private static Path folder;
  private static StubLibsophon stub;
  private static TpuPacks packs;
  private static TpuBox box;

  @BeforeAll
  static void start() throws IOException {
    stub = StubLibsophon.build(folder, "0.5.1");
    packs = new TpuPacks(folder.resolve("packs"));
    packs.small(GOOD, SMALL);
    packs.small("corrupt", SMALL);
    packs.small("cut", SMALL);
    packs.small("foreign", SMALL);
    packs.small("shapes", SMALL);
    packs.small("huge", 12L << 30);
    packs.small("fragile", SMALL);
    damage();
    box =
        new TpuBox(
            folder.resolve("data"),
            Map.of(
                "engine.kind",
                "bm1684x",
                "engine.stall.timeout",
                "3s",
                "sysroot",
                stub.root().toString(),
                "models.dirs",
                packs.folder().toString()),
            Map.of("TPU_STUB_FAULTS", stub.faults().toString()));
    box.make(GOOD);
  }

  /** What a bad disk, a bad copy or a wrong compiler leaves; digests are right all the same. */
  private static void damage() throws IOException {
    Path corrupt = packs.folder().resolve("corrupt");
    Files.write(corrupt.resolve("unet.bmodel"), new byte[64 + 1000], StandardOpenOption.WRITE);
    packs.finish(corrupt);
    Path cut = packs.folder().resolve("cut");
    byte[] whole = Files.readAllBytes(cut.resolve("unet.bmodel"));
    Files.write(cut.resolve("unet.bmodel"), Arrays.copyOf(whole, whole.length - 1));
    packs.finish(cut);
    Path foreign = packs.folder().resolve("foreign");
    unet(Shape.of(1, 4, 12, 12)).chip("BM1684").write(foreign.resolve("unet.bmodel"));
    packs.finish(foreign);
    Path shapes = packs.folder().resolve("shapes");
    unet(Shape.of(1, 4, 13, 13)).write(shapes.resolve("unet.bmodel"));
    packs.finish(shapes);
  }

  private static BModelWriter unet(Shape sample) {
    return new BModelWriter()
        .network(
            "unet",
            1000,
            1000,
            List.of(
                new BModelWriter.Tensor("sample", DataType.FLOAT32, sample),
                new BModelWriter.Tensor("timestep", DataType.INT32, Shape.of(1)),
                new BModelWriter.Tensor(
                    "encoder_hidden_states", DataType.FLOAT32, Shape.of(1, 32, 384))),
            List.of(new BModelWriter.Tensor("noise", DataType.FLOAT32, sample)));
  }

  @AfterAll
  static void stop() {
    box.close();
  }

  @AfterEach
  void servesOn() {
    assertThat(box.process().handle().isAlive()).isTrue();
    box.make(GOOD);
  }

  @Test
  void outlivesAnAbortInALaunch() throws IOException {
    stub.fault("launch", "2 abort");
    JsonObject error = box.fail(GOOD);
    assertThat(error.getString("code")).isEqualTo("WORKER_LOST");
    // and the library's own last line
    assertThat(error.getString("message")).contains("SIGABRT", "a test lets this launch abort");
  }

  @Test
  void outlivesAnExitInALaunch() throws IOException {
    stub.fault("launch", "2 exit");
    JsonObject error = box.fail(GOOD);
    assertThat(error.getString("code")).isEqualTo("WORKER_LOST");
    assertThat(error.getString("message")).contains("255");
  }

  @Test
  void endsALaunchThatNeverReturns() throws IOException {
    stub.fault("launch", "2 stall");
    JsonObject error = box.fail(GOOD);
    assertThat(error.getString("code")).isEqualTo("WORKER_LOST");
    assertThat(error.getString("message")).contains("3 s");
  }

  @Test
  void tellsALaunchThatFails() throws IOException {
    int openings = stub.openings();
    stub.fault("launch", "2 fail");
    JsonObject error = box.fail(GOOD);
    assertThat(error.getString("code")).isEqualTo("ENGINE_FAULT");
    assertThat(error.getString("message")).contains("bmrt_launch_tensor_ex");
    assertThat(stub.openings()).isEqualTo(openings);
  }

  @Test
  void refusesDamagedBmodelsWithoutHarm() throws IOException {
    int openings = stub.openings();
    assertInvalid("corrupt", "is no usable bmodel");
    assertInvalid("cut", "cut short");
    assertInvalid("foreign", "was compiled for BM1684, the device is a BM1684X");
    assertInvalid("shapes", "13");
    assertThat(stub.openings()).isEqualTo(openings);
  }

  private static void assertInvalid(String pack, String message) {
    JsonObject error = box.fail(pack);
    assertThat(error.getString("message")).contains(message);
    assertThat(error.getString("code")).as("%s", error).isEqualTo("INVALID_PACK");
  }

  @Test
  void refusesABmodelThatIsLargerThanTheHeapsBeforeLoadingIt() throws IOException {
    int openings = stub.openings();
    JsonObject error = box.fail("huge");
    assertThat(error.getString("code")).isEqualTo("OUT_OF_MEMORY");
    assertThat(error.getString("message")).containsPattern("needs 12\\.\\d+ GiB .* 14\\.\\d+ GiB");
    assertThat(stub.openings()).isEqualTo(openings);
  }

  /** libbmrt loses memory when it gives up half-way, so the worker makes place for another. */
  @Test
  void beginsAnewAfterALoadThatFailedHalfWay() throws IOException {
    int openings = stub.openings();
    stub.fault("allocation", "3");
    JsonObject error = box.fail("fragile");
    assertThat(error.getString("message")).contains("bmrt_load_bmodel");
    box.make("fragile");
    assertThat(stub.openings()).isGreaterThan(openings);
  }
}
