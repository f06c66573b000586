"""From a project to the index, by whichever client: each in the way that it is commonly used."""

import hashlib

from tests.kit import clients
from tests.kit.clients import Person, Run


def publish(client: str, person: Person) -> Run:
    """Build the person's project with the client, or for it if it does not build, and upload."""
    match client:
        case "flit":
            return clients.flit_publish(person)
        case "poetry":
            return clients.poetry_publish(person, "--build")
        case "pdm":
            return clients.pdm_publish(person)
        case _:
            building = clients.build(person)
            assert building.code == 0, building.output
            return send(client, person)


def send(client: str, person: Person) -> Run:
    """Upload what has been built. flit builds again, and the same bytes come out."""
    files = [person.project / "dist" / name for name in sorted(built(person))]
    match client:
        case "twine":
            return clients.twine_upload(person, *files)
        case "uv":
            return clients.uv_publish(person, *files)
        case "hatch":
            return clients.hatch_publish(person, *files)
        case "flit":
            return clients.flit_publish(person)
        case "poetry":
            return clients.poetry_publish(person)
        case _:
            return clients.pdm_publish(person, "--no-build")


def built(person: Person) -> dict[str, str]:
    """The files that were built, each with its digest."""
    files = [file for file in (person.project / "dist").iterdir() if not file.name.startswith(".")]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
