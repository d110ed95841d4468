"""tools/install_browser.sh: Chromium and Node are installed where they are missing, and only there."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools/install_browser.sh"


@pytest.mark.parametrize("there", [(), ("chromium",), ("node",), ("node", "chromium"), ("node", "google-chrome")])
def test_what_is_missing_is_installed(there, tmp_path):
    asked = tmp_path / "asked"
    programs = {
        "id": "echo 0",
        "ls": "exit 2",  # no browser of Playwright's either
        # As the real one: what it is told to install is there afterwards.
        "apt-get": f'echo "$@" >> {asked}; : > {tmp_path}/chromium; /bin/chmod +x {tmp_path}/chromium',
        **dict.fromkeys(there, "exit 0"),
    }
    for name, body in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    command = ["/bin/sh", str(SCRIPT), str(tmp_path)]
    run = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    missing = [
        name
        for name, also in (("chromium", ("chromium", "google-chrome")), ("nodejs", ("node",)))
        if not set(also) & set(there)
    ]
    told = asked.read_text().splitlines() if asked.exists() else []
    assert [line.split()[3:] for line in told if "install" in line] == ([missing] if missing else []), run.stdout
