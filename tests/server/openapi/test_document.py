"""`/openapi.json` is valid, and routes and real answers match it."""

import re

import openapi_spec_validator
import pytest
from jsonschema import Draft202012Validator
from openapi_checks import follow, operations, validate
from pictures import blank, png

from digits.explain.perturbations import KINDS
from digits.networks.architectures import ARCHITECTURES
from digits.training.recipes import DEFAULT_MODEL
from server.jobs.training_request import FIELD_RULES


@pytest.fixture(scope="module")
def contract(client):
    return client.get("/openapi.json").get_json()


def inside(part):
    """Yields every object of a JSON document."""
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from inside(value)


def test_the_document_is_valid_openapi(contract):
    openapi_spec_validator.validate(contract, cls=openapi_spec_validator.OpenAPIV31SpecValidator)


def test_every_reference_leads_to_something_and_every_component_is_used(contract):
    references = {part["$ref"] for part in inside(contract) if "$ref" in part}
    for reference in references:
        follow(contract, {"$ref": reference})
    components = {f"#/components/{kind}/{name}" for kind, parts in contract["components"].items() for name in parts}
    assert components == references


def test_every_name_that_is_known_at_run_time_is_filled_in(contract):
    schemas = contract["components"]["schemas"]
    assert schemas["ModelName"]["enum"][0] == DEFAULT_MODEL
    assert schemas["VariationKind"]["enum"] == list(KINDS)
    for name, rule in FIELD_RULES.items():
        for schema in ("TrainingRequest", "Job"):
            assert rule.schema().items() <= schemas[schema]["properties"][name].items()


def test_the_document_lists_exactly_the_routes(contract, client):
    routes = {
        (method, rule.rule)
        for rule in client.application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static" and rule.rule not in ("/", "/docs")  # for people
    }
    assert routes == operations(contract).keys()


def test_every_listed_parameter_value_is_accepted(contract, client, ten):
    parameters = [follow(contract, part) for part in contract["paths"]["/api/predict"]["post"]["parameters"]]
    schemas = {part["name"]: follow(contract, part["schema"]) for part in parameters}
    assert schemas.keys() == {"model", "layers", "scaled", "centred"}
    assert set(schemas["model"]["enum"]) == {model["name"] for model in client.get("/api/models").get_json()["models"]}
    for name, schema in schemas.items():
        for value in schema["enum"]:
            answer = client.post(f"/api/predict?{name}={value}", data=png(ten[1]), content_type="image/png")
            assert answer.status_code == 200


PICTURE, WORDS = {"content_type": "image/png"}, b"only words"
CALLS = [
    ("GET", "/healthz", "", None, 200),
    ("GET", "/readyz", "", None, 200),
    ("GET", "/metrics", "", None, 200),
    ("GET", "/openapi.json", "", None, 200),
    ("GET", "/api/models", "", None, 200),
    *(("POST", "/api/predict", f"?model={name}&layers=all", 3, 200) for name in ARCHITECTURES),
    ("POST", "/api/predict", "", 7, 200),
    *(
        ("POST", "/api/explain", f"?model=five_conv&layer={layer}&map=1", 3, 200)
        for layer in ("conv1", "batchnorm2", "relu3", "pool1", "flatten", "dropout", "logits", "probabilities")
    ),
    ("POST", "/api/explain", "", 3, 400),
    ("POST", "/api/explain", "?layer=conv1", blank(), 422),
    ("POST", "/api/read", "", 7, 200),
    ("POST", "/api/read", "", blank(), 200),
    ("POST", "/api/importance", "?digit=1&against=7", 7, 200),
    ("POST", "/api/variations", "?models=five_conv,mlp", 7, 200),
    ("POST", "/api/predict", "", blank(), 422),
    ("GET", "/api/timeline", "", None, 200),
    ("GET", "/api/timeline", "?timeline=resnet", None, 404),
    ("POST", "/api/timeline", "", 7, 200),
    ("POST", "/api/timeline", "?timeline=resnet", 7, 404),
    ("POST", "/api/timeline", "", WORDS, 415),
    ("POST", "/api/timeline", "", blank(), 422),
    ("POST", "/api/neighbours", "?model=mlp", 7, 200),
    ("GET", "/api/confusion", "?model=mlp", None, 200),
    ("GET", "/api/confusion", "?model=resnet", None, 404),
    ("GET", "/api/confusion/digits", "?model=mlp&actual=7&read=2", None, 200),
    ("GET", "/api/confusion/digits", "?model=mlp&actual=x", None, 400),
    *(
        ("POST", path, query, data, status)
        for path in ("/api/predict", "/api/read", "/api/importance", "/api/variations", "/api/neighbours")
        for query, data, status in [
            ("", b"", 400),
            ("", WORDS, 415),
            ("", blank()[:60], 422),
            ("", b"0" * 10_000_001, 413),
            ("?model=resnet&models=resnet", 7, 404),
        ]
    ),
]


@pytest.mark.parametrize(("method", "path", "query", "data", "status"), CALLS, ids=lambda value: str(value)[:40])
def test_a_real_answer_matches_the_document(method, path, query, data, status, contract, client, ten):
    options = {} if data is None else {"data": png(ten[data]) if isinstance(data, int) else data, **PICTURE}
    answer = client.open(f"{path}{query}", method=method, **options)
    while answer.status_code == 202:
        validate(contract, method, path, answer)
        answer = client.open(f"{path}{query}", method=method, **options)
    assert answer.status_code == status
    validate(contract, method, path, answer)


def test_the_example_picture_is_valid(contract, client):
    body = follow(contract, contract["paths"]["/api/predict"]["post"]["requestBody"])
    schema = follow(contract, body["content"]["application/json"]["schema"])
    [example] = schema["properties"]["image"]["examples"]
    assert client.post("/api/predict", json={"image": example, "name": "a seven"}).get_json()["digit"] == 7


def test_the_schema_refuses_a_wrong_answer(contract, client, ten):
    body = client.post("/api/predict?layers=all", data=png(ten[1]), content_type="image/png").get_json()
    whole = {"$ref": "#/components/schemas/Prediction", "components": contract["components"]}
    validator = Draft202012Validator(whole)
    assert validator.is_valid(body)
    for spoilt in (
        {"digit": None},
        {"digit": 10},
        {"probabilities": [0.1] * 9},
        {"sure": "yes"},
        {"doubt": "some"},
        {"more": 1},
    ):
        assert not validator.is_valid({**body, **spoilt})
    assert not validator.is_valid({key: value for key, value in body.items() if key != "model"})


def test_the_docs_page_shows_every_call(client, contract):
    page = client.get("/docs").text
    for method, path in operations(contract):
        assert f"{method} {path}</code>" in page
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
