"""What Python makes of a model and one picture, with onnxruntime and numpy alone: the reference for imported packs.

answers.py MODEL PICTURE SPEC.json -> one JSON line, a number a label. The picture has the model's own size.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image


def softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max())
    return powers / powers.sum()


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


ACTIVATIONS = {"softmax": softmax, "sigmoid": sigmoid}


def main() -> None:
    model, picture, spec_file = sys.argv[1:]
    spec = json.loads(Path(spec_file).read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(model)
    [source] = session.get_inputs()
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    if source.type == "tensor(float)":
        pixels = (pixels.astype(np.float32) / 255 - np.float32(spec["mean"])) / np.float32(spec["std"])
    if spec["layout"] == "NCHW":
        pixels = pixels.transpose(2, 0, 1)
    [answer] = session.run([spec["output"]], {source.name: pixels[np.newaxis]})
    values = answer.reshape(-1).astype(np.float64)
    if "vectors" in spec:
        vectors = np.fromfile(spec["vectors"], dtype="<f4").reshape(-1, values.size).astype(np.float64)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        values = spec["scale"] * (vectors @ (values / np.linalg.norm(values)))
    if spec["activation"] is not None:
        values = ACTIVATIONS[spec["activation"]](values)
    print(json.dumps(values.tolist()))


if __name__ == "__main__":
    main()
