"""Runs as a process of its own, without Django: facts and a blurred grey derivative of one picture, as JSON on stdout.

Decoding is where hostile files bite, so the limits stand before anything is read (reliability.md T6).
"""

import base64
import io
import json
import resource
import sys

MEMORY = 1 << 30  # bytes of address space
CPU_S = 10
MOST_PIXELS = 60_000_000


def main(path: str) -> None:
    """Print width, height, dominant colour, perceptual hash and the derivative (PNG, base64) of the file at `path`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

    from PIL import Image, ImageFilter, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(path, formats=("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            sys.exit("pixel_limit")
        opened.draft("RGB", (1024, 1024))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((512, 512))
    tile = picture.resize((1, 1), Image.Resampling.BOX).tobytes().hex()
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(max(picture.size) / 16))
    grey.thumbnail((256, 256))
    out = io.BytesIO()
    Image.frombytes("L", grey.size, grey.tobytes()).save(out, "PNG")  # from bare pixels: no metadata comes along
    print(  # noqa: T201
        json.dumps(
            {
                "width": width,
                "height": height,
                "tile_rgb": f"#{tile}",
                "perceptual_hash": perceptual_hash(picture),
                "blurred": base64.b64encode(out.getvalue()).decode(),
            }
        )
    )


def perceptual_hash(picture: object) -> str:
    """PDQ as hex, empty for pictures too plain to tell apart, and where the library's own needs are not installed."""
    try:
        import numpy
        import pdqhash
    except ImportError:
        return ""
    bits, quality = pdqhash.compute(numpy.asarray(picture))
    return numpy.packbits(bits).tobytes().hex() if quality >= 50 else ""


if __name__ == "__main__":
    main(sys.argv[1])
