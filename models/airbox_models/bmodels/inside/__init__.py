"""Scripts that run inside the compiler's own Python 3.10, and what stands there for packages that it imports but does not need."""
