/**
 * libbmlib and libbmrt in C's own names, and the driver that calls them. The only package that
 * knows JNA; nothing outside it sees a pointer.
 *
 * <p>{@link io.airbox.sophon.jna.NativeDriver} is the way in:
 *
 * <pre>{@code
 * Driver driver = NativeDriver.load(Path.of("/"));
 * try (TpuDevice device = TpuDevice.open(driver, 0);
 *     BModel model = device.load(Path.of("unet.bmodel"))) {
 *   …
 * }
 * }</pre>
 *
 * <p>Layouts and return values are those of {@code bmlib_runtime.h}, {@code bmdef.h} and {@code
 * bmruntime_interface.h} of libsophon 0.4.9 and 0.5.1.
 */
@NullMarked
package io.airbox.sophon.jna;

import org.jspecify.annotations.NullMarked;
