"""/openapi.json: a sound description that the routes and their answers keep to."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_checks import follow, operations, validate
from pictures import blank, png

from digits.networks.architectures import ARCHITECTURES

# The parts of OpenAPI 3.1 that are used; a misspelt key is no part of it.
TEXT = {"type": "string", "minLength": 1}
CONTENT = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "required": ["schema"],
        "properties": {"schema": {"type": "object"}},
        "additionalProperties": False,
    },
}
RESPONSE = {
    "type": "object",
    "required": ["description"],
    "properties": {"description": TEXT, "content": CONTENT, "headers": {"type": "object"}},
    "additionalProperties": False,
}
REFERENCE = {"type": "object", "required": ["$ref"], "properties": {"$ref": TEXT}, "additionalProperties": False}
PARAMETER = {
    "type": "object",
    "required": ["name", "in", "schema"],
    "properties": {
        "name": TEXT,
        "in": {"enum": ["query", "path", "header", "cookie"]},
        "required": {"type": "boolean"},
        "description": TEXT,
        "schema": {"type": "object"},
        "style": {"enum": ["form"]},
        "explode": {"type": "boolean"},
    },
    "additionalProperties": False,
}
OPERATION = {
    "type": "object",
    "required": ["operationId", "summary", "responses"],
    "properties": {
        "operationId": TEXT,
        "summary": TEXT,
        "description": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "parameters": {"type": "array", "items": PARAMETER},
        "requestBody": {
            "type": "object",
            "required": ["content"],
            "properties": {"required": {"type": "boolean"}, "content": CONTENT, "description": TEXT},
            "additionalProperties": False,
        },
        "responses": {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {"^[1-5][0-9][0-9]$": {"anyOf": [RESPONSE, REFERENCE]}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
DOCUMENT = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "properties": {
        "openapi": {"pattern": r"^3\.1\.\d+$"},
        "info": {
            "type": "object",
            "required": ["title", "version"],
            "properties": {"title": TEXT, "version": TEXT, "description": TEXT, "license": {"required": ["name"]}},
            "additionalProperties": False,
        },
        "servers": {"type": "array"},
        "paths": {
            "type": "object",
            "patternProperties": {
                "^/": {
                    "type": "object",
                    "propertyNames": {"enum": ["get", "post", "put", "delete", "patch"]},
                    "additionalProperties": OPERATION,
                }
            },
            "additionalProperties": False,
        },
        "components": {
            "type": "object",
            "properties": {
                "schemas": {"type": "object"},
                "responses": {"type": "object", "additionalProperties": RESPONSE},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


def inside(part):
    """Every object of a JSON document."""
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from inside(value)


def test_the_document_is_sound(contract):
    Draft202012Validator(DOCUMENT).validate(contract)
    names = [told["operationId"] for told in operations(contract).values()]
    assert len(set(names)) == len(names)
    for part in inside(contract):
        follow(contract, part)
        if isinstance(part.get("schema"), dict):
            Draft202012Validator.check_schema(part["schema"])
    for schema in contract["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_document_and_the_routes_are_the_same(contract, client):
    routes = {
        (method, rule.rule)
        for rule in client.application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static" and rule.rule not in ("/", "/docs")  # for people
    }
    assert routes == operations(contract).keys()


def test_the_parameters_list_what_may_be_asked_for(contract, client, ten):
    told = {entry["name"]: entry["schema"] for entry in contract["paths"]["/api/predict"]["post"]["parameters"]}
    assert told.keys() == {"model", "layers", "scaled", "centred"}
    assert set(told["model"]["enum"]) == {model["name"] for model in client.get("/api/models").get_json()["models"]}
    for name, schema in told.items():
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
def test_real_answers_are_as_the_document_says(method, path, query, data, status, contract, client, ten):
    options = {} if data is None else {"data": png(ten[data]) if isinstance(data, int) else data, **PICTURE}
    answer = client.open(f"{path}{query}", method=method, **options)
    while answer.status_code == 202:
        validate(contract, method, path, answer)
        answer = client.open(f"{path}{query}", method=method, **options)
    assert answer.status_code == status
    validate(contract, method, path, answer)


def test_the_example_of_a_picture_is_one(contract, client):
    kinds = contract["paths"]["/api/predict"]["post"]["requestBody"]["content"]
    [example] = kinds["application/json"]["schema"]["properties"]["image"]["examples"]
    assert client.post("/api/predict", json={"image": example, "name": "a seven"}).get_json()["digit"] == 7


def test_the_schemas_refuse_what_is_no_answer(contract, client, ten):
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


def test_the_contract_can_be_read_by_people(client, contract):
    page = client.get("/docs").text
    for method, path in operations(contract):
        assert f"{method} {path}</code>" in page
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
