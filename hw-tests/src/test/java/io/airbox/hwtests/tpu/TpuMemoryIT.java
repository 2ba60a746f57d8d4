package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.wire.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The TPU's memory as the API tells it, on a libsophon whose heaps have books: ledger, admission,
 * eviction, pins, and that what was given out comes back to the byte.
 */
final class TpuMemoryIT {
  private static final String ONE = "one";
  private static final String TWO = "two";
  private static final String LITTLE = "little";

  /** Of a pack's UNet; two do not fit below the limit, one and the little pack do. */
  private static final long LARGE = 40L << 20;

  @TempDir private Path folder;
  private StubLibsophon stub;
  private TpuBox box;
  private Map<String, Long> start;

  @BeforeEach
  void begin() throws IOException {
    stub = StubLibsophon.build(folder, "0.5.1");
    TpuPacks packs = new TpuPacks(folder.resolve("packs"));
    packs.small(ONE, LARGE);
    packs.small(TWO, LARGE);
    packs.small(LITTLE, 1 << 20);
    box =
        new TpuBox(
            folder.resolve("data"),
            Map.of(
                "engine.kind", "bm1684x",
                "memory.limit", "72MB",
                "memory.headroom", "1MB",
                "sysroot", stub.root().toString(),
                "models.dirs", packs.folder().toString()),
            Map.of("TPU_STUB_FAULTS", stub.faults().toString()));
    start = used(box.await("tpu", tpu -> !tpu.getJsonArray("heaps").isEmpty()));
  }

  @AfterEach
  void end() {
    box.close();
  }

  @Test
  void evictsInTurnAndReturnsToItsStart() {
    for (int i = 0; i < 3; i++) {
      for (String pack : List.of(ONE, TWO)) {
        box.make(pack);
        assertThat(packs(box.await("tpu", tpu -> packs(tpu).contains(pack)))).containsExactly(pack);
      }
    }
    assertThat(box.get("tpu").getLong("evictions")).isEqualTo(5);
    box.steer(TWO, new JsonObject().put("loaded", false)).has(200);
    JsonObject end = box.await("tpu", tpu -> packs(tpu).isEmpty());
    assertThat(used(end)).isEqualTo(start);
    assertThat(sum(end, "ours_bytes")).isZero();
  }

  @Test
  void keepsPacksThatFitTogether() {
    box.make(ONE);
    box.make(LITTLE);
    JsonObject both = box.await("tpu", tpu -> packs(tpu).size() == 2);
    assertThat(packs(both)).containsExactlyInAnyOrder(ONE, LITTLE);
    // little goes with one: its weights come back though one stays
    box.steer(LITTLE, new JsonObject().put("loaded", false)).has(200);
    box.steer(ONE, new JsonObject().put("loaded", false)).has(200);
    assertThat(used(box.await("tpu", tpu -> packs(tpu).isEmpty()))).isEqualTo(start);
  }

  @Test
  void bookAndDriverAgree() throws IOException {
    stub.fault("others", "123456789");
    box.make(ONE);
    JsonObject tpu = box.await("tpu", now -> sum(now, "others_bytes") > 0);
    Map<String, Long> ours = new HashMap<>();
    for (Object pack : tpu.getJsonArray("packs")) {
      for (Object network : ((JsonObject) pack).getJsonArray("networks")) {
        for (Object each : ((JsonObject) network).getJsonArray("buffers")) {
          JsonObject buffer = (JsonObject) each;
          ours.merge(buffer.getString("heap"), buffer.getLong("bytes"), Long::sum);
        }
      }
    }
    for (Object each : tpu.getJsonArray("heaps")) {
      JsonObject heap = (JsonObject) each;
      assertThat(heap.getLong("ours_bytes"))
          .isEqualTo(ours.getOrDefault(heap.getString("heap"), 0L));
      assertThat(heap.getLong("ours_bytes") + heap.getLong("others_bytes"))
          .isEqualTo(heap.getLong("used_bytes"));
      assertThat(heap.getLong("used_bytes") + heap.getLong("free_bytes"))
          .isEqualTo(heap.getLong("total_bytes"));
    }
    assertThat(sum(tpu, "others_bytes")).isEqualTo(123456789);
    assertThat(sum(tpu, "ours_bytes")).isGreaterThan(LARGE);
  }

  @Test
  void aPinnedPackStaysAndAnotherIsRefusedWithFigures() {
    box.make(ONE);
    box.steer(ONE, new JsonObject().put("pinned", true)).has(200);
    JsonObject error = box.fail(TWO);
    assertThat(error.getString("code")).isEqualTo("OUT_OF_MEMORY");
    assertThat(error.getString("message")).containsPattern("\\d");
    Answer refused = box.steer(TWO, new JsonObject().put("loaded", true));
    refused.refusedWith(507, "OUT_OF_MEMORY");
    assertThat(packs(box.get("tpu"))).containsExactly(ONE);
    box.make(ONE);
    box.steer(ONE, new JsonObject().put("pinned", false)).has(200);
    box.make(TWO);
  }

  private static List<String> packs(JsonObject tpu) {
    return tpu.getJsonArray("packs").stream()
        .map(pack -> ((JsonObject) pack).getString("name"))
        .toList();
  }

  private static Map<String, Long> used(JsonObject tpu) {
    Map<String, Long> used = new HashMap<>();
    for (Object each : tpu.getJsonArray("heaps")) {
      JsonObject heap = (JsonObject) each;
      used.put(heap.getString("heap"), heap.getLong("used_bytes"));
    }
    return used;
  }

  private static long sum(JsonObject tpu, String field) {
    return tpu.getJsonArray("heaps").stream()
        .mapToLong(heap -> ((JsonObject) heap).getLong(field, 0L))
        .sum();
  }
}
