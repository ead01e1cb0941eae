"""How fast gridcase is, each measure beside a floor taken in the same sitting. `python -m benchmarks --help`."""
