"""Pictures as the model wants them: uint8 [N, 260, 260, 3], RGB.

The same rule the app follows: orient by EXIF, RGB, shortest side to 297, centre crop to 260.
"""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SIZE = 260
SHORTEST_SIDE = 297
KERNELS = {  # sharp's names; all antialiased
    "linear": Image.Resampling.BILINEAR,
    "cubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}
KERNEL = "linear"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def list_pictures(folder: Path) -> list[Path]:
    """All picture files below `folder`, in the order of their relative paths."""
    found = [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def open_rgb(path: Path) -> Image.Image:
    """The picture upright and in RGB; transparency is laid on white."""
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            white = Image.new("RGBA", upright.size, "white")
            return Image.alpha_composite(white, upright).convert("RGB")
        return upright.convert("RGB")


def resize_shortest(picture: Image.Image, shortest: int, kernel: str) -> Image.Image:
    """Resized so that the shortest side is `shortest` px."""
    width, height = picture.size
    scale = shortest / min(width, height)
    size = (max(shortest, round(width * scale)), max(shortest, round(height * scale)))
    return picture.resize(size, KERNELS[kernel])


def model_input(path: Path, kernel: str = KERNEL) -> np.ndarray:
    """One picture as uint8 [260, 260, 3]."""
    picture = resize_shortest(open_rgb(path), SHORTEST_SIDE, kernel)
    left, top = ((side - SIZE) // 2 for side in picture.size)
    return np.asarray(picture.crop((left, top, left + SIZE, top + SIZE)))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
