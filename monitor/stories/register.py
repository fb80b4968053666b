"""The articles of the window by their place, in columns: a hundred thousand as objects would take 50 MB."""

import numpy as np
from numpy.typing import NDArray

from monitor.stories.story import Member

_FIELDS: list[tuple[str, type]] = [
    ("story", np.int64),
    ("entry", np.int64),
    ("size", np.uint32),
    ("triples", np.uint32),
]
_FIELDS += [("newsroom", np.uint32), ("origin", np.uint32), ("at", np.float64)]
_ROOM = 1_024  # rows to begin with; doubled when full

Places = NDArray[np.int64]


class Register:
    """Articles go by their place: 0, 1, 2 in the order they came."""

    def __init__(self) -> None:
        self._rows = np.zeros(_ROOM, np.dtype(_FIELDS))
        self.count = 0  # articles
        self._numbers: dict[str, int] = {}  # newsroom or agency -> its number
        self._names: list[str] = []

    def add(self, member: Member) -> None:
        if self.count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self.count] = (
            member.story,
            member.entry_id,
            member.size,
            len(member.sketch),
            self._number(member.newsroom),
            self._number(member.origin),
            member.at.timestamp(),
        )
        self.count += 1

    def stories(self, places: Places) -> Places:
        found: Places = self._rows["story"][places]
        return found

    def triples(self, places: Places) -> Places:
        found: Places = self._rows["triples"][places].astype(np.int64)
        return found

    def are_of(self, newsroom: str, places: Places) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self._rows["newsroom"][places] == self._numbers.get(newsroom, -1)
        return found

    def place(self, entry: int) -> int:
        """Of an entry that is known here."""
        return int(np.flatnonzero(self._rows["entry"][: self.count] == entry)[-1])

    def knows(self, entry: int) -> bool:
        return bool((self._rows["entry"][: self.count] == entry).any())

    def entry(self, place: int) -> int:
        return int(self._rows["entry"][place])

    def story(self, place: int) -> int:
        return int(self._rows["story"][place])

    def size(self, place: int) -> int:
        return int(self._rows["size"][place])

    def origin(self, place: int) -> str:
        return self._names[int(self._rows["origin"][place])]

    def at(self, place: int) -> float:
        return float(self._rows["at"][place])

    def move(self, entry: int, story: int) -> None:
        """An article that a person has put into another story."""
        self._rows["story"][: self.count][self._rows["entry"][: self.count] == entry] = story

    def first_since(self, at: float) -> int:
        """The place before which all articles are older."""
        fresh = np.flatnonzero(self._rows["at"][: self.count] >= at)
        return int(fresh[0]) if len(fresh) else self.count

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        return self._numbers[name]
