"""One route per file: load, then draw, then handle."""
