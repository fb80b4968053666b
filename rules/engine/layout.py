"""A document as positions, one for each word, and where these stand in the text.

Only what is asked for is worked out: most documents are passed over by all rules, and most that are not are
judged without their characters.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rules.document import Document, Span
from rules.engine.places import Fence, bits, positions
from rules.engine.plan import WHOLE_BODY
from rules.text.sentences import sentences
from rules.text.words import CHUNK, parts

# So many words in capitals in a row are a shout: WHO KILLED THE KING is no news of the WHO.
_SHOUT = 4
# The beginning of an article: title and first paragraph, with at least and at most so many words of the body.
_LEAD = (40, 80)
_NEWLINE = re.compile("\n")


def segments(document: Document) -> Iterator[tuple[int, str]]:
    """What no phrase crosses the edges of: the title, the body from break to break, with where each starts.

    Cut out, not given as bounds: a pattern that looks behind would see what stands before a break.
    """
    yield 0, document.title
    body = document.body
    edges = [0, *sorted(at for at in document.breaks if 0 < at < len(body)), len(body)]
    for start, end in pairwise(edges):
        yield start, body[start:end]


@dataclass(frozen=True, slots=True)
class View:
    """What a plan looks at: the title or not, so many first words of the body; and what is judged one by one.

    `unit` is sentence or paragraph, and `judged` has a bit for each of them that counts; with "" the whole is
    judged at once, as bit 0.
    """

    title: bool = True
    body: int = WHOLE_BODY
    unit: str = ""
    judged: int = 1


class Layout:
    """`sizes`: how many positions each chunk takes; `edges`: where each segment ends, in positions."""

    def __init__(self, document: Document, sizes: Sequence[int], edges: Sequence[int]) -> None:
        self.document = document
        self.sizes = sizes
        self.edges = edges
        self.body_at = edges[0]
        self.length = edges[-1]
        self.fences: dict[str, Fence] = {}
        self.masks: dict[tuple[bool, int], int] = {}
        self.shown: dict[tuple[View, str], int] = {}
        self.spans: dict[tuple[int, int], Span] = {}

    # --- chunks ---

    @cached_property
    def chunks(self) -> list[tuple[int, int, int]]:
        """(first position, start, end in its text) of every chunk."""
        found, position = [], 0
        spans = (
            (at + chunk.start(), at + chunk.end())
            for at, text in segments(self.document)
            for chunk in CHUNK.finditer(text)
        )
        for size, (start, end) in zip(self.sizes, spans, strict=True):
            if size:
                found.append((position, start, end))
                position += size
        return found

    @cached_property
    def title_chunks(self) -> int:
        return bisect_left(self.chunks, (self.body_at,))

    def chunk_at(self, position: int) -> int:
        """The number of the chunk that a position belongs to."""
        return bisect_left(self.chunks, (position + 1,)) - 1

    def chunk(self, number: int) -> str:
        _, start, end = self.chunks[number]
        return self.text(number)[start:end]

    def text(self, number: int) -> str:
        return self.document.title if number < self.title_chunks else self.document.body

    # --- characters ---

    def span(self, first: int, last: int) -> Span:
        """From the first character of one position to the last of another."""
        key = first, last
        if key not in self.spans:
            field, start, end = self.place(first)
            self.spans[key] = Span(field, start, end if last == first else self.place(last)[2])
        return self.spans[key]

    def place(self, position: int) -> tuple[str, int, int]:
        """Field and characters of the word at a position."""
        number = self.chunk_at(position)
        first, start, _ = self.chunks[number]
        part = parts(self.chunk(number))[position - first]
        return "title" if number < self.title_chunks else "body", start + part.start, start + part.end

    # --- shouts ---

    def shouted(self, position: int) -> bool:
        """True for a word in a run of words in capitals; in US-led it is not."""
        number = self.chunk_at(position)
        return (
            self.chunk(number).isupper()
            and 1 + self._capitals(number, -1) + self._capitals(number, 1) >= _SHOUT
        )

    def _capitals(self, number: int, step: int) -> int:
        """How many words in capitals stand beside a chunk, on its line; figures neither count nor end it."""
        count = 0
        while count < _SHOUT and self._same_line(number, number + step):
            number += step
            chunk = self.chunk(number)
            if not (chunk.isupper() or chunk.isdecimal()):
                break
            count += chunk.isupper()
        return count

    def _same_line(self, one: int, two: int) -> bool:
        if not 0 <= two < len(self.chunks) or (one < self.title_chunks) != (two < self.title_chunks):
            return False
        (_, _, end), (_, start, _) = self.chunks[min(one, two)], self.chunks[max(one, two)]
        return "\n" not in self.text(one)[end:start]

    # --- the parts of a document ---

    def lead(self) -> int:
        """How many words of the body belong to its beginning."""
        least, most = _LEAD
        counts = (start - self.body_at for start in self.starts("paragraph") if start > self.body_at)
        return min(next((count for count in counts if count >= least), self.length - self.body_at), most)

    def mask(self, view: View) -> int:
        """The positions that a view shows."""
        key = view.title, view.body
        if key not in self.masks:
            title = (1 << self.body_at) - 1 if view.title else 0
            body = (1 << min(view.body, self.length - self.body_at)) - 1
            self.masks[key] = title | body << self.body_at
        return self.masks[key]

    def fence(self, unit: str) -> Fence:
        if unit not in self.fences:
            starts = self.starts(unit) if unit else ()
            self.fences[unit] = Fence((0, *self.edges, *starts), self.length)
        return self.fences[unit]

    # --- sentences and paragraphs ---

    def starts(self, unit: str) -> list[int]:
        """First positions of the sentences or paragraphs that have words; the title is one of its own."""
        return self._sentences if unit == "sentence" else self._paragraphs

    @cached_property
    def _sentences(self) -> list[int]:
        return self._starts([end for _, end in sentences(self.document.body)])

    @cached_property
    def _paragraphs(self) -> list[int]:
        return self._starts([found.start() for found in _NEWLINE.finditer(self.document.body)])

    def _starts(self, ends: Sequence[int]) -> list[int]:
        """`ends` are offsets in the body after which another unit begins."""
        found = [0] if self.body_at else []
        known = -1
        for position, start, _ in self.chunks[self.title_chunks :]:
            if (unit := bisect_right(ends, start)) != known:
                found.append(position)
                known = unit
        return found

    def first_positions(self, numbers: int, unit: str) -> int:
        starts = self.starts(unit)
        return bits(starts[number] for number in positions(numbers))

    def number(self, position: int, unit: str) -> int:
        """Of the unit that a position belongs to."""
        return bisect_right(self.starts(unit), position) - 1

    def numbers(self, found: int, unit: str) -> int:
        """The units that have these positions."""
        if not unit:
            return 1 if found else 0
        return bits({self.number(position, unit) for position in positions(found)})

    def region(self, numbers: int, unit: str) -> int:
        """The positions of these units: the sum of 2**end - 2**start."""
        if not unit:
            return (1 << self.length) - 1 if numbers else 0
        ends = [*self.starts(unit)[1:], self.length]
        return bits(ends[number] for number in positions(numbers)) - self.first_positions(numbers, unit)

    def units(self, view: View, unit: str) -> int:
        """Those that a view shows something of: their first positions, as it shows beginnings only."""
        if (view, unit) not in self.shown:
            everything = (1 << len(self.starts(unit))) - 1
            first = (
                self.mask(view) & self.region(view.judged, view.unit) & self.first_positions(everything, unit)
            )
            self.shown[view, unit] = self.numbers(first, unit)
        return self.shown[view, unit]
