/**
 * The TPU and the memory of loaded packs as one picture: what the engine's worker reports, what the
 * files of the system tell, and what neither does.
 *
 * <p>{@link io.airbox.daemon.tpu.TpuView} puts them together, {@link io.airbox.daemon.tpu.TpuJson}
 * writes that as the document of {@code GET /api/v1/tpu} and of {@code airbox tpu status --json}.
 */
@NullMarked
package io.airbox.daemon.tpu;

import org.jspecify.annotations.NullMarked;
