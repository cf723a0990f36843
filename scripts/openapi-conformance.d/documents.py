"""Both documents against the meta-schema of OpenAPI 3.1, and each example against the schema beside it."""

import json
import sys

from check import check
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = "urn:document"


def examples(document):
    """Gives each example of each operation: what it is called, its schema and its value."""
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            answered = set()
            for status, response in operation["responses"].items():
                for content in response["content"].values():
                    for name, example in content.get("examples", {}).items():
                        yield f"{verb} {path} {status} {name}", content["schema"], example["value"]
                        value = example["value"]
                        if status == "200" and (isinstance(value, str) or value.get("status", 0) == 0):
                            answered.add(name)
            # A request that is refused may be one that the document does not allow.
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                for name, example in content.get("examples", {}).items():
                    if name in answered:
                        yield f"{verb} {path} {media_type} {name}", content["schema"], example["value"]


for file_name in sys.argv[1:]:
    with open(file_name, encoding="utf-8") as file:
        document = json.load(file)
    errors = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]
    check(f"{file_name} is OpenAPI 3.1", errors, [])

    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    registry = Registry().with_resource(DOCUMENT, resource)
    shown, wrong = 0, []
    for place, schema, value in examples(document):
        shown += 1
        schema = json.loads(json.dumps(schema).replace('"#/', f'"{DOCUMENT}#/'))
        errors = Draft202012Validator(schema, registry=registry).iter_errors(value)
        wrong += [f"{place}: {error.message}" for error in errors]
    check(f"{file_name} has examples", shown > 30, True)
    check(f"each example of {file_name} is of its schema", wrong, [])
