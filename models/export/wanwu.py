"""万物识别-中文-通用领域 (ModelScope cv_resnest101_general_recognition) as wanwu.onnx and labels.txt.

    pip install -r requirements.txt modelscope==1.40.2
    python wanwu.py MODEL_FOLDER

MODEL_FOLDER is the downloaded model: pytorch_model.pt and meta_info.txt.
"""

import importlib.util
import sys
from pathlib import Path

import torch

# modelscope.pipelines would want dozens of packages more; the architecture is two files of its own.
[package] = importlib.util.find_spec("modelscope").submodule_search_locations
sys.path.insert(0, str(Path(package, "models/cv")))
from animal_recognition.resnet import Bottleneck, ResNet  # noqa: E402


def main(folder: Path) -> None:
    weights = torch.load(folder / "pytorch_model.pt", map_location="cpu", weights_only=True)
    weights = {name.removeprefix("module."): values for name, values in weights.get("state_dict", weights).items()}
    lines = (folder / "meta_info.txt").read_text(encoding="utf-8").splitlines()
    labels = [line.split("\t")[1] for line in lines if line]
    # As in modelscope's pipelines/cv/general_recognition_pipeline.py.
    model = ResNet(
        Bottleneck,
        [3, 4, 23, 3],
        radix=2,
        deep_stem=True,
        stem_width=64,
        avg_down=True,
        avd=True,
        num_classes=len(labels),
    )
    model.load_state_dict(weights)
    Path("labels.txt").write_text("\n".join(labels) + "\n", encoding="utf-8")
    torch.onnx.export(
        model.eval(),
        torch.zeros(1, 3, 224, 224),
        "wanwu.onnx",
        opset_version=17,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}},
        dynamo=False,
    )


main(Path(sys.argv[1]))
