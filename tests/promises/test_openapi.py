"""The API does what its description says, whoever asks, and whatever they send."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, strategies
from hypothesis import settings as hypothesis_settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from index.openapi.document import described
from index.routes import DOORS
from index.settings import Signup
from storage.records import Scope
from tests.kit.makers import a_wheel
from tests.kit.world import SITE, Person, World

TEAPOT = a_wheel("teapot", "1.0")
KNOWN = {
    "project": "teapot",
    "version": "1.0",
    "filename": TEAPOT.filename,
    "account": "bob",
    "id": 1,
}
"""What there is in the world, for each parameter of a path."""

EXAMPLES = 5
"""How many requests each person sends to each operation, of the right kind and of the wrong."""

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
GENERATED = hypothesis_settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def strict(document: Any) -> Any:
    """The same description of a world in which no object has a field that is not described."""
    exact = json.loads(json.dumps(document))
    for schema in exact["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return exact


DOCUMENT = strict(described(DOORS))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}


@pytest.fixture
def settings() -> dict[str, object]:
    """Everybody may make an account."""
    return {"signup": Signup.OPEN}


@pytest.fixture
def people(world: World, bob: Person, bea: Person, cat: Person) -> Mapping[str, Person]:
    """Who asks: a moderator, an uploader with a project, and nobody."""
    ann = world.somebody("ann", password="a long password")
    for archive in (TEAPOT, a_wheel("kettle", "1.0")):
        assert ann.uploads(archive).status_code == 200
    report = {"subject": "project:teapot", "kind": "spam", "summary": "Spam."}
    assert bob.asks("POST", "/api/reports", json=report).status_code == 202
    cat.holds("project:kettle")
    return {"a moderator": bea, "an uploader": ann, "nobody": world.anyone}


def test_anyone_may_read_the_description_and_keep_it(anyone: Person):
    first = anyone.gets("/openapi.json")
    again = anyone.gets("/openapi.json", headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first.json() == json.loads(json.dumps(described(DOORS)))


def test_every_example_succeeds(world: World, people: Mapping[str, Person], cat: Person):
    ann, bea = people["an uploader"], people["a moderator"]
    erase = "POST /api/moderation/proposals"
    for person in (bea, cat):
        asked(person, example_of(OPERATIONS[erase]))
    world.clock.passes(days=2)
    [held] = cat.gets("/api/moderation/holds").json()["holds"]
    special: Mapping[str, tuple[Person, Mapping[str, Any]]] = {
        "POST /api/accounts": (people["nobody"], {}),
        "DELETE /api/tokens/{id}": (ann.with_token(Scope.UPLOAD, token_id="1"), {}),
        f"{erase}/{{id}}/confirm": (bea, {"id": 2}),
        "POST /api/decisions/{id}/appeal": (ann, {"id": held["decision"]}),
    }

    answers = {}
    for label, operation in OPERATIONS.items():
        usual = bea if "/moderation/" in label else ann
        person, known = special.get(label, (usual, {}))
        answers[label] = asked(person, example_of(operation, **known))

    assert {label: status for label, status in answers.items() if status >= 300} == {}


def example_of(operation: Any, **known: Any) -> schemathesis.Case:
    """The request that the description has for an example, about what there is in the world."""
    described = DOCUMENT["paths"][operation.path][operation.method]
    content = described.get("requestBody", {}).get("content", {}).get("application/json")
    body = {"body": content["example"], "media_type": "application/json"} if content else {}
    names = (each["name"] for each in described.get("parameters", ()) if each["in"] == "path")
    return operation.Case(path_parameters={name: (KNOWN | known)[name] for name in names}, **body)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", ["a moderator", "an uploader", "nobody"])
def test_every_answer_is_one_that_is_described(
    people: Mapping[str, Person], who: str, mode: GenerationMode
):
    for operation in OPERATIONS.values():
        if mode is GenerationMode.POSITIVE or operation.body or operation.path_parameters:
            ask_much(people[who], operation, mode)


def ask_much(person: Person, operation: Any, mode: GenerationMode) -> None:
    """Send what fits the operation, or just does not. Raises a Failure of schemathesis."""

    @GENERATED
    @given(
        case=operation.as_strategy(mode),
        known=strategies.booleans(),
        accept=strategies.sampled_from(["application/json", "*/*"]),
    )
    def ask(case: schemathesis.Case, known: bool, accept: str) -> None:
        if known:
            case.path_parameters = {name: KNOWN[name] for name in case.path_parameters or {}}
        asked(person, case, accept)

    ask()


def asked(person: Person, case: schemathesis.Case, accept: str = "application/json") -> int:
    """The status of the answer to *person*. Raises a Failure if it is not as described."""
    made = case.as_transport_kwargs(base_url=SITE)
    answer = person.asks(
        made["method"],
        made["url"],
        params=made["params"] or None,
        headers={"accept": accept},
        content=json.dumps(made["json"]) if made.get("json") is not None else made.get("data"),
    )
    case.validate_response(answer, checks=CHECKS)
    return answer.status_code
