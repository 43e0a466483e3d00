"""Build icons.svg, the one sprite a page loads, from the Lucide icons named in icons/names.txt.

Usage: npm install lucide-static, then python ui/assets/make_sprite.py node_modules/lucide-static
"""

import re
import sys
from pathlib import Path

ASSETS = Path(__file__).parent


def symbol(name: str, svg: str) -> str:
    """Return the drawing of one Lucide file as a <symbol>; colour and stroke come from our CSS."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if drawing is None:
        raise SystemExit(f"{name}: not an SVG file")
    shapes = re.sub(r"\s+", " ", drawing.group(1)).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def main(lucide: Path) -> None:
    names = (ASSETS / "icons" / "names.txt").read_text().split()
    symbols = [symbol(name, (lucide / "icons" / f"{name}.svg").read_text()) for name in names]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (ASSETS / "icons.svg").write_text(sprite)
    print(f"{len(names)} icons, {len(sprite):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
