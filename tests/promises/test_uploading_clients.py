"""What each client sends is accepted as it is: row 34 of UPLOADS.md, from STANDARDS.md U5 to U11.

The real clients are run in tests/clients; these bodies stay what they were when a client changes.
"""

import hashlib
import re
from collections.abc import Callable

import pytest

from tests.kit.forms import FORM, OCTETS, a_body, a_part
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.refusing import UV_ACCEPTS, refused
from tests.kit.world import Person

pytestmark = pytest.mark.on_sqlite  # Nearly all is over when a form is read.

NAME, VERSION = "Toast_Ing.plus", "1.0+bread.1"
NORMAL = "toast-ing-plus"
WHEEL = a_wheel(NAME, VERSION, requires_dist=["crumpet>=2"], requires_python=">=3.9")
SDIST = an_sdist(NAME, VERSION, requires_dist=["crumpet>=2"], requires_python=">=3.9")
EMPTY = """
    author author_email classifiers comment description_content_type download_url dynamic home_page
    keywords license license_file maintainer maintainer_email obsoletes_dist platform project_urls
    provides_dist provides_extras requires_external supported_platform
"""


def twine(archive: Archive) -> list[bytes]:
    """No md5; the name with every run of other characters than dots as one hyphen."""
    sent = [
        *_first("sha256", archive, "blake2_256"),
        *_told(archive, "2.4", name=re.sub("[^A-Za-z0-9.]+", "-", archive.name)),
        ("comment", ""),
    ]
    return [*_text(sent), _file(archive, OCTETS)]


def uv(archive: Archive) -> list[bytes]:
    """Parts without a type, 2.5 fields in the plural, and attestations after the content."""
    sent = [
        *_first("sha256", archive, "blake2_256"),
        *_told(archive, "2.5"),
        ("import_names", "toasting"),
        ("import_namespaces", "toast"),
    ]
    return [*_text(sent), _file(archive), a_part("attestations", '[{"version": 1}]')]


def flit(archive: Archive) -> list[bytes]:
    """Metadata 2.3 whatever it is, no blake2, no type, and no pyversion for an sdist."""
    sent = [*_first("md5", archive, "sha256"), *_told(archive, "2.3")]
    if archive.filetype == "sdist":
        sent = [(key, value) for key, value in sent if key != "pyversion"]
    return [*_text(sent), _file(archive)]


def pdm(archive: Archive) -> list[bytes]:
    """A field for everything it could say, most of them empty, `license` beside its successor."""
    sent = [
        *_first("md5", archive, "sha256", "blake2_256"),
        *_told(archive, "2.4"),
        *((key, "") for key in EMPTY.split()),
        ("license_expression", "MIT"),
        ("gpg_signature", ""),
    ]
    return [*_text(sent), _file(archive, OCTETS)]


def hatch(archive: Archive) -> list[bytes]:
    """2.5 fields in the singular."""
    sent = [
        *_first("md5", archive, "sha256", "blake2_256"),
        *_told(archive, "2.5"),
        ("import_name", "toasting"),
        ("import_namespace", "toast"),
    ]
    return [*_text(sent), _file(archive, OCTETS)]


def poetry(archive: Archive) -> list[bytes]:
    """UNKNOWN for what it does not know."""
    sent = [
        *_first("md5", archive, "sha256", "blake2_256"),
        *_told(archive, "2.4"),
        *((key, "UNKNOWN") for key in ("license", "home_page", "platform")),
    ]
    return [*_text(sent), _file(archive, OCTETS)]


def maturin(archive: Archive) -> list[bytes]:
    """One digest, and a normalized name."""
    sent = [*_first("sha256", archive), *_told(archive, "2.4", name=NORMAL)]
    return [*_text(sent), _file(archive, OCTETS)]


CLIENTS: tuple[Callable[[Archive], list[bytes]], ...] = (
    twine,
    uv,
    flit,
    pdm,
    hatch,
    poetry,
    maturin,
)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@pytest.mark.parametrize("archive", [WHEEL, SDIST], ids=["wheel", "sdist"])
def test_row_34_what_a_client_sends_is_accepted(
    ann: Person, anyone: Person, client: Callable[[Archive], list[bytes]], archive: Archive
):
    accept = UV_ACCEPTS if client is uv else "*/*"
    sent = {**FORM, "accept": accept}

    answer = ann.asks("POST", "/legacy/", headers=sent, content=a_body(*client(archive)))

    said = f"{archive.filename} is published.\n"
    assert (answer.status_code, answer.text) == (200, said)
    assert anyone.sees(NORMAL) == [archive.filename]
    assert anyone.downloads(archive).content == archive.content


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_row_34_and_refused_when_a_byte_is_wrong(
    ann: Person, client: Callable[[Archive], list[bytes]]
):
    body = a_body(*client(WHEEL)).replace(b"SIDES", b"SIZES").replace(b"PK\1\2", b"PK\1\3", 1)

    status, told = refused(ann, body)

    assert (status, "as the form says" in told) == (400, True)


def test_row_34_other_dependencies_in_the_form_are_told(ann: Person):
    answer = ann.uploads(WHEEL, requires_dist=["bread"])

    assert (answer.status_code, answer.text) == (
        200,
        f"{WHEEL.filename} is published.\n"
        "The form has other dependencies than the file; those of the file count.\n",
    )


def _first(first: str, archive: Archive, *more: str) -> list[tuple[str, str]]:
    made = {
        "md5": hashlib.md5(archive.content).hexdigest(),
        "sha256": archive.sha256,
        "blake2_256": hashlib.blake2b(archive.content, digest_size=32).hexdigest(),
    }
    digests = [(f"{each}_digest", made[each]) for each in (first, *more)]
    return [(":action", "file_upload"), *digests, ("protocol_version", "1")]


def _told(archive: Archive, metadata_version: str, *, name: str = NAME) -> list[tuple[str, str]]:
    return [
        ("metadata_version", metadata_version),
        ("name", name),
        ("version", archive.version),
        ("filetype", archive.filetype),
        ("pyversion", archive.python_version),
        ("summary", "Toast, evenly."),
        ("requires_dist", "crumpet>=2"),
        ("requires_python", ">=3.9"),
    ]


def _text(fields: list[tuple[str, str]]) -> list[bytes]:
    return [a_part(key, value) for key, value in fields]


def _file(archive: Archive, *more: str) -> bytes:
    return a_part("content", archive.content, *more, filename=archive.filename)
