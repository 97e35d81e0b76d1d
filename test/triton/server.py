"""A real Triton server (PyPI nvidia-pytriton) that serves a model pack, for tests and benchmarks.

Run with Debian's own python3: makes a virtual environment in the cache once, goes on inside it, prints one
JSON line when the server is ready, and serves until its stdin is closed. Exit code 3: cannot be installed here.

    /usr/bin/python3 server.py --pack models/efficientnet-lite2 --http-port 8000
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

PACKAGES = [
    "nvidia-pytriton==0.7.0",
    "onnxruntime==1.32.0",
    "onnx==1.23.2",
    "numpy==1.26.4",
    "pillow==13.0.0",
    "aiohttp==3.14.5",
]
CANNOT_INSTALL = 3


def cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("WANWU_TRITON_CACHE", Path(home) / "wanwu-triton"))


def enter_environment() -> None:
    """Restarts this script inside the virtual environment, made on first use."""
    folder = cache() / "venv"
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    wanted = " ".join(PACKAGES)
    if Path(sys.prefix) == folder:
        return
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        try:
            quiet = {"stdout": sys.stderr, "check": True}
            subprocess.run([sys.executable, "-m", "venv", str(folder)], **quiet)
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], **quiet)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"cannot install {PACKAGES[0]}: {error}", file=sys.stderr)
            sys.exit(CANNOT_INSTALL)
        ready.write_text(wanted, encoding="utf-8")
    os.execv(str(python), [str(python), *sys.argv])


def keep_output() -> TextIO:
    """This script's own output. The server's, which comes in pieces of lines, goes to the errors from now on."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own


def serve(given: argparse.Namespace) -> None:
    output = keep_output()
    import numpy as np
    import onnxruntime
    from pytriton.decorators import batch
    from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
    from pytriton.triton import DEFAULT_PROTECTED_ENDPOINTS, Triton, TritonConfig, TritonSecurityConfig

    manifest = json.loads((given.pack / "manifest.json").read_text(encoding="utf-8"))
    variant = next(item for item in manifest["variants"] if "cpu" in item["devices"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = given.threads
    session = onnxruntime.InferenceSession(str(given.pack / variant["file"]), options)
    [source] = session.get_inputs()
    outputs = session.get_outputs()
    dtypes = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32}

    @batch
    def infer(**tensors: "np.ndarray") -> dict:
        answers = session.run(None, tensors)
        return {output.name: answer for output, answer in zip(outputs, answers)}

    config = TritonConfig(
        http_port=given.http_port,
        grpc_port=given.http_port + 1,
        metrics_port=given.http_port + 2,
        metrics_interval_ms=500,
        log_verbose=0,
    )
    # Triton itself tells its statistics to everyone.
    kept = [endpoint for endpoint in DEFAULT_PROTECTED_ENDPOINTS if endpoint != "statistics"]
    security = TritonSecurityConfig(restricted_endpoints=kept)
    with Triton(config=config, security_config=security) as triton:
        triton.bind(
            model_name=manifest["name"],
            infer_func=infer,
            inputs=[Tensor(name=source.name, dtype=dtypes[source.type], shape=tuple(source.shape[1:]))],
            outputs=[
                Tensor(name=output.name, dtype=np.float32, shape=tuple(output.shape[1:])) for output in outputs
            ],
            config=ModelConfig(
                max_batch_size=given.max_batch,
                batcher=DynamicBatcher(
                    max_queue_delay_microseconds=given.delay_ms * 1000,
                    preferred_batch_size=[4, 8, 16],
                ),
            ),
            strict=True,
        )
        triton.run()
        print(json.dumps({"ready": True, "port": given.http_port, "model": manifest["name"]}), file=output, flush=True)
        sys.stdin.read()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pack", type=Path)
    arguments.add_argument("--prepare", action="store_true", help="make the environment, serve nothing")
    arguments.add_argument("--http-port", type=int, default=8000)
    arguments.add_argument("--max-batch", type=int, default=32)
    arguments.add_argument("--delay-ms", type=int, default=100)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    if not given.prepare and given.pack is None:
        arguments.error("--pack is missing")
    enter_environment()
    if not given.prepare:
        serve(given)


if __name__ == "__main__":
    main()
