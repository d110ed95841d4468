"""`info`: prints the layers of a checkpoint's network."""

from pathlib import Path

import click

from digits.cli.common import Command, checkpoint_option, console, json_option, print_json


@click.command(cls=Command)
@checkpoint_option
@click.option("--model", metavar="NAME", help="Show an architecture by name instead, without weights.")
@json_option
def info(checkpoint: Path, model: str | None, as_json: bool) -> None:
    """Print a network's layers with their shapes and parameters."""
    from dataclasses import asdict

    from rich.table import Table

    from digits.networks.architectures import ARCHITECTURES, MEAN, STD, build
    from digits.networks.checkpoint import CheckpointMetadata, load
    from digits.networks.layers import describe
    from digits.networks.ood_head import BRANCH_LAYER

    network, metadata = (build(model), CheckpointMetadata(model)) if model else load(checkpoint)
    layers = describe(network)
    title = ARCHITECTURES[metadata.architecture].title
    if as_json:
        print_json(
            {
                "model": metadata.architecture,
                "title": title,
                "parameters": network.parameter_count,
                "test_accuracy": metadata.test_accuracy,
                "layers": [asdict(layer) for layer in layers],
            }
        )
        return
    screen = console(as_json)
    accuracy = (
        "" if metadata.test_accuracy is None else f", {metadata.test_accuracy:.2f} % of the test digits read right"
    )
    screen.print(f"{title} ({metadata.architecture}){accuracy}")
    table = Table("layer", "kind", "shape", box=None, padding=(0, 3, 0, 0))
    table.add_column("parameters", justify="right")
    table.add_row("input", f"(x − {MEAN}) / {STD}", "1×28×28", "")
    for layer in layers:
        table.add_row(layer.name, layer.kind, "×".join(map(str, layer.shape)), f"{layer.parameters:,}")
    table.add_row("total", "", "", f"{network.parameter_count:,}", style="bold")
    screen.print(table)
    if metadata.ood_head:
        count = sum(parameter.numel() for parameter in metadata.ood_head.parameters())
        screen.print(
            f"The OOD head, which detects pictures that are no digit, branches off after {BRANCH_LAYER}: "
            f"{count:,} parameters."
        )
    if metadata.recipe:
        recipe = ", ".join(f"{name} {value}" for name, value in metadata.recipe.items())
        screen.print(f"trained on {metadata.training_digits:,} digits: {recipe}, seed {metadata.seed}")
