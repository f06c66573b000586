"""People who can be written to, files to decide about, and what became of the messages."""

import base64
from typing import Any

from index.background import JOBS
from storage.schema import accounts
from tests.kit.makers import a_wheel
from tests.kit.receiving import Hook, Post
from tests.kit.world import Person, World

(OUTBOX,) = [job for job in JOBS if job.name == "outbox"]
SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of pure chance.").decode()
TOAST = a_wheel("toasting", "1.0")
OTHER = a_wheel("crumpets", "1.0")
ABOUT = f"file:{TOAST.filename}"


def telling(post: Post, hook: Hook) -> dict[str, object]:
    """The settings of an index that sends to these."""
    return {
        "smtp_url": f"smtp://127.0.0.1:{post.port}",
        "mail_from": "Bascule <bascule@index.test>",
        "webhook_urls": (hook.url,),
        "webhook_secret": SECRET,
    }


def set_email(world: World, person: Person) -> None:
    """Let this person have an address."""
    assert person.account is not None
    mine = accounts.update().where(accounts.c.id == person.account.id)
    change = mine.values(email=f"{person.name}@people.test")
    world.services.database.write_now(lambda tx: tx.execute(change))


def passes(world: World, **length: float) -> None:
    """Let time pass, and send what is due then."""
    world.clock.passes(**length)
    OUTBOX.run(world.services)


def listed(moderator: Person, decision: int) -> list[tuple[Any, ...]]:
    """Kind, recipient, attempts and outcome of each message about a decision, oldest first."""
    found = moderator.gets("/api/moderation/messages").json()["messages"]
    keys = ("kind", "recipient", "attempts", "outcome")
    mine = [each for each in found if each["decision"] == decision]
    return [tuple(each[key] for key in keys) for each in reversed(mine)]
