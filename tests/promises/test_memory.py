"""A large file needs no more memory than a small one, and a small one not much time."""

import base64
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from tests.kit.forms import FORM, a_body, a_part, text_parts
from tests.kit.live import Server, a_server
from tests.kit.makers import a_wheel
from tests.kit.objects import ObjectStore
from tests.kit.uploaders import client_of, tokens_in, upload

MIB = 1 << 20
GIB = 1 << 30
GROWTH_BYTES = 64 * MIB
UPLOADS = 200
UPLOADS_SECONDS = 8
"""What CI has to keep to, on whatever it runs. On a machine of its own it is less than half."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("memory")


@pytest.fixture(scope="module")
def token(folder: Path) -> str:
    [token] = tokens_in(folder, "ann")
    return token


@pytest.fixture(scope="module")
def server(folder: Path, token: str) -> Iterator[Server]:
    with a_server(folder) as running:
        yield running


def test_200_small_uploads_over_one_connection_take_few_seconds(server: Server, token: str):
    wheels = [a_wheel("crumpet", f"1.{number}") for number in range(UPLOADS)]

    with client_of(server.url, token) as client:
        answers = [upload(client, wheel).status_code for wheel in wheels]

    assert answers == [200] * UPLOADS
    server.answered()
    lines = [line for line in server.lines if " POST /legacy/ 200 " in line]
    seconds = sum(float(re.findall(r" ms=([\d.]+)", line)[0]) for line in lines) / 1000
    sys.stdout.write(f"{UPLOADS} uploads took {seconds:.2f} s of the server.\n")
    assert (len(lines), seconds < UPLOADS_SECONDS) == (UPLOADS, True)


def test_a_gibibyte_comes_and_goes_in_64_mib(server: Server, token: str, tmp_path: Path):
    huge = tmp_path / "toasting-1.0-py3-none-any.whl"
    write_huge_wheel(huge, zeros_bytes=GIB)

    assert max(grown_by(huge, server, token)) < GROWTH_BYTES


def test_200_mib_pass_through_to_an_object_store_in_as_little(
    object_server: ObjectStore, tmp_path: Path
):
    huge = tmp_path / "toasting-1.0-py3-none-any.whl"
    write_huge_wheel(huge, zeros_bytes=200 * MIB)

    (token,) = tokens_in(tmp_path / "index", "ann")
    with a_server(tmp_path / "index", **object_server.a_place().settings) as server:
        assert max(grown_by(huge, server, token)) < GROWTH_BYTES


def grown_by(huge: Path, server: Server, token: str) -> tuple[int, int]:
    """How much memory its upload and its download take, beyond what smaller files have taken."""
    with huge.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    with client_of(server.url, token) as client:
        for number in range(5):
            noise = {"noise": Random(number).randbytes(4 * MIB)}
            waffle = a_wheel("waffle", f"1.{number}", files=noise)
            assert upload(client, waffle).status_code == 200
            assert client.get(f"/packages/{waffle.sha256}/{waffle.filename}").status_code == 200
        before = peak_bytes(server)

        head, tail = around_the_file(huge.name, sha256)
        length = str(len(head) + huge.stat().st_size + len(tail))
        body = chain([head], pieces(huge), [tail])
        answer = client.post("/legacy/", headers={**FORM, "content-length": length}, content=body)
        assert (answer.status_code, answer.text) == (200, f"{huge.name} is published.\n")
        uploaded = peak_bytes(server)

        came = hashlib.sha256()
        with client.stream("GET", f"/packages/{sha256}/{huge.name}") as download:
            for chunk in download.iter_bytes():
                came.update(chunk)
        assert came.hexdigest() == sha256
        downloaded = peak_bytes(server)

    grown = (uploaded - before, downloaded - uploaded)
    sys.stdout.write(f"The server grew by {grown[0] / MIB:.0f} and {grown[1] / MIB:.0f} MiB.\n")
    return grown


def write_huge_wheel(path: Path, *, zeros_bytes: int) -> None:
    """A wheel with so many zeros in it, not compressed."""
    zeros, digest = bytes(MIB), hashlib.sha256()
    model = zipfile.ZipFile(io.BytesIO(a_wheel().content))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as wheel:
        with wheel.open("toasting/zeros.bin", "w") as member:
            for _ in range(zeros_bytes // MIB):
                member.write(zeros)
                digest.update(zeros)
        urlsafe = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        for name in model.namelist():
            said = model.read(name)
            if name.endswith("/RECORD"):
                said += f"toasting/zeros.bin,sha256={urlsafe},{zeros_bytes}\n".encode()
            wheel.writestr(name, said)


def around_the_file(filename: str, sha256: str) -> tuple[bytes, bytes]:
    """What comes before and after the bytes of the file in the body of its upload."""
    told = text_parts(a_wheel(), md5_digest=None, blake2_256_digest=None, sha256_digest=sha256)
    head, _, tail = a_body(*told, a_part("content", b"here", filename=filename)).partition(b"here")
    return head, tail


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file."""
    with path.open("rb") as opened:
        while piece := opened.read(MIB):
            yield piece


def peak_bytes(server: Server) -> int:
    """The most memory that the server has had at any time."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024
