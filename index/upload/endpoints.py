"""One upload, end to end: receive, judge, record, answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index import metrics, ratelimits
from index.auth.callers import Caller
from index.feeds.endpoints import site_url
from index.services import Services, services
from index.upload import filenames, form, names
from index.upload.form import Form
from index.upload.inspection import Contents, inspect
from index.upload.policy import Limits, Policy
from index.upload.receiving import Fields, receive
from moderation import before, limits, publishing
from moderation.before import Published
from moderation.limits import Usage
from moderation.permissions import stopped
from moderation.publishing import Judged
from moderation.submissions import Candidate, Submission
from storage import blobs
from storage.blobs import Draft
from storage.database import Transaction
from storage.records import Blob

# What a client may say in the query string as well as in the form (U1).
_IN_QUERY = (":action", "protocol_version")


async def receive_upload(request: Request, caller: Caller) -> Response:
    """`POST /legacy/`: 200 when the file is published, or was before (UPLOADS.md).

    202 while it waits for a moderator, with the URL that says what becomes of it.
    """
    upload = _Upload(services(request), caller)
    with upload.services.blobs.draft() as draft, upload.services.blobs.draft() as metadata:
        received = await receive(
            request,
            draft,
            limits=upload.limits,
            patience_seconds=upload.services.settings.upload_patience_seconds,
            before_content=partial(upload.look_ahead, _in_query(request)),
        )
        said = form.parse(_in_query(request) + received.fields, policy=upload.policy)
        candidate = upload.candidate(said, received.filename)
        examined = await to_thread.run_sync(
            partial(upload.examine, candidate, said, received.rest, draft=draft, metadata=metadata),
            limiter=upload.services.inspections,
        )
        if isinstance(examined, Published):
            return await upload.with_usage(_answer(request, candidate, examined))
        submission, warnings = examined
        published = await upload.record(submission, draft, metadata)
    if published.new:
        metrics.uploaded(submission.blob.size_bytes)
    answer = _answer(request, candidate, published, warnings=warnings)
    return await upload.with_usage(answer, published.usage)


@dataclass(slots=True)
class _Upload:
    """One upload of one caller, and the questions it has to pass."""

    services: Services
    caller: Caller
    ahead: Candidate | None = None
    """What was judged before its bytes came, and was not here."""
    judged: Judged | None = None
    """What was found of it when all had come, unless that was known before."""

    @property
    def policy(self) -> Policy:
        """What this index accepts."""
        return self.services.settings.policy

    @property
    def limits(self) -> Limits:
        """How much of anything it accepts."""
        return replace(Limits(), file_bytes=self.services.settings.upload_limit_bytes)

    async def look_ahead(self, in_query: Fields, fields: Fields, filename: str) -> None:
        """Refuse before the bytes come what the fields before them already rule out."""
        if "name" in dict(fields):
            said = form.parse(in_query + fields, policy=self.policy)
            candidate = self.candidate(said, filename)
            judged = await self.services.database.read(self._judge, candidate)
            if judged.file is None:
                self.ahead = candidate

    def candidate(self, said: Form, filename: str) -> Candidate:
        """Which file this would be. Raises Invalid if the name does not fit the form."""
        named = filenames.parse(filename, said, policy=self.policy)
        return Candidate(
            project=said.project,
            spelled=said.spelled,
            skeleton=names.skeleton(said.project),
            version=said.version,
            filename=filename,
            filetype=said.filetype,
            python_version=named.python_version,
        )

    def _judge(self, tx: Transaction, candidate: Candidate) -> Judged:
        judged = publishing.judge(
            tx,
            candidate,
            self.caller.account,
            self.caller.token,
            terms=self.services.terms,
            at=self.services.now(),
        )
        if judged.project is None:
            names.check_new_name(candidate.project)
        return judged

    def examine(
        self, candidate: Candidate, said: Form, rest: bytearray, *, draft: Draft, metadata: Draft
    ) -> Published | tuple[Submission, tuple[str, ...]]:
        """What became of exactly this file before (U17), or what it is now, with warnings.

        Raises what forbids it. All in one thread: for a small file, changing it takes longer.
        """
        draft.write(rest)
        blob = draft.finish()
        database, at = self.services.database, self.services.now()
        if candidate != self.ahead:
            self.judged = database.read_now(self._judge, candidate)
        form.check_digests(said, blob)
        if self.judged is not None and self.judged.file is not None:
            file = self.judged.file
            return database.read_now(before.what_became, file, candidate.project, blob, at=at)
        with draft.reopen() as archive:
            contents = inspect(
                archive,
                filename=candidate.filename,
                form=said,
                policy=self.policy,
                limits=self.limits,
            )
        described = _kept_beside(contents, metadata)
        submission = _submission(candidate, said, blob, contents, described)
        if not self.services.blobs.is_remote:
            _send(submission, draft, metadata)
        return submission, contents.warnings

    async def record(self, submission: Submission, draft: Draft, metadata: Draft) -> Published:
        """The bytes into place, and the rows with their journal entry, in one transaction."""
        if self.services.blobs.is_remote:
            await to_thread.run_sync(
                _send, submission, draft, metadata, limiter=self.services.sends
            )
        return await self.services.add_as(self.caller, self._record, submission, draft, metadata)

    async def with_usage(self, answer: Response, usage: Sequence[Usage] | None = None) -> Response:
        """The answer, with what is left of the caller's limits in its headers."""
        if usage is None:
            its = self.services
            usage = await its.database.read(
                limits.usage, self.caller.account, terms=its.terms, at=its.now()
            )
        answer.headers.update(ratelimits.headers(usage))
        return answer

    def _record(
        self, tx: Transaction, submission: Submission, draft: Draft, metadata: Draft
    ) -> Published:
        published = publishing.publish(
            tx,
            submission,
            self.caller.account,
            self.caller.token,
            terms=self.services.terms,
            at=self.services.now(),
            judged=self.judged,
        )
        if published.new:
            # Law 10: the bytes are whole and in place before the row commits (Blobs.settle).
            draft.keep()
            if submission.core_metadata is not None:
                metadata.keep()
        return published


