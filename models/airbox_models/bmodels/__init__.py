"""Compiles the ONNX networks of a model pack into bmodels for the BM1684X, with the standard library alone.

The compiler itself is the vendor's `tpu-mlir`; `toolchain` brings it, together with the Python that it wants.
"""
