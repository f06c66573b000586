"""An index below every door: the functions of moderation on the rows, in one transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName

from index.upload.names import skeleton
from moderation import (
    appeals,
    cases,
    decisions,
    modes,
    overriding,
    owners,
    publishing,
    reports,
    trust,
    undoing,
)
from moderation.deciding import Why
from moderation.owners import Part
from moderation.permissions import check_not_suspended, known_project
from moderation.reports import Statement
from moderation.submissions import Candidate, Submission
from moderation.terms import Terms
from storage import accounts, holds, tokens
from storage import decisions as stored_decisions
from storage.blobs import Hashes
from storage.database import Transaction
from storage.records import Account, Allowance, Blob, Decision, Mode, Token
from tests.kit import forcing
from tests.kit.forcing import case_number
from tests.kit.histories import FILES, Met, Step
from tests.kit.makers import Archive

TERMS = Terms(project_bytes=1 << 30)


class Below:
    """See tests.kit.histories.Index."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    def act(self, step: Step, at: datetime) -> int:
        """See Index.act. What is refused leaves nothing behind."""
        with self.tx.begin_nested():
            made = self._act(step, at)
            return made.id if isinstance(made, Decision) else 0

    def opened(self, decision: int) -> dict[str, int]:
        """See Index.opened."""
        made = stored_decisions.by_id(self.tx, decision)
        return {hold.subject: hold.id for hold in holds.by_ids(self.tx, made.holds)}

    def met(self, file: str) -> Met:
        """See Index.met."""
        return forcing.met(self.tx, file)

    def force(self, step: Step, at: datetime) -> int:
        """See Index.force."""
        return forcing.force(self.tx, step, at)

    def _act(self, step: Step, at: datetime) -> Any:
        tx, args = self.tx, step.args
        case = case_number(tx, step.case) if step.case else None
        why = Why(by=f"account:{step.by}", at=at, reason=forcing.reason(step), case=case)
        match step.act:
            case "hold":
                until = at + args[2] if args[2] else None
                return decisions.hold(tx, args[0], why=why, effects=args[1], until=until)
            case "mode":
                until = at + args[1] if args[1] and args[0] is not Mode.OPEN else None
                return modes.set_mode(tx, args[0], why=why, until=until)
            case "vouch":
                return trust.vouch(tx, args, why=why)
            case "limits":
                until, allowed = at + args[2] if args[2] else None, Allowance(files_per_day=args[1])
                return overriding.override(tx, args[:1], allowed, why=why, until=until)
            case "dismiss":
                return decisions.dismiss(tx, case_number(tx, step.case), why=why)
            case "release":
                return decisions.release(tx, args[0], why=why)
            case "release holds":
                return decisions.release(tx, why=why, hold_ids=args[0])
            case "undo":
                return undoing.undo(tx, args[0], why=why)
            case "undo all":
                by = undoing.actors(args[0])
                why = replace(why, case=None)
                return undoing.undo_made(tx, by=by, since=args[1], until=None, why=why, case=case)
            case "claim" | "take over" | "give back":
                return _CLAIMS[step.act](tx, case_number(tx, *args), _account(tx, step.by), at=at)
            case "appeal":
                account = _account(tx, step.by)
                return appeals.appeal(tx, *args, account, message=why.reason, at=at)
        return self._own(step, why, *self._caller(step.by, at))

    def _caller(self, name: str, at: datetime) -> tuple[Account, Token]:
        account, token = _account(self.tx, name), tokens.by_id(self.tx, name)
        assert token is not None
        check_not_suspended(self.tx, account, token, at=at)
        return account, token

    def _own(self, step: Step, why: Why, account: Account, token: Token) -> Any:
        tx, what = self.tx, step.args[0]
        match step.act:
            case "upload":
                return publishing.publish(
                    tx, submission(FILES[what]), account, token, terms=TERMS, at=why.at
                )
            case "report":
                said = Statement(kind=step.args[1], summary=why.reason)
                return reports.report(tx, [what], said, account, terms=TERMS, at=why.at)
            case "say":
                return owners.set_status(
                    tx, known_project(tx, what), account, status=step.args[1], reason="", at=why.at
                )
            case "yank":
                return owners.yank(tx, part(tx, what), account, reason=step.by, at=why.at)
            case "unyank":
                return owners.unyank(tx, part(tx, what), account, at=why.at)
            case "withdraw":
                return owners.withdraw(tx, part(tx, what), account, why=why)
            case "restore":
                return owners.restore(tx, part(tx, what), account, why=why)
        raise AssertionError(step)


_CLAIMS = {"claim": cases.claim, "take over": cases.take_over, "give back": cases.give_back}


def _account(tx: Transaction, name: str) -> Account:
    account = accounts.by_name(tx, name)
    assert account is not None
    return account


def part(tx: Transaction, subject: str) -> Part:
    """The part of that subject. Raises NotFound."""
    kind, _, name = subject.partition(":")
    if kind == "file":
        return owners.file_by_name(tx, name)
    return owners.release_part(tx, *name.split("/"))


def submission(archive: Archive) -> Submission:
    """An archive as the inspection would let it through, without its bytes."""
    return Submission(
        candidate=candidate(archive),
        blob=_blob(archive.content),
        comment="",
        requires_python=None,
        core_metadata=_blob(archive.filename.encode()),
        metadata={"name": archive.name, "version": archive.version},
    )


def candidate(archive: Archive) -> Candidate:
    """The file that the archive wants to be."""
    name = NormalizedName(archive.name)
    return Candidate(
        project=name,
        spelled=archive.name,
        skeleton=skeleton(name),
        version=archive.version,
        filename=archive.filename,
        filetype=archive.filetype,
        python_version=archive.python_version,
    )


def _blob(content: bytes) -> Blob:
    hashes = Hashes()
    hashes.update(content)
    return hashes.blob()
