"""The operations of everybody, of accounts and of owners."""

from index.api.accounts import NewToken, Registration
from index.api.appeals import NewAppeal
from index.api.projects import NewStatus, Reason
from index.api.reports import NewReport
from index.openapi import answers
from index.openapi.operation import BEFORE, NUMBER, Operation, Operations, Query, Schema

_RELEASE = "/api/projects/{project}/releases/{version}"
_FILE = "/api/projects/{project}/files/{filename}"
_MEMBER = "/api/projects/{project}/members/{account}"
_WHY = {"reason": "It breaks on Windows."}
_TOKEN_ID: Schema = {"type": "string", "minLength": 1, "examples": ["4f1c20a7d3e58b96"]}

EVERYBODY: Operations = {
    ("GET", "/api/admission"): Operation(
        summary="Show which mode is in force.", answers={200: answers.Admission}
    ),
    ("GET", "/api/decisions"): Operation(
        summary="List decisions as everybody may know them: by role, without a name.",
        answers={200: answers.PublicDecisions},
        query=(
            BEFORE,
            Query(
                name="limit",
                schema={**NUMBER, "minimum": 1, "maximum": 100, "default": 50},
                meaning="How many.",
            ),
        ),
    ),
    ("POST", "/api/accounts"): Operation(
        summary="Make an account, where sign-up is on.",
        answers={201: answers.AccountMade},
        body=Registration,
        refuses=(403, 409, 429),
        example={"name": "dan", "password": "a long password", "email": "dan@example.org"},
    ),
    ("POST", "/api/tokens"): Operation(
        summary="Make a token, for a name and a password.",
        answers={201: answers.TokenMade},
        body=NewToken,
        refuses=(401, 403, 409),
        example={
            "name": "ann",
            "password": "a long password",
            "scope": "upload",
            "project": "teapot",
            "expires": "7d",
        },
    ),
    ("DELETE", "/api/tokens/{id}"): Operation(
        summary="Revoke a token.",
        answers={200: answers.TokenRevoked},
        refuses=(403, 409),
        path={"id": _TOKEN_ID},
    ),
    ("GET", "/api/me"): Operation(
        summary="Show who asks, what is left of the limits, and what is held against them.",
        answers={200: answers.Me},
    ),
    ("POST", "/api/reports"): Operation(
        summary="Say that something is wrong.",
        answers={202: answers.ReportsMade},
        body=NewReport,
        refuses=(403, 404, 409),
        example={
            "subject": "project:teapot",
            "kind": "malware",
            "summary": "It sends environment variables away when it is installed.",
            "evidence": [{"file": "setup.py", "line": 12}],
            "key": "scan-2026-11-25-17",
        },
    ),
    ("POST", "/api/decisions/{id}/appeal"): Operation(
        summary="Say that a decision about oneself or one's projects is wrong.",
        answers={201: answers.Appealed},
        body=NewAppeal,
        refuses=(403, 404, 409),
        example={"message": "It reads one variable to find its own folder."},
    ),
    ("GET", "/api/reports"): Operation(
        summary="List one's own reports, and how they ended.",
        answers={200: answers.MyReports},
        query=(BEFORE,),
    ),
}


def _of_part(path: str, part: str) -> Operations:
    return {
        ("POST", f"{path}/yank"): Operation(
            summary=f"Yank a {part}: installers take it only if told to.",
            answers={200: answers.Yanked},
            body=Reason,
            example=_WHY,
        ),
        ("DELETE", f"{path}/yank"): Operation(
            summary=f"Take the yank of a {part} back.",
            answers={200: answers.Yanked},
            refuses=(409,),
        ),
        ("POST", f"{path}/withdraw"): Operation(
            summary=f"Withdraw a {part}; its name stays taken.",
            answers={201: answers.Withdrawn},
            body=Reason,
            refuses=(409,),
            example=_WHY,
        ),
        ("DELETE", f"{path}/withdraw"): Operation(
            summary=f"Restore a {part}, exactly.",
            answers={201: answers.Withdrawn},
            body=Reason,
            refuses=(409,),
            example={"reason": "It was not the fault of this one."},
        ),
    }


OWNERS: Operations = {
    ("GET", _FILE): Operation(
        summary="Show what became of an upload.", answers={200: answers.Upload}
    ),
    ("PUT", "/api/projects/{project}/status"): Operation(
        summary="Say that a project is active, archived or deprecated.",
        answers={200: answers.StatusSet},
        body=NewStatus,
        example={"status": "deprecated", "reason": "Use kettle."},
    ),
    ("PUT", _MEMBER): Operation(
        summary="Make an account a member of the project.",
        answers={200: answers.Member},
        refuses=(409,),
    ),
    ("DELETE", _MEMBER): Operation(
        summary="Take a membership back.", answers={200: answers.Member}, refuses=(409,)
    ),
    **_of_part(_RELEASE, "release"),
    **_of_part(_FILE, "file"),
}
