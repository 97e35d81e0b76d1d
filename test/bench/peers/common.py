"""What every peer in Python does alike: which photos, and which square of them the model sees."""

from pathlib import Path

from PIL import Image

SIZE = 260
SHORTEST_SIDE = 297
FLOAT_MEAN = [0.485, 0.456, 0.406]
FLOAT_STD = [0.229, 0.224, 0.225]
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def list_photos(folder: str) -> list[Path]:
    return sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES)


def to_square(picture: Image.Image) -> Image.Image:
    """Shortest side to 297, then the centre 260 x 260."""
    scale = SHORTEST_SIDE / min(picture.size)
    width, height = (round(side * scale) for side in picture.size)
    picture = picture.resize((width, height), Image.Resampling.BILINEAR)
    left, top = (width - SIZE) // 2, (height - SIZE) // 2
    return picture.crop((left, top, left + SIZE, top + SIZE))
