"""The operations of moderators."""

from index.api.acts import NewDecision
from index.api.cases import Claim
from index.api.moderation import Undo, UndoMany
from index.api.proposals import NewProposal
from index.openapi import casework, judged, standing
from index.openapi.operation import BEFORE, DRY_RUN, NUMBER, Operation, Operations, Query

_ROOT = "/api/moderation"
_MISTAKE = {"reason": "The report was about another project of a similar name."}

MODERATORS: Operations = {
    ("POST", f"{_ROOT}/decisions"): Operation(
        summary="Decide: hold, release, dismiss, set the mode, vouch, or set limits.",
        answers={200: judged.Preview, 201: judged.Decided, 202: judged.Proposed},
        body=NewDecision,
        query=(DRY_RUN,),
        refuses=(404, 409),
        example={
            "act": "hold",
            "subjects": ["project:teapot", "file:teapot-1.0-py3-none-any.whl"],
            "effects": ["hide", "refuse"],
            "reason": "It sends environment variables away when it is installed.",
            "for": "7d",
        },
    ),
    ("GET", f"{_ROOT}/decisions"): Operation(
        summary="List decisions.", answers={200: judged.Decisions}, query=(BEFORE,)
    ),
    ("GET", f"{_ROOT}/decisions/{{id}}"): Operation(
        summary="Show one decision, whole.", answers={200: judged.DecisionSeen}
    ),
    ("POST", f"{_ROOT}/decisions/{{id}}/undo"): Operation(
        summary="Undo a decision, exactly.",
        answers={200: judged.Preview, 201: judged.Decided},
        body=Undo,
        query=(DRY_RUN,),
        refuses=(409,),
        example=_MISTAKE,
    ),
    ("POST", f"{_ROOT}/undo"): Operation(
        summary="Undo what somebody decided in some time, or about a case.",
        answers={200: judged.Preview, 201: judged.Decided},
        body=UndoMany,
        query=(DRY_RUN,),
        refuses=(404, 409),
        example={"by": "cat", "since": "2026-01-25T14:30:00Z", "reason": "A stolen token."},
    ),
    ("GET", f"{_ROOT}/proposals"): Operation(
        summary="List what takes two people.", answers={200: judged.Proposals}
    ),
    ("POST", f"{_ROOT}/proposals"): Operation(
        summary="Propose to erase files.",
        answers={202: judged.Proposed},
        body=NewProposal,
        refuses=(404, 409),
        example={
            "act": "erase",
            "subjects": ["file:teapot-1.0-py3-none-any.whl"],
            "reason": "It holds somebody's private key.",
        },
    ),
    ("DELETE", f"{_ROOT}/proposals/{{id}}"): Operation(
        summary="Cancel a proposal.", answers={200: judged.Proposed}, refuses=(409,)
    ),
    ("POST", f"{_ROOT}/proposals/{{id}}/confirm"): Operation(
        summary="Confirm a proposal, as the second person.",
        answers={201: judged.Confirmed},
        refuses=(409,),
    ),
    ("GET", f"{_ROOT}/holds"): Operation(
        summary="List the holds in force.", answers={200: judged.Holds}
    ),
    ("GET", f"{_ROOT}/journal"): Operation(
        summary="Read the journal.",
        answers={200: judged.Entries},
        query=(Query(name="since", schema=NUMBER, meaning="Only entries after this serial."),),
    ),
    ("GET", f"{_ROOT}/journal/verify"): Operation(
        summary="Check that the chain of the journal is whole.",
        answers={200: judged.Verified},
    ),
    ("GET", f"{_ROOT}/queue"): Operation(
        summary="List the open cases, the most pressing first.",
        answers={200: casework.Queue},
        query=(
            Query(
                name="limit",
                schema={**NUMBER, "minimum": 1, "default": 50},
                meaning="How many, 200 at most.",
            ),
            Query(name="unclaimed", schema=NUMBER, meaning="With 1 only those nobody is at."),
        ),
    ),
    ("GET", f"{_ROOT}/cases/{{id}}"): Operation(
        summary="Show all about a case.", answers={200: casework.Case}
    ),
    ("PUT", f"{_ROOT}/cases/{{id}}/claim"): Operation(
        summary="Claim a case for some minutes.",
        answers={200: judged.CaseClaimed},
        body=Claim,
        refuses=(409,),
        example={"take_over": True},
    ),
    ("DELETE", f"{_ROOT}/cases/{{id}}/claim"): Operation(
        summary="Let somebody else claim a case.",
        answers={200: judged.CaseClaimed},
        refuses=(409,),
    ),
    ("GET", f"{_ROOT}/messages"): Operation(
        summary="List the messages of the outbox.",
        answers={200: casework.Messages},
        query=(BEFORE,),
    ),
    ("GET", f"{_ROOT}/accounts/{{account}}"): Operation(
        summary="Show what moderators may know of an account.",
        answers={200: standing.AccountSeen},
    ),
}
