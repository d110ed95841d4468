"""The notebook runs from its first cell to its last, on few digits and without internet."""

import nbformat
import pytest
from nbclient import NotebookClient
from pictures import ROOT

pytestmark = pytest.mark.slow

NOTEBOOK = ROOT / "notebooks/mnist_classifier.ipynb"


def test_the_notebook_runs_from_top_to_bottom(monkeypatch):
    monkeypatch.setenv("INKLING_NOTEBOOK_DIGITS", "400")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # it ships without: git keeps what people wrote
    where = {"metadata": {"path": str(NOTEBOOK.parent)}}
    # Raises at the first cell that fails.
    NotebookClient(notebook, timeout=120, resources=where, shutdown_kernel="immediate").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert "360 digits to learn from, 40 to validate on, 400 to test on" in said
    assert "epoch 2, batch   6 of 6: loss" in said
    assert "test digits read right" in said
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 12  # samples, curves, confusion, filters, six layers of maps, right, wrong
    assert not [output for output in outputs if output.output_type == "stream" and output.name == "stderr"]
