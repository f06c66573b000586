"""`bascule serve`."""

import asyncio
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from index.app import create
from index.cli.opened import DataFolder, founded
from index.environment import from_environment
from index.files.offload import LINK_SECONDS, Offload
from index.server import serve as run
from index.services import Services
from index.settings import Settings
from storage import accounts
from storage.problems import Invalid, Problem
from storage.records import Digest

Host = Annotated[str | None, typer.Option(help="The address to listen on.")]
Port = Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")]
Workers = Annotated[int | None, typer.Option(help="How many processes answer requests.")]


def serve(
    data: DataFolder = None, host: Host = None, port: Port = None, workers: Workers = None
) -> None:
    """Run the index until it is told to stop."""
    overrides = {"data": data, "host": host, "port": port, "workers": workers}
    settings = from_environment(os.environ, overrides=overrides)
    if settings.blobs_url.startswith("memory:") and settings.workers > 1:
        raise Invalid("Blobs in memory belong to one process: they need one worker.")
    with founded(data) as services:
        _check_links(services)
        is_new = services.database.read_now(accounts.are_none)
    if is_new:
        _say_what_to_do(settings, data)
    sys.exit(run(settings, create))


def _check_links(services: Services) -> None:
    if services.settings.offload is not Offload.REDIRECT:
        return
    try:
        asyncio.run(services.blobs.link(Digest("0" * 64), seconds=LINK_SECONDS))
    except Problem as problem:
        raise Invalid(
            "BASCULE_OFFLOAD is redirect, but the object store signs no URLs for this index.",
            hint="It needs a key that can sign; or set BASCULE_OFFLOAD to off.",
        ) from problem


def _say_what_to_do(settings: Settings, data: Path | None) -> None:
    bascule = os.path.relpath(sys.argv[0])
    here = f" --data {shlex.quote(str(data))}" if data else ""
    site = settings.public_url or f"http://{settings.host}:{settings.port}"
    typer.echo(
        "This index has no account yet. In another terminal:\n\n"
        f"  {bascule} account add ann --role admin{here}\n"
        f"  export TWINE_PASSWORD=$({bascule} token add ann{here})\n"
        f"  TWINE_USERNAME=__token__ twine upload --repository-url {site}/legacy/ dist/*\n"
        f"  pip install --index-url {site}/simple/ NAME\n"
    )
    sys.stdout.flush()
