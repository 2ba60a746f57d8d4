package io.airbox.daemon.tpu;

import io.airbox.generation.memory.HeapMemory;
import io.airbox.sophon.facts.TpuFacts.HeapFacts;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How full one heap is, in bytes. What nobody tells is empty.
 *
 * @param heap {@code npu}, {@code vpp}, {@code vpu}; {@code ram} for an engine on the CPU
 * @param used by all processes
 * @param ours what loaded packs hold
 * @param others what is used beside them
 * @param free what can be had
 * @param peak the most that all processes held since the start of the system
 * @param oursPeak the most that packs held since the start of the worker
 * @param source {@code worker}, or a file from the root of the system on
 */
public record HeapView(
    String heap,
    OptionalLong total,
    OptionalLong used,
    OptionalLong ours,
    OptionalLong others,
    OptionalLong free,
    OptionalLong peak,
    OptionalLong oursPeak,
    String source) {

  static HeapView of(HeapMemory heap, Optional<HeapFacts> facts) {
    return new HeapView(
        heap.heap(),
        heap.totalBytes(),
        heap.usedBytes(),
        OptionalLong.of(heap.oursBytes()),
        heap.othersBytes(),
        heap.availableBytes(),
        facts.map(HeapFacts::peakBytes).orElse(OptionalLong.empty()),
        OptionalLong.of(heap.peakBytes()),
        TpuView.WORKER);
  }

  static HeapView of(HeapFacts facts, String source) {
    return new HeapView(
        facts.heap().id(),
        OptionalLong.of(facts.totalBytes()),
        OptionalLong.of(facts.usedBytes()),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.of(facts.totalBytes() - facts.usedBytes()),
        facts.peakBytes(),
        OptionalLong.empty(),
        source);
  }
}
