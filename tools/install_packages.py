"""Installs a requirements file; on Linux without a GPU, with the small CPU build of PyTorch.

    TORCH_INDEX=pypi .venv/bin/python tools/install_packages.py requirements.txt

Needs only the standard library and pip. PyPI's PyTorch for Linux brings CUDA and takes about 5 GB; the CPU build takes
about 1 GB. The environment variable TORCH_INDEX decides where torch and torchvision come from:

    unset or empty   the CPU index, if this is Linux without an NVIDIA driver and the index answers; else PyPI
    pypi             PyPI, without asking the CPU index
    a URL            that index
"""

import argparse
import http.client
import importlib.util
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
PROBE_SECONDS = 5
# Both from one index: a CPU build of torch does not work with PyPI's torchvision.
TORCH_PACKAGES = ("torch", "torchvision")


def answers(index: str, seconds: float = PROBE_SECONDS) -> bool:
    """Returns whether the index lists torch; asks once and waits no longer than the given seconds."""
    answered = threading.Event()

    def ask() -> None:
        request = urllib.request.Request(f"{index.rstrip('/')}/torch/", method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=seconds):
                answered.set()
        except (OSError, ValueError, http.client.HTTPException):
            pass

    # In a thread, because urlopen's time limit holds for each step alone and not for the look-up of the name.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return answered.is_set()


def torch_index(wanted: str, cpu_index: str = CPU_INDEX) -> str | None:
    """Returns the index to take torch and torchvision from, or None for PyPI; prints the reason."""
    if wanted:
        return None if wanted == "pypi" else wanted
    if sys.platform != "linux" or NVIDIA_DRIVER.exists():
        return None
    if all(importlib.util.find_spec(name) for name in TORCH_PACKAGES):
        return None  # installed already
    if answers(cpu_index):
        print(f"No NVIDIA driver: torch and torchvision come from {cpu_index} (without CUDA, about 1 GB).")
        return cpu_index
    print(f"{cpu_index} does not answer: torch and torchvision come from PyPI (with CUDA, about 5 GB).")
    return None


def torch_requirements(file: Path) -> list[str]:
    """Returns the lines of a requirements file, or of those it includes, that name torch and torchvision."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        requirement = line.partition("#")[0].strip()
        if included := re.match(r"-r\s+(\S+)", requirement):
            found += torch_requirements(file.parent / included[1])
        elif (name := re.match(r"[\w-]+", requirement)) and name[0] in TORCH_PACKAGES:
            found.append(requirement)
    return found


def main() -> int:
    """Runs pip, for torch and torchvision first if they have an index of their own.

    Returns its exit status.
    """
    parser = argparse.ArgumentParser(description="Installs a requirements file; TORCH_INDEX=pypi or =URL decides.")
    parser.add_argument("requirements", type=Path)
    parser.add_argument("--cpu-index", default=CPU_INDEX, help="the index of PyTorch's CPU build")
    parser.add_argument("--dry-run", action="store_true", help="print pip's commands instead of running them")
    options = parser.parse_args()
    index = torch_index(os.environ.get("TORCH_INDEX", ""), options.cpu_index)
    pip = [sys.executable, "-m", "pip", "install"]
    commands = [[*pip, "-r", str(options.requirements)]]
    if index:
        commands.insert(0, [*pip, "--index-url", index, *torch_requirements(options.requirements)])
    for command in commands:
        if options.dry_run:
            print(" ".join(command))
        elif status := subprocess.call(command):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
