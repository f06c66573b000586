"""The end of holds: the journal says when one ended by itself, so that followers learn of it.

What is shown does not wait for that: an end counts when its time has come.
"""

from datetime import timedelta

from index.services import Services
from storage import expiries
from storage.database import Transaction

TIME = timedelta(seconds=10)
"""After how long a pass says no more; the next one does."""


def is_wanted(services: Services) -> bool:
    """Whether any hold has ended of which the journal does not say so."""
    return services.database.read_now(expiries.is_any, at=services.now())


def explain(services: Services) -> None:
    """Say of each decision whose holds have ended that they have: once, whoever else does."""
    began_at = services.now()

    def say(tx: Transaction) -> bool:
        at = services.now()
        ended = expiries.unsaid(tx, at=at)
        if ended is None or at - began_at > TIME:
            return False
        expiries.say(tx, ended, at=at)
        return True

    while services.database.write_now(say):
        pass
