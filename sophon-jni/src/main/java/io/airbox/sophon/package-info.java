/**
 * The BM1684X: devices, heaps, device memory, bmodels and launches, bound to libbmlib and libbmrt
 * through JNA.
 *
 * <p>Empty until the bindings land; {@code docs/adr/0001-modules.md} says what belongs here.
 */
@NullMarked
package io.airbox.sophon;

import org.jspecify.annotations.NullMarked;
