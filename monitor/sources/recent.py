"""Pages that have just come: an article stands in several feeds of a site, and is asked for once."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Fetched, FetchOutcome
from monitor.sources.lanes import Lanes

KEPT = timedelta(minutes=10)  # polls of the feeds of a site, five minutes apart, see an article by then
FAILED = timedelta(minutes=1)  # a page that did not come is asked for again after five
MOST = 16 * 1024 * 1024  # bytes of bodies, of 0.2 MB usually


@dataclass(frozen=True, slots=True)
class _Page:
    outcome: FetchOutcome
    until: datetime

    @property
    def size(self) -> int:
        return len(self.outcome.body) if isinstance(self.outcome, Fetched) else 0


class Recent:
    """Who asks for a page that is on its way waits for it. When there are too many, the least used go."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._turns = Lanes()
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._held = 0

    async def page(self, key: Hashable, ask: Callable[[], Awaitable[FetchOutcome]]) -> FetchOutcome:
        async with self._turns.turn(repr(key)):
            page = self._pages.get(key)
            if page and page.until > self._clock():
                self._pages.move_to_end(key)
                return page.outcome
            return self._keep(key, await ask())

    def forget(self, key: Hashable) -> None:
        if page := self._pages.pop(key, None):
            self._held -= page.size

    def _keep(self, key: Hashable, outcome: FetchOutcome) -> FetchOutcome:
        self.forget(key)
        until = self._clock() + (KEPT if isinstance(outcome, Fetched) else FAILED)
        self._pages[key] = page = _Page(outcome, until)
        self._held += page.size
        self._let_go()
        return outcome

    def _let_go(self) -> None:
        """Of what is old, and of what is too much."""
        now = self._clock()
        while self._pages:
            key, oldest = next(iter(self._pages.items()))
            if oldest.until > now and self._held <= MOST:
                return
            self.forget(key)
