"""Compares MNIST's test digits, enlarged to 280×280 and sent through the server, with the originals.

    python benchmarks/mnist_http.py --digits 500

Starts the server on the loopback address. The originals are the untouched 28×28 digits, read by the same network.
"""

import http.client
import io
import json
import sys
from pathlib import Path

import click
from PIL import Image
from serve import ROOT, free_port, start

sys.path.insert(0, str(ROOT))

from digits.data import dataset, mnist
from digits.evaluation import metrics
from digits.networks import checkpoint
from digits.training.recipes import DEFAULT_MODEL

FILTERS = {"nearest": Image.Resampling.NEAREST, "bicubic": Image.Resampling.BICUBIC}


@click.command()
@click.option("--digits", "count", default=10_000, show_default=True, help="How many of the test digits.")
@click.option("--model", default=DEFAULT_MODEL, show_default=True)
@click.option("--data", "folder", type=click.Path(path_type=Path), default=ROOT / "data")
def main(count: int, model: str, folder: Path) -> None:
    """Print the share of test digits read right over HTTP, beside that of the originals."""
    _, test = mnist.load(folder)
    test = dataset.Digits(test.images[:count], test.labels[:count])
    own = ROOT / "models" / f"{model}.pth"
    network, _ = checkpoint.load(own if own.exists() else ROOT / "mnist_model.pth")
    print(f"originals: {metrics.accuracy(metrics.compute_logits(network, test), test.labels):.2f} % of {count:,}")
    port = free_port()
    server = start([sys.executable, "-m", "digits", "serve", "--port", str(port)], port)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        for name, resampling in FILTERS.items():
            right = 0
            for image, label in zip(test.images, test.labels, strict=True):
                body = io.BytesIO()
                Image.fromarray(255 - image.numpy()).resize((280, 280), resampling).save(body, "PNG", compress_level=1)
                connection.request(
                    "POST", f"/api/predict?model={model}", body.getvalue(), {"Content-Type": "image/png"}
                )
                answer = json.load(connection.getresponse())
                right += answer["digit"] == int(label)
            print(f"sent as 280×280 PNG ({name}): {100 * right / count:.2f} %")
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
