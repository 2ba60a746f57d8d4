/**
 * The BM1684X: devices, heaps, device memory, bmodels and launches.
 *
 * <p>{@link io.airbox.sophon.TpuDevice} is the main type. A device and all that is made from it
 * belong to the thread that opened it, and are closed in the usual order; what is forgotten goes
 * with the device. Whatever could make the vendor's libraries end the process is refused with a
 * {@link io.airbox.sophon.TpuException} before it reaches them.
 *
 * <pre>{@code
 * try (TpuDevice device = TpuDevice.open(driver, 0);
 *     BModel model = device.load(Path.of("unet.bmodel"))) {
 *   Network network = model.networks().get(0);
 *   Stage stage = network.stages().get(0);
 *   List<Tensor> inputs = network.allocateInputs(stage);
 *   List<Tensor> outputs = network.allocateOutputs(stage);
 *   Launch launch = network.prepare(inputs, outputs);
 *   inputs.get(0).memory().write(pixels);
 *   launch.run();
 *   outputs.get(0).memory().read(result);
 * }
 * }</pre>
 *
 * <p>A {@link io.airbox.sophon.Driver} stands between these types and C: {@code
 * io.airbox.sophon.jna.NativeDriver} on a box and on the vendor's simulator.
 */
@NullMarked
package io.airbox.sophon;

import org.jspecify.annotations.NullMarked;
