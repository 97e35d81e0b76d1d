"""Measures a pack's model files on a labelled folder: evaluate.py DIR_OF_PICTURES [--kernel K]

A picture's name starts with the nine characters of its WordNet id. Prints top-1, top-5 and the agreement with
the first file, then the time for one photo on one thread.
"""

import argparse
import time
from pathlib import Path
from statistics import median

import numpy as np

from inference import open_session, probabilities
from pictures import KERNEL, KERNELS, list_pictures, model_input

PACK = Path(__file__).parent.parent / "efficientnet-lite2"
MODELS = [PACK / "model-fp32.onnx", PACK / "model-int8.onnx"]


def class_indices(labels: Path) -> dict[str, int]:
    lines = labels.read_text(encoding="utf-8").splitlines()
    return {line.split(" ", 1)[0]: index for index, line in enumerate(lines)}


def accuracy(scores: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Top-1 and top-5 in percent."""
    best = np.argsort(-scores, axis=1)[:, :5]
    hits = best == truth[:, None]
    return 100 * hits[:, 0].mean(), 100 * hits.any(axis=1).mean()


def milliseconds_per_photo(model: Path, pixels: np.ndarray, batch: int) -> float:
    session = open_session(model, threads=1)
    pixels = pixels[:batch]
    times = []
    for _ in range(max(8, 96 // batch)):
        start = time.perf_counter()
        session.run(["probabilities"], {"pixels": pixels})
        times.append(time.perf_counter() - start)
    return 1000 * median(times) / batch


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--models", type=Path, nargs="+", default=MODELS)
    arguments.add_argument("--kernel", choices=KERNELS, default=KERNEL)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()

    index_of = class_indices(PACK / "labels.txt")
    pictures = list_pictures(given.folder)
    truth = np.array([index_of[path.name[:9]] for path in pictures])
    pixels = np.stack([model_input(path, given.kernel) for path in pictures])

    first_best = None
    for model in given.models:
        scores = probabilities(open_session(model, given.threads), pixels, batch=8)
        best = scores.argmax(axis=1)
        first_best = best if first_best is None else first_best
        top1, top5 = accuracy(scores, truth)
        agreement = 100 * (best == first_best).mean()
        print(f"{model.name}: top-1 {top1:.1f} %, top-5 {top5:.1f} %, same first label {agreement:.1f} %")
    for model in given.models:
        times = [f"{batch}: {milliseconds_per_photo(model, pixels, batch):.2f}" for batch in (1, 4, 8, 16)]
        print(f"{model.name}: ms a photo, one thread, by batch: {', '.join(times)}")


if __name__ == "__main__":
    main()
