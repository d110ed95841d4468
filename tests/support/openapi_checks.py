"""Checks an answer against the OpenAPI contract."""

from jsonschema import Draft202012Validator


def validate(contract, method, path, answer):
    description = follow(contract, operations(contract)[method, path]["responses"][str(answer.status_code)])
    schema = description["content"][answer.mimetype]["schema"]
    if "json" in answer.mimetype:
        whole = {**schema, "components": contract["components"]}  # so that references resolve
        Draft202012Validator(whole).validate(answer.get_json())


def follow(contract, part):
    while "$ref" in part:
        reference, part = part["$ref"], contract
        assert reference.startswith("#/")
        for key in reference[2:].split("/"):
            part = part[key]
    return part


def operations(contract):
    return {
        (method.upper(), path): description
        for path, methods in contract["paths"].items()
        for method, description in methods.items()
    }
