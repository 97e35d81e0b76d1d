"""The strongest program a person would write by hand: a thread per core, PIL draft mode, int8 onnxruntime.

handwritten.py FOLDER MODEL -> one JSON line {"photos", "seconds", "tags"}. The model is the engine's own
int8 file, which takes bytes. It only tags.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from common import SHORTEST_SIDE, list_photos, to_square

WARM_UP = 4


def main() -> None:
    photos = list_photos(sys.argv[1])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(sys.argv[2], options, providers=["CPUExecutionProvider"])

    def tag(path: Path) -> int:
        picture = Image.open(path)
        picture.draft("RGB", (SHORTEST_SIDE, SHORTEST_SIDE))
        pixels = np.asarray(to_square(picture.convert("RGB")))
        return int(session.run(["probabilities"], {"pixels": pixels[None]})[0].argmax())

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(tag, photos[:WARM_UP]))
        started = time.perf_counter()
        tags = list(pool.map(tag, photos))
    print(json.dumps({"photos": len(photos), "seconds": time.perf_counter() - started, "tags": tags}))


if __name__ == "__main__":
    main()