def _in_query(request: Request) -> Fields:
    return [(key, value) for key, value in request.query_params.multi_items() if key in _IN_QUERY]


def _send(submission: Submission, draft: Draft, metadata: Draft) -> None:
    blobs.send(draft, *([metadata] if submission.core_metadata is not None else []))


def _kept_beside(contents: Contents, metadata: Draft) -> Blob | None:
    """The core metadata as a blob of its own, so that resolvers need no archive (PEP 658)."""
    if not contents.serve_metadata:
        return None
    metadata.write(contents.core_metadata)
    return metadata.finish()


def _submission(
    candidate: Candidate,
    said: Form,
    blob: Blob,
    contents: Contents,
    described: Blob | None,
) -> Submission:
    return Submission(
        candidate=candidate,
        blob=blob,
        comment=said.comment,
        requires_python=contents.requires_python,
        core_metadata=described,
        metadata=contents.metadata,
        installs=contents.installs,
    )


def _answer(
    request: Request, candidate: Candidate, published: Published, *, warnings: tuple[str, ...] = ()
) -> Response:
    if published.waits_for is not None:
        return _waiting(request, candidate, published.waits_for, warnings)
    what = "is published" if published.new else "was published before, with the same contents"
    lines = [f"{candidate.filename} {what}.", *warnings]
    return PlainTextResponse("\n".join(lines) + "\n")


def _waiting(
    request: Request, candidate: Candidate, reason: str, warnings: tuple[str, ...]
) -> Response:
    """RFC 9110 15.3.3: accepted, not yet acted upon, with where to look for what becomes of it."""
    status = f"{site_url(request)}api/projects/{candidate.project}/files/{candidate.filename}"
    lines = [
        f"{candidate.filename} is received and waits for a moderator: {stopped(reason)}",
        f"Its name is reserved. What becomes of it: {status}",
        *warnings,
    ]
    return PlainTextResponse("\n".join(lines) + "\n", 202, {"location": status})
