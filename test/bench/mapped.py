"""Mapped reads beside one buffered read, on the same photos and with the same hash; and what a mapping does
when its file is cut off meanwhile.

    python3 test/bench/mapped.py FOLDER [ROUNDS]

Prints CPU and wall time a photo, median of the rounds, files in the page cache. Standard library only."""

import hashlib
import mmap
import os
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path


def buffered(path: Path) -> None:
    with open(path, "rb", buffering=0) as file:
        hashlib.sha256(file.read())


def mapped(path: Path) -> None:
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as view:
        hashlib.sha256(view)


def only_read(path: Path) -> None:
    with open(path, "rb", buffering=0) as file:
        file.read()


def only_touch(path: Path) -> None:
    """One byte of every page: what a mapping costs before anybody uses it."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as view:
        sum(view[:: mmap.PAGESIZE])


def measure(work, photos: list[Path]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for photo in photos:
        work(photo)
    count = len(photos)
    return (time.process_time() - cpu) * 1000 / count, (time.perf_counter() - wall) * 1000 / count


def cut_off() -> str:
    """A child maps a file, the parent cuts it off, the child reads on."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(1_000_000))
        file.flush()
        ready_read, ready_write = os.pipe()
        go_read, go_write = os.pipe()
        child = os.fork()
        if child == 0:
            view = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
            os.write(ready_write, b".")
            os.read(go_read, 1)
            os._exit(view[900_000])
        os.read(ready_read, 1)
        os.truncate(file.name, 1000)
        os.write(go_write, b".")
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
        return f"ended with {os.WEXITSTATUS(status)}"


def main() -> None:
    photos = sorted(path for path in Path(sys.argv[1]).rglob("*") if path.is_file())
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    works = {
        "one read": only_read,
        "mapped, each page touched": only_touch,
        "one read, SHA-256": buffered,
        "mapped, SHA-256": mapped,
    }
    for work in works.values():
        measure(work, photos)
    taken = {name: [measure(work, photos) for _ in range(rounds)] for name, work in works.items()}
    for name, values in taken.items():
        cpu, wall = (statistics.median(column) for column in zip(*values))
        print(f"{name:<28}{cpu:8.3f} ms CPU {wall:8.3f} ms a photo")
    print(f"a mapped file that is cut off while it is read: {cut_off()}")


main()
