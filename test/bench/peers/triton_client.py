"""The "optimised" client of the story: asyncio, 50 requests in flight, mapped reads, tensors as JSON numbers.

triton_client.py SERVER_SCRIPT PACK FOLDER -> one JSON line {"photos", "seconds", "tags", "ms"}, the last the time of
each photo. Starts a real Triton server with dynamic batching (4, 8, 16, at most 100 ms) unless --port names one that
runs, and goes on in the environment that the server made.
"""

import argparse
import asyncio
import io
import json
import mmap
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

WARM_UP = 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tensor(path: Path, source: dict) -> dict:
    """A photo as the model wants it: bytes, or floats that are normalised here."""
    from PIL import Image

    from common import FLOAT_MEAN, FLOAT_STD, to_square

    import numpy

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        picture = to_square(Image.open(io.BytesIO(mapped)).convert("RGB"))
    values = numpy.asarray(picture)
    if source["type"] == "float32":
        values = (values.astype(numpy.float32) / 255 - numpy.float32(FLOAT_MEAN)) / numpy.float32(FLOAT_STD)
    if source["layout"] == "NCHW":
        values = values.transpose(2, 0, 1)
    datatype = {"uint8": "UINT8", "float32": "FP32"}[source["type"]]
    shape = [1, *values.shape]
    return {"name": source["name"], "datatype": datatype, "shape": shape, "data": values.reshape(-1).tolist()}


async def measure(port: int, manifest: dict, photos: list[Path], users: int, runs: int) -> dict:
    import aiohttp

    url = f"http://127.0.0.1:{port}/v2/models/{manifest['name']}/infer"
    gate = asyncio.Semaphore(users)
    times = []
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=600)) as session:

        async def tag(path: Path) -> int:
            async with gate:
                began = time.perf_counter()
                given = await loop.run_in_executor(None, tensor, path, manifest["input"])
                async with session.post(url, json={"inputs": [given]}) as answer:
                    answer.raise_for_status()
                    values = (await answer.json())["outputs"][0]["data"]
                tag = max(range(len(values)), key=values.__getitem__)
                times.append((time.perf_counter() - began) * 1000)
                return tag

        await asyncio.gather(*(tag(path) for path in photos[:WARM_UP]))
        counted = photos[:runs]
        times.clear()
        started = time.perf_counter()
        tags = await asyncio.gather(*(tag(path) for path in counted))
        seconds = time.perf_counter() - started
    return {"photos": len(counted), "seconds": seconds, "tags": list(tags), "ms": times}


def serve_and_run(given: argparse.Namespace) -> int:
    """Runs this script again beside a server of its own."""
    port = str(free_port() // 3 * 3)
    command = [sys.executable, given.server_script, "--pack", given.pack, "--http-port", port]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **streams) as process:
        if process.stdout.readline() == "":
            return process.wait()
        code = subprocess.run([sys.executable, *sys.argv, "--port", port]).returncode
        process.stdin.close()
    return code


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("server_script")
    arguments.add_argument("pack")
    arguments.add_argument("folder")
    arguments.add_argument("--port", type=int)
    arguments.add_argument("--users", type=int, default=50)
    arguments.add_argument("--runs", type=int, default=30)
    given = arguments.parse_args()
    if given.port is None:
        sys.exit(serve_and_run(given))
    sys.path.insert(0, str(Path(given.server_script).parent))
    import server

    python = server.cache() / "venv" / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(str(python), [str(python), *sys.argv])

    from common import list_photos

    manifest = json.loads((Path(given.pack) / "manifest.json").read_text(encoding="utf-8"))
    photos = list_photos(given.folder)
    print(json.dumps(asyncio.run(measure(given.port, manifest, photos, given.users, given.runs))))


if __name__ == "__main__":
    main()
