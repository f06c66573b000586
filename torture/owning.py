"""One who owns a project and has it moderated, and knows all the while what must be true of it."""

import time
from base64 import b64encode
from collections.abc import Iterator
from random import Random
from threading import Event
from urllib.parse import quote

from tests.kit.makers import Archive, a_wheel
from tests.kit.world import JSON
from torture import acts
from torture.acts import Act, Known
from torture.asking import Asking, Said
from torture.site import Site

FILES = 60
"""How many files one project gets; then only what is there is acted upon."""

SIZES = (10, 10, 1_000, 300_000)
"""How much a file may hold, in bytes."""


class Owner:
    """Acts, one act after the other, until told to stop; each answer is looked into at once."""

    def __init__(self, site: Site, name: str, chances: Random) -> None:
        self.project = f"toast-of-{name}"
        self._name = name
        self._projects = 0
        self.files: list[Known] = []
        self._faults: list[str] = []
        self.acts = 0
        self._site = site
        self._chances = chances
        self._asking = Asking()
        self._doubts: list[Act] = []
        secret = b64encode(f"__token__:{site.owners[name]}".encode()).decode()
        self._mine = {"authorization": f"Basic {secret}"}
        self._moderates = {"authorization": f"Bearer {site.moderator}"}

    def acts_until(self, stop: Event, *, half: bool = False) -> None:
        """Do this and that, and look whether it is so.

        With *half*, rest as long after each act, and begin another project when one is full.
        """
        while not stop.is_set():
            began = time.monotonic()
            if half and len(self.files) >= FILES:
                self._projects += 1
                self.project, self.files = f"toast-{self._projects}-of-{self._name}", []
            act = self._next()
            if act is None:
                stop.wait(0.01)
                continue
            self.acts += 1
            if self._asks(act):
                self._looks_at(act.known)
            if half:
                stop.wait(time.monotonic() - began)

    def settles(self) -> None:
        """Now that all is well again: ask once more for what nobody answered."""
        self._asking.close()
        doubts, self._doubts = self._doubts, []
        for act in doubts:
            if not self._asks(act, again=True):
                self._faults.append(f"{act.method} {act.path} is not answered even now.")

    def found(self) -> list[str]:
        """What was answered until now that must not be, each in a sentence."""
        self._asking.close()
        found, self._faults = self._faults, []
        return found

    def looks(self, url: str, known: Known) -> Iterator[str]:
        """What is wrong with what one server says of a file; nothing if it does not answer."""
        name, shown = known.archive.filename, known.shown
        page = self._asking.ask(url, "GET", f"/simple/{known.project}/", headers={"accept": JSON})
        file = self._asking.ask(url, "GET", f"/packages/{known.archive.sha256}/{quote(name)}")
        for said in (page, file):
            yield from _odd(said, only=(200, 404))
        if file is not None and file.status == 200 and file.content != known.archive.content:
            yield f"{name} has other bytes than were uploaded."
        if shown is None:
            return
        due = "shown" if shown else "hidden"
        if file is not None and file.status in (200, 404) and (file.status == 200) is not shown:
            yield f"{name} has to be {due}, and its bytes are answered {file.status}."
        if page is not None and page.status in (200, 404):
            entries = _entries(page)
            if (name in entries) is not shown:
                yield f"{name} has to be {due}, and the page says otherwise."
            elif shown and known.yanked is not None and entries[name] is not known.yanked:
                yield f"{name} is {'' if known.yanked else 'not '}yanked; the page denies it."

    def _next(self) -> Act | None:
        doubtful = [act.known for act in self._doubts]
        sure = [each for each in self.files if not any(each is other for other in doubtful)]
        if len(self.files) < FILES and (not sure or self._chances.random() < 0.4):
            known = Known(project=self.project, archive=self._another())
            self.files.append(known)
            return acts.upload(known, self._mine)
        if not sure:
            return None
        known, chance = self._chances.choice(sure), self._chances.random()
        if known.hold is not None:
            return acts.judge(known, self._moderates)
        if known.hidden or chance < 0.25:
            return acts.withdraw(known, self._mine)
        if chance < 0.5:
            return acts.yank(known, self._mine)
        return acts.judge(known, self._moderates)

    def _asks(self, act: Act, *, again: bool = False) -> bool:
        """Whether it was answered, and done."""
        url = self._site.any_url(self._chances)
        said = self._asking.ask(url, act.method, act.path, headers=act.headers, body=act.body)
        expected = act.done + (act.again if again else ())
        self._faults += _odd(said, only=expected)
        if said is not None and said.status in expected:
            act.learn(said)
            if act.may_be_late:
                self._waits_for(act.known)
            return True
        self._doubts.append(act)
        if said is None or said.status != 507:  # That says that nothing was stored.
            act.doubt()
        self._looks_at(act.known)
        return False

    def _waits_for(self, known: Known) -> None:
        """Until every node knows of an upload, or a lease is over."""
        until = time.monotonic() + self._site.late_seconds
        while time.monotonic() < until:
            urls = [node.url for node in self._site.nodes]
            if not any(fault for url in urls for fault in self.looks(url, known)):
                return
            time.sleep(0.01)

    def _looks_at(self, known: Known) -> None:
        self._faults += self.looks(self._site.any_url(self._chances), known)

    def _another(self) -> Archive:
        crumbs = self._chances.randbytes(self._chances.choice(SIZES))
        return a_wheel(self.project, f"1.{len(self.files)}", files={"crumbs": crumbs})


def _odd(said: Said | None, *, only: tuple[int, ...]) -> Iterator[str]:
    if said is not None and said.status not in only and not said.is_refusal:
        yield f"Somebody was answered {said.status}: {said.content[:300]!r}"


def _entries(page: Said) -> dict[str, bool]:
    """The files that a page lists, and whether each is yanked."""
    if page.status == 404:
        return {}
    files = page.json()["files"]
    assert isinstance(files, list)
    return {each["filename"]: bool(each.get("yanked")) for each in files}
