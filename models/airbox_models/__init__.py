"""Training, distillation, export and evaluation of AirBox's built-in picture model."""
