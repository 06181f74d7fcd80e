"""Draw the shapes of the app's icons: the seals of the shipped firms, and a mark for all others.

    python tools/icons.py [CHARACTER …]

Chromium draws them with a font of this machine; what is kept is a picture of sixteen shades, into
which `faces/web/app_icons.py` puts a firm's colour. No font and no outline goes into the product.
"""

import struct
import sys
import zlib
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from cinnabar.firm import load_firm, shipped

FOLDER = Path(__file__).parent.parent / "src" / "cinnabar" / "faces" / "web" / "icons"
SIZES = {"512": 512, "192": 192, "180": 180, "maskable": 512}
SHADES = 16
DRAW = """
([size, seal, whole]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = pen.fillStyle = "#fff";
  const box = (inset, width, round) => {
    pen.lineWidth = size * width;
    pen.beginPath();
    const [at, side] = [size * inset, size * (1 - 2 * inset)];
    pen.roundRect(at, at, side, side, size * round);
    pen.stroke();
  };
  // A maskable icon may be cut to a circle of 80 %: there the seal is smaller, without its line.
  const scale = whole ? 1 : 0.72;
  if (whole) box(0.07, 0.014, 0.08);
  if (seal) {
    pen.font = `700 ${size * 0.66 * scale}px "Noto Serif CJK TC", serif`;
    pen.textAlign = "center";
    const at = pen.measureText(seal);
    const middle = (at.actualBoundingBoxAscent - at.actualBoundingBoxDescent) / 2;
    pen.fillText(seal, size / 2, size / 2 + middle);
  } else {
    box(0.5 - 0.22 * scale, 0.05 * scale, 0.04);
    const [at, side] = [size * (0.5 - 0.08 * scale), size * 0.16 * scale];
    pen.fillRect(at, at, side, side);
  }
  const { data } = pen.getImageData(0, 0, size, size);
  return Array.from({ length: size * size }, (_, at) => data[at * 4]);
}
"""


def main() -> int:
    """Draw every shape."""
    seals = sys.argv[1:] or sorted({load_firm(name).identity.seal for name in shipped()})
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        for seal in ["", *seals]:
            _draw(page, seal)
        browser.close()
    return 0


def _draw(page: Page, seal: str) -> None:
    name = f"{ord(seal):x}" if seal else "mark"
    for kind, size in SIZES.items():
        shades: list[int] = page.evaluate(DRAW, [size, seal, kind != "maskable"])
        picture = _picture(size, [shade * (SHADES - 1) // 255 for shade in shades])
        (FOLDER / f"{name}-{kind}.png").write_bytes(picture)
        print(f"{len(picture):7}  {name}-{kind}.png")


def _picture(size: int, shades: list[int]) -> bytes:
    """Return a PNG of sixteen colours, four bits each (ISO 15948)."""
    lines = bytearray()
    for start in range(0, size * size, size):
        line = shades[start : start + size]
        lines.append(0)
        lines += bytes(high << 4 | low for high, low in zip(line[::2], line[1::2], strict=True))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 4, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(n * 17 for n in range(SHADES) for _ in "rgb")),
            _chunk(b"IDAT", zlib.compress(bytes(lines), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    raise SystemExit(main())
