"""Makes of our pack what the story served: the same network, given normalised floats [N, 3, 260, 260] in place of bytes.

float_pack.py PACK OUT_DIR
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from common import FLOAT_MEAN, FLOAT_STD, SIZE
from onnx import helper, numpy_helper


def take_floats(model: onnx.ModelProto) -> None:
    """The bytes that the network is given come from floats now: 255 (std x + mean), rounded."""
    graph = model.graph
    bytes_in, first = graph.input[0].name, graph.node[0]
    assert first.op_type == "Transpose" and list(first.input) == [bytes_in]
    channels = {"std": FLOAT_STD, "mean": FLOAT_MEAN}
    for name, values in channels.items():
        grey = 255 * np.float32(values).reshape(1, 3, 1, 1)
        graph.initializer.append(numpy_helper.from_array(grey, name))
    graph.initializer.append(numpy_helper.from_array(np.float32(1), "step"))
    graph.initializer.append(numpy_helper.from_array(np.uint8(0), "zero"))
    graph.node.remove(first)
    nodes = [
        helper.make_node("Mul", [bytes_in, "std"], ["spread"]),
        helper.make_node("Add", ["spread", "mean"], ["grey"]),
        helper.make_node("QuantizeLinear", ["grey", "step", "zero"], [first.output[0]]),
    ]
    for node in reversed(nodes):
        graph.node.insert(0, node)
    del graph.input[:]
    shape = ["batch", 3, SIZE, SIZE]
    graph.input.append(helper.make_tensor_value_info(bytes_in, onnx.TensorProto.FLOAT, shape))
    onnx.checker.check_model(model, full_check=True)


def main() -> None:
    pack, out = map(Path, sys.argv[1:])
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    variant = next(item for item in manifest["variants"] if "cpu" in item["devices"])
    file = variant["file"]
    shutil.copytree(pack, out)
    model = onnx.load(pack / file)
    take_floats(model)
    onnx.save(model, out / file)
    content = (out / file).read_bytes()
    manifest["name"] += "-floats"
    manifest["variants"] = [variant]
    manifest["files"][file] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest["input"] |= {"layout": "NCHW", "type": "float32"}
    manifest["input"]["normalisation"]["insideModel"] = False
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
