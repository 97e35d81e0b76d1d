"""Writes the default model as transformers.js wants it: float `pixel_values` in, `logits` out, a config beside.

export_transformers.py FOLDER. The pack's own files take bytes and answer probabilities, which its
image-classification pipeline cannot use; these are the same fp32 weights.
"""

import json
import sys
from pathlib import Path

import torch

from common import FLOAT_MEAN, FLOAT_STD, SHORTEST_SIDE, SIZE
from naive import load

CLASSES = 1000


def main() -> None:
    folder = Path(sys.argv[1])
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    labels = {str(index): str(index) for index in range(CLASSES)}
    config = {"model_type": "efficientnet", "architectures": ["EfficientNetForImageClassification"]}
    processor = {
        "image_processor_type": "EfficientNetImageProcessor",
        "do_resize": True,
        "size": {"shortest_edge": SHORTEST_SIDE},
        "resample": 2,
        "do_center_crop": True,
        "crop_size": {"height": SIZE, "width": SIZE},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "include_top": False,
        "image_mean": FLOAT_MEAN,
        "image_std": FLOAT_STD,
    }
    config["id2label"] = labels
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    model = load()
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, SIZE, SIZE),),
        str(folder / "onnx" / "model.onnx"),
        dynamo=False,
        opset_version=17,
        input_names=["pixel_values"],
        output_names=["logits"],
        dynamic_axes={"pixel_values": {0: "batch"}, "logits": {0: "batch"}},
    )


if __name__ == "__main__":
    main()
