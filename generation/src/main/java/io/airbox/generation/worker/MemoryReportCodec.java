package io.airbox.generation.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.memory.HeapMemory;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.NetworkMemory;
import io.airbox.generation.memory.PackMemory;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reports of memory as parts of messages, see {@link MessageCodec}; what is unknown is left out.
 */
final class MemoryReportCodec {
  private MemoryReportCodec() {}

  static ObjectNode write(MemoryReport report) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("at", report.at().toEpochMilli()).put("engine", report.engine());
    node.set("device", device(report.device()));
    ArrayNode heaps = node.putArray("heaps");
    report.heaps().forEach(heap -> heaps.add(heap(heap)));
    ArrayNode packs = node.putArray("packs");
    report.packs().forEach(pack -> packs.add(pack(pack)));
    put(node, "limit", report.limitBytes());
    return node.put("headroom", report.headroomBytes())
        .put("evictions", report.evictions())
        .put("refusals", report.refusals());
  }

  private static ObjectNode device(DeviceState device) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, "chip", device.chip());
    put(node, "clock", device.clockMegahertz());
    put(node, "use", device.usePercent());
    put(node, "driver", device.driverVersion());
    put(node, "library", device.libraryVersion());
    put(node, "fault", device.fault());
    return node;
  }

  private static ObjectNode heap(HeapMemory heap) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("heap", heap.heap());
    put(node, "total", heap.totalBytes());
    put(node, "used", heap.usedBytes());
    put(node, "available", heap.availableBytes());
    return node.put("ours", heap.oursBytes()).put("peak", heap.peakBytes());
  }

  private static ObjectNode pack(PackMemory pack) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", pack.name())
            .put("version", pack.version())
            .put("digest", pack.digest())
            .put("engine", pack.engine())
            .put("pinned", pack.pinned())
            .put("running", pack.running())
            .put("declared", pack.declaredBytes())
            .put("lastUsed", pack.lastUsed().toEpochMilli());
    put(node, "measured", pack.measuredBytes());
    ArrayNode networks = node.putArray("networks");
    for (NetworkMemory network : pack.networks()) {
      ArrayNode holdings =
          networks
              .addObject()
              .put("role", network.role())
              .put("file", network.file())
              .put("shared", network.shared())
              .putArray("holdings");
      for (Holding holding : network.holdings()) {
        holdings
            .addObject()
            .put("heap", holding.heap())
            .put("purpose", holding.purpose())
            .put("bytes", holding.bytes());
      }
    }
    return node;
  }

  private static void put(ObjectNode node, String name, OptionalLong value) {
    value.ifPresent(present -> node.put(name, present));
  }

  private static void put(ObjectNode node, String name, OptionalInt value) {
    value.ifPresent(present -> node.put(name, present));
  }

  private static void put(ObjectNode node, String name, Optional<String> value) {
    value.ifPresent(present -> node.put(name, present));
  }

  static MemoryReport read(JsonNode node) throws WorkerProtocolException {
    return new MemoryReport(
        instant(node, "at"),
        Members.text(node, "engine"),
        readDevice(Members.member(node, "device")),
        Members.list(node, "heaps", MemoryReportCodec::readHeap),
        Members.list(node, "packs", MemoryReportCodec::readPack),
        Members.numberOrEmpty(node, "limit"),
        Members.number(node, "headroom"),
        Members.number(node, "evictions"),
        Members.number(node, "refusals"));
  }

  private static DeviceState readDevice(JsonNode node) throws WorkerProtocolException {
    return new DeviceState(
        Optional.ofNullable(Members.textOrNull(node, "chip")),
        Members.smallOrEmpty(node, "clock"),
        Members.smallOrEmpty(node, "use"),
        Optional.ofNullable(Members.textOrNull(node, "driver")),
        Optional.ofNullable(Members.textOrNull(node, "library")),
        Optional.ofNullable(Members.textOrNull(node, "fault")));
  }

  private static HeapMemory readHeap(JsonNode node) throws WorkerProtocolException {
    return new HeapMemory(
        Members.text(node, "heap"),
        Members.numberOrEmpty(node, "total"),
        Members.numberOrEmpty(node, "used"),
        Members.numberOrEmpty(node, "available"),
        Members.number(node, "ours"),
        Members.number(node, "peak"));
  }

  private static PackMemory readPack(JsonNode node) throws WorkerProtocolException {
    return new PackMemory(
        Members.text(node, "name"),
        Members.text(node, "version"),
        Members.text(node, "digest"),
        Members.text(node, "engine"),
        Members.truth(node, "pinned"),
        Members.truth(node, "running"),
        Members.number(node, "declared"),
        Members.numberOrEmpty(node, "measured"),
        instant(node, "lastUsed"),
        Members.list(node, "networks", MemoryReportCodec::readNetwork));
  }

  private static NetworkMemory readNetwork(JsonNode node) throws WorkerProtocolException {
    return new NetworkMemory(
        Members.text(node, "role"),
        Members.text(node, "file"),
        Members.truth(node, "shared"),
        Members.list(node, "holdings", MemoryReportCodec::readHolding));
  }

  private static Holding readHolding(JsonNode node) throws WorkerProtocolException {
    return new Holding(
        Members.text(node, "heap"), Members.text(node, "purpose"), Members.number(node, "bytes"));
  }

  private static Instant instant(JsonNode node, String name) throws WorkerProtocolException {
    return Instant.ofEpochMilli(Members.number(node, name));
  }
}
