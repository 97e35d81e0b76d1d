"""The "optimised" client of the story: asyncio, 50 requests in flight, mapped reads, tensors as JSON numbers.

triton_client.py SERVER_SCRIPT PACK FOLDER -> one JSON line {"photos", "seconds", "tags"}. Starts a real Triton
server with dynamic batching (4, 8, 16, at most 100 ms) and goes on in the environment that the server made.
"""

import asyncio
import io
import json
import mmap
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

IN_FLIGHT = 50
WARM_UP = 4
RUNS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pixels(path: Path) -> list:
    from PIL import Image

    from common import to_square

    import numpy

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        picture = to_square(Image.open(io.BytesIO(mapped)).convert("RGB"))
    return numpy.asarray(picture).reshape(-1).tolist()


async def measure(port: int, model: str, photos: list[Path]) -> dict:
    import aiohttp

    url = f"http://127.0.0.1:{port}/v2/models/{model}/infer"
    gate = asyncio.Semaphore(IN_FLIGHT)
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=600)) as session:

        async def tag(path: Path) -> int:
            async with gate:
                data = await loop.run_in_executor(None, pixels, path)
                tensor = {"name": "pixels", "datatype": "UINT8", "shape": [1, 260, 260, 3], "data": data}
                async with session.post(url, json={"inputs": [tensor]}) as answer:
                    answer.raise_for_status()
                    values = (await answer.json())["outputs"][0]["data"]
                    return max(range(len(values)), key=values.__getitem__)

        await asyncio.gather(*(tag(path) for path in photos[:WARM_UP]))
        counted = photos[:RUNS]
        started = time.perf_counter()
        tags = await asyncio.gather(*(tag(path) for path in counted))
        seconds = time.perf_counter() - started
    return {"photos": len(counted), "seconds": seconds, "tags": list(tags)}


def main() -> None:
    server_script, pack, folder = sys.argv[1:]
    sys.path.insert(0, str(Path(server_script).parent))
    import server

    python = server.cache() / "venv" / "bin" / "python"
    if Path(sys.executable) != python:
        port = str(free_port() // 3 * 3)
        command = [sys.executable, server_script, "--pack", pack, "--http-port", port]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            while not (line := process.stdout.readline()).startswith('{"ready'):
                if line == "":
                    sys.exit(process.wait())
            # The server goes on talking; a full pipe would stop it.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            client = [str(python), *sys.argv]
            code = subprocess.run(client, env={**os.environ, "TRITON_PORT": port}).returncode
            process.stdin.close()
        sys.exit(code)

    from common import list_photos

    name = json.loads((Path(pack) / "manifest.json").read_text())["name"]
    result = asyncio.run(measure(int(os.environ["TRITON_PORT"]), name, list_photos(folder)))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
