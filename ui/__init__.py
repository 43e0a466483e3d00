"""Everything a browser shows; the only package that imports NiceGUI."""
