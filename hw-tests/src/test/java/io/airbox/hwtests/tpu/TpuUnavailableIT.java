package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.hwtests.abuse.OtherUser;
import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A TPU that cannot be had: the daemon serves all the same, and jobs, status and health say why.
 */
final class TpuUnavailableIT {
  private static final String PACK = "pack";

  /** In which a worker that begins anew every 200 ms would do so fifteen times. */
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  /** With waits that double: after 0.2, 0.6, 1.4 and 3 s, and some for jobs. */
  private static final int FEW = 8;

  @TempDir private Path folder;
  private StubLibsophon stub;
  private TpuPacks packs;

  @BeforeEach
  void build() throws IOException {
    stub = StubLibsophon.build(folder, "0.5.1");
    packs = new TpuPacks(folder.resolve("packs"));
    packs.small(PACK, 1_000_000);
  }

  private TpuBox box(List<String> within) {
    return new TpuBox(
        folder.resolve("data"),
        Map.of(
            "engine.kind", "bm1684x",
            "sysroot", stub.root().toString(),
            "models.dirs", packs.folder().toString()),
        Map.of("TPU_STUB_FAULTS", stub.faults().toString()),
        within);
  }

  @Test
  void tellsThatTheLibraryIsMissing() throws IOException {
    Files.delete(stub.libraries().resolve("libbmrt.so"));
    try (TpuBox box = box(List.of())) {
      assertRefused(box, "ENGINE_FAULT", "has no libbmrt.so");
    }
  }

  @Test
  void tellsThatTheDeviceNodeIsMissing() throws IOException, InterruptedException {
    stub.fault("no-device", "");
    try (TpuBox box = box(List.of())) {
      assertRefused(box, "ENGINE_FAULT", "is the driver (bmtpu) loaded?");
      assertFewStarts();
      stub.repair("no-device");
      box.await("status", TpuUnavailableIT::isReady);
      box.make(PACK);
    }
  }

  @Test
  void tellsThatItMayNotOpenTheDevice() throws IOException {
    stub.fault("no-device", "");
    Path node = Files.createDirectories(stub.root().resolve("dev")).resolve("bm-tpu0");
    Files.createFile(node);
    Files.setPosixFilePermissions(node, Set.of());
    Set<PosixFilePermission> all = PosixFilePermissions.fromString("rwxrwxrwx");
    Files.setPosixFilePermissions(folder, all);
    Files.setPosixFilePermissions(stub.faults(), all);
    Files.setPosixFilePermissions(Files.createDirectory(folder.resolve("data")), all);
    try (TpuBox box = box(OtherUser.withoutPrivileges())) {
      assertRefused(box, "ENGINE_FAULT", node + " may not be opened by this user");
    }
  }

  @Test
  void refusesAllWorkOfATpuThatHangs() throws IOException, InterruptedException {
    try (TpuBox box = box(List.of())) {
      box.make(PACK);
      stub.fault("launch", "2 hang");
      JsonObject error = box.fail(PACK);
      assertThat(error.getString("code")).isEqualTo("DEVICE_HUNG");
      assertThat(error.getString("message")).contains("hangs", "restart the box");
      assertRefused(box, "DEVICE_HUNG", "hangs");
      assertFewStarts();
      assertThat(box.ask(Request.get("/healthz")).status()).isEqualTo(200);
      assertThat(box.ask(Request.get("/readyz")).has(503).body()).contains("hangs");
      assertThat(box.get("tpu").getJsonObject("device").getString("health")).isEqualTo("hung");
    }
  }

  /** Every job is refused with the reason, and soon. */
  private static void assertRefused(TpuBox box, String code, String message) {
    for (int i = 0; i < 2; i++) {
      JsonObject error = box.fail(PACK);
      assertThat(error.getString("message")).contains(message);
      assertThat(error.getString("code")).as("%s", error).isEqualTo(code);
    }
    assertThat(box.get("status").encode()).contains(message);
  }

  private void assertFewStarts() throws IOException {
    int before = stub.openings();
    await("few starts").during(A_WHILE).until(() -> stub.openings() - before < FEW);
  }

  private static boolean isReady(JsonObject status) {
    return "ready".equals(status.getJsonObject("engine").getString("state"));
  }
}
