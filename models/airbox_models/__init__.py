"""Training, distillation, export and evaluation of AirBox's built-in picture model."""

import os

# Waiting threads sleep: on a machine that does other work too, spinning at every barrier costs half the speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
