"""`info`: what a checkpoint holds, layer by layer."""

from pathlib import Path

import click

from digits.cli.common import Command, checkpoint_option, console, json_option, print_json


@click.command(cls=Command)
@checkpoint_option
@click.option("--model", metavar="NAME", help="Show a network of the zoo by name instead, without weights.")
@json_option
def info(checkpoint: Path, model: str | None, as_json: bool) -> None:
    """Print a network's layers with their shapes and parameters."""
    from dataclasses import asdict

    from rich.table import Table

    from digits.networks import layers as inspection
    from digits.networks.architectures import ARCHITECTURES, MEAN, STD, build
    from digits.networks.checkpoint import CheckpointMetadata, load
    from digits.networks.ood_head import BRANCH_LAYER

    network, facts = (build(model), CheckpointMetadata(model)) if model else load(checkpoint)
    layers = inspection.describe(network)
    title = ARCHITECTURES[facts.architecture].title
    if as_json:
        print_json(
            {
                "model": facts.architecture,
                "title": title,
                "parameters": network.parameter_count,
                "test_accuracy": facts.test_accuracy,
                "layers": [asdict(layer) for layer in layers],
            }
        )
        return
    screen = console(as_json)
    read = "" if facts.test_accuracy is None else f", {facts.test_accuracy:.2f} % of the test digits read right"
    screen.print(f"{title} ({facts.architecture}){read}")
    table = Table("layer", "kind", "shape", box=None, padding=(0, 3, 0, 0))
    table.add_column("parameters", justify="right")
    table.add_row("input", f"(x − {MEAN}) / {STD}", "1×28×28", "")
    for layer in layers:
        table.add_row(layer.name, layer.kind, "×".join(map(str, layer.shape)), f"{layer.parameters:,}")
    table.add_row("in all", "", "", f"{network.parameter_count:,}", style="bold")
    screen.print(table)
    if facts.ood_head:
        count = sum(parameter.numel() for parameter in facts.ood_head.parameters())
        screen.print(
            f"Layers of doubt, which tell what is no digit, branch off after {BRANCH_LAYER}: {count:,} parameters."
        )
    if facts.recipe:
        recipe = ", ".join(f"{name} {value}" for name, value in facts.recipe.items())
        screen.print(f"trained on {facts.training_digits:,} digits: {recipe}, seed {facts.seed}")
