/** Networks on the CPU through ONNX Runtime. The only package that knows it. */
@NullMarked
package io.airbox.generation.engine.onnx;

import org.jspecify.annotations.NullMarked;
