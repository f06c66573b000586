"""The list of projects as the fast lane answers it: prepared once for each list."""

from datetime import datetime

from index import ready
from index.caching import Caching
from index.prepared import Asked, Prepared, prepare
from index.ready import Coding, Served
from index.simple.negotiation import Representation, representation_of
from index.simple.root import Root
from storage.watching import Watch

_ROUTE = "/simple/"


class PreparedRoot:
    """The list of projects, whenever it may be answered without waiting."""

    def __init__(self, root: Root, watch: Watch, caching: Caching) -> None:
        self._root = root
        self._watch = watch
        self._caching = caching
        self._prepared: dict[
            Representation, tuple[Served, dict[tuple[Coding, bool], Prepared]]
        ] = {}

    def prepared(self, asked: Asked, *, at: datetime) -> Prepared | None:
        """The answer, if it is ready by the watch's last look."""
        representation = representation_of(asked.accept)
        coding = ready.known_coding(asked.accept_encoding)
        if representation is None or coding is None:
            return None
        page = self._root.current(representation, coding, newest=self._watch.newest, at=at)
        if page is None:
            return None
        has = ready.has_already(page, coding, asked.if_none_match)
        of, answers = self._prepared.get(representation, (None, {}))
        if of is not page:
            answers = {}
            self._prepared[representation] = page, answers
        if (found := answers.get((coding, has))) is None:
            response = ready.answer(asked.as_headers(), "GET", page, caching=self._caching)
            found = answers[coding, has] = prepare(response, route=_ROUTE)
        return found
