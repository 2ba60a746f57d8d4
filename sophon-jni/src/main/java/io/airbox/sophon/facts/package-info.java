/**
 * What a box tells of its TPU without the vendor's libraries: the files of SOC mode, and the screen
 * of {@code bm-smi}. Plain reading and parsing; nothing here can end the process.
 *
 * <p>{@link io.airbox.sophon.facts.TpuFacts}, {@link io.airbox.sophon.facts.TpuActivity}, {@link
 * io.airbox.sophon.facts.Temperatures} and {@link io.airbox.sophon.facts.MemoryUser} read the files
 * below a root, so that a recorded box can be read anywhere; {@link
 * io.airbox.sophon.facts.BmSmiScreen} parses captured text. What is missing, unreadable or odd is
 * empty, never zero.
 */
@NullMarked
package io.airbox.sophon.facts;

import org.jspecify.annotations.NullMarked;
