"""The composition root: settings in, a whole index out."""

import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import anyio
import structlog
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from index import errors, keys, logs
from index.auth.passwords import Passwords
from index.background import JOBS, Job, running
from index.border import Border
from index.files.offload import IN_A_FOLDER, Offload
from index.kept import Shelf
from index.lane import Lane
from index.protecting import Protection
from index.reads import Reads
from index.routes import routes
from index.services import Services
from index.settings import Read, Settings, Switch
from index.simple.listing import PreparedRoot
from index.simple.root import Root
from storage.blobs import Blobs
from storage.blobs.buckets import Access
from storage.blobs.disk import DiskBlobs
from storage.blobs.memory import MemoryBlobs
from storage.blobs.objects import ObjectBlobs
from storage.database import Database
from storage.following import watching
from storage.problems import Invalid, Problem, Unavailable
from storage.together import Together
from storage.urls import blobs_folder

log = structlog.get_logger()


def create(settings: Settings) -> ASGIApp:
    """The index that *settings* describe; what each worker of the server makes."""
    logs.configure(settings.log_format, sys.stderr)
    return assemble(compose(settings), jobs=JOBS)


def assemble(services: Services, *, jobs: Sequence[Job] = ()) -> ASGIApp:
    """The application over these parts, with *jobs* beside it. It runs under any ASGI server."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with services.watch.following(services.now):
            async with running(services, jobs), anyio.create_task_group() as beside:
                beside.start_soon(services.downloads.noting, services.database)
                beside.start_soon(services.root.following, services.now)
                beside.start_soon(services.protection.following, services.now)
                yield
                beside.cancel_scope.cancel()
        await to_thread.run_sync(_finish, services)

    app = _Index(routes=routes(), lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.services = services
    return Border(
        app,
        services.admission,
        lane=_lane(services),
        before_asgi=services.settings.fast_lane is Switch.ON,
    )


def _lane(services: Services) -> Lane | None:
    """The fast lane, unless reading takes a token, which only the ordinary way asks for."""
    its = services.settings
    if its.read is Read.ACCOUNTS:
        return None
    return Lane(
        services.shelf,
        services.watch,
        PreparedRoot(services.root, services.watch, services.caching_of(keys.INDEX)),
        services.downloads,
        Reads(logged=its.log_reads is Switch.ON),
        services.now,
    )


def _finish(services: Services) -> None:
    try:
        services.downloads.note(services.database)
    except Problem as problem:
        log.warning(problem.message)
    finally:
        services.database.close()


class _Index(Starlette):
    """Starlette without its answer to bugs: the Border around it has ours."""

    def build_middleware_stack(self) -> ASGIApp:
        """The router, and our answers where it has no route."""
        handlers = {404: errors.not_routed, 405: errors.not_routed}
        return ExceptionMiddleware(self.router, handlers=handlers)


def compose(settings: Settings) -> Services:
    """The parts that *settings* ask for. Makes the folders that are missing.

    Raises Unavailable with the reason if they cannot be made, and Invalid if they do not fit.
    """
    with folders_made():
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = blobs(settings)
    _check_offload(settings, kept)
    database = Database(settings.database_url, lease_seconds=settings.lease_seconds)
    watch = watching(database)
    return Services(
        settings=settings,
        database=database,
        watch=watch,
        shelf=Shelf(watch, settings.cache_bytes),
        protection=Protection(settings.protected_names, database),
        root=Root(database, watch),
        blobs=kept,
        together=Together(database, settle=kept.settle),
        passwords=Passwords(),
        now=now,
    )


def blobs(settings: Settings) -> Blobs:
    """The store that the settings name. Makes the folders that are missing.

    Raises Unavailable if they cannot be made, Invalid if it is not said how the store is reached.
    """
    if settings.blobs_url == "memory:":
        return MemoryBlobs()
    access = Access(
        endpoint=settings.blobs_endpoint, key_id=settings.blobs_key_id, key=settings.blobs_key
    )
    with folders_made():
        if (folder := blobs_folder(settings.blobs_url)) is not None:
            return DiskBlobs(folder)
        return ObjectBlobs(settings.blobs_url, access, drafts=settings.data / "drafts")


@contextmanager
def folders_made() -> Iterator[None]:
    """A folder that cannot be made meanwhile, as the Problem it is."""
    try:
        yield
    except OSError as error:
        said = f"The folder {error.filename} cannot be made: {error.strerror}."
        raise Unavailable(said) from error


def _check_offload(settings: Settings, kept: Blobs) -> None:
    offload, folder = settings.offload, blobs_folder(settings.blobs_url)
    if offload in IN_A_FOLDER and folder is None:
        raise Invalid(
            f"BASCULE_OFFLOAD is {offload}, but the files are not in a folder.",
            hint="Let BASCULE_BLOBS_URL name one, or set BASCULE_OFFLOAD to off.",
        )
    if offload is Offload.REDIRECT and not kept.is_remote:
        raise Invalid(
            "BASCULE_OFFLOAD is redirect, but the files are not in an object store.",
            hint="Let BASCULE_BLOBS_URL name one, or set BASCULE_OFFLOAD to off.",
        )


def now() -> datetime:
    """The only clock of the index."""
    return datetime.now(UTC)
