"""Reports: what is wrong, from anybody who is signed in, and how it ended."""

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from index.api.bodies import Body, answer, read
from index.api.numbers import number_in_query
from index.auth.callers import Caller
from index.services import services
from index.timestamps import utc
from moderation import reports
from moderation.reports import MAX_SUBJECTS, Statement
from storage import reports as stored_reports
from storage.problems import Forbidden, Unprocessable
from storage.records import Kind, Report, Scope

LISTED = 200
"""How many reports one answer has."""

SUMMARY_CHARACTERS = 2_000
EVIDENCE = 50

Line = Annotated[int, msgspec.Meta(ge=1, le=(1 << 31) - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=SUMMARY_CHARACTERS)]


class Evidence(Body, frozen=True, omit_defaults=True):
    """Where to look, and what for."""

    file: Name | None = None
    line: Line | None = None
    rule: Name | None = None
    text: Text | None = None


Places = Annotated[tuple[Text | Evidence, ...], msgspec.Meta(max_length=EVIDENCE)]


class NewReport(Body, frozen=True):
    """What somebody says is wrong, with one subject or several."""

    kind: Kind
    summary: Text
    subject: Name | None = None
    subjects: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MAX_SUBJECTS)] = ()
    evidence: Text | Evidence | Places | None = None
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None


async def report(request: Request, caller: Caller) -> Response:
    """`POST /api/reports`: say what is wrong; each subject goes to its case."""
    if not caller.may(Scope.REPORT):
        raise Forbidden(
            "This needs a token of scope report, upload or moderate, and yours only reads.",
            hint="Make one with POST /api/tokens, or send a name and a password.",
        )
    wanted = await read(request, NewReport)
    if (wanted.subject is None) == (not wanted.subjects):
        raise Unprocessable("Name one subject, or several as subjects.")
    found = services(request)
    statement = Statement(
        kind=wanted.kind,
        summary=wanted.summary,
        evidence=list(_places(wanted)),
        key=wanted.key,
        key_request=hashlib.sha256(msgspec.json.encode(wanted)).hexdigest(),
    )
    names = (wanted.subject,) if wanted.subject is not None else wanted.subjects
    made = await found.write_as(
        caller, reports.report, names, statement, caller.account, terms=found.terms, at=found.now()
    )
    shown = [_brief(each) for each in made]
    return answer({"report": shown[0], "reports": shown}, status=202)


async def list_mine(request: Request, caller: Caller) -> Response:
    """`GET /api/reports?before=ID`: the caller's own, the newest first, and how they ended."""
    found = await services(request).database.read(
        stored_reports.of_reporter,
        caller.account.id,
        limit=LISTED,
        before=number_in_query(request, "before"),
    )
    return answer({"reports": [_whole(each) for each in found]})


def _places(wanted: NewReport) -> Iterator[dict[str, Any]]:
    """Each place to look at; words alone are one too."""
    found = wanted.evidence
    for each in found if isinstance(found, tuple) else [found]:
        if isinstance(each, str):
            yield {"text": each}
        elif each is not None:
            yield msgspec.to_builtins(each)


def _brief(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "subject": report.subject,
        "case": report.case,
        "status": report.outcome,
    }


def _whole(report: Report) -> dict[str, Any]:
    ending = report.ending
    return {
        **_brief(report),
        "kind": report.kind,
        "summary": report.summary,
        "at": utc(report.at),
        "ended_at": utc(ending.at) if ending else None,
        "reason": ending.reason if ending else None,
    }
