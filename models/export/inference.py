"""Runs a model file of the pack with onnxruntime on the CPU."""

from pathlib import Path

import numpy as np
import onnxruntime


def open_session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def probabilities(session: onnxruntime.InferenceSession, pixels: np.ndarray, batch: int) -> np.ndarray:
    """uint8 [N, 260, 260, 3] -> float32 [N, 1000]."""
    starts = range(0, len(pixels), batch)
    return np.concatenate(
        [session.run(["probabilities"], {"pixels": pixels[start : start + batch]})[0] for start in starts]
    )
