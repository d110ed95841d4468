"""The OpenAPI document: `openapi.yaml`, completed with what is known at run time."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from digits.explain.perturbations import KINDS
from server.inference.model_registry import ModelRegistry
from server.jobs.training_request import FIELD_RULES

OPENAPI_YAML = Path(__file__).with_name("openapi.yaml")
CACHED_DOCUMENTS = 4  # a new one whenever the list of networks changes


def describe(registry: ModelRegistry) -> dict[str, Any]:
    """Returns the OpenAPI 3.1 document of a server with these networks. Callers must not change it."""
    return _document(tuple(model["name"] for model in registry.describe()["models"]))


@lru_cache(maxsize=CACHED_DOCUMENTS)
def _document(model_names: tuple[str, ...]) -> dict[str, Any]:
    document = yaml.safe_load(OPENAPI_YAML.read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    schemas["ModelName"]["enum"] = list(model_names)
    schemas["VariationKind"]["enum"] = list(KINDS)
    for name, rule in FIELD_RULES.items():
        schemas["TrainingRequest"]["properties"][name].update(rule.schema())
    return document
