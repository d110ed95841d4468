"""Gives the wheel the dependencies that requirements.txt lists; hatchling runs this while it builds."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Reads requirements.txt, so that every dependency is declared once."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Sets the dependencies in the project's metadata."""
        lines = Path(self.root, "requirements.txt").read_text(encoding="utf-8").splitlines()
        requirements = (line.partition("#")[0].strip() for line in lines)
        metadata["dependencies"] = [line for line in requirements if line]
