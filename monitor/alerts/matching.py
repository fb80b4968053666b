"""Article -> the rules it matches, each with the sentences that show why. The only bridge to rules/. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from monitor.model import UNSEEN, Article, Excerpt, Found, Zone
from rules import Document, Facts, Match, RuleSet, Span, sentences

Place = tuple[int, int]  # start, end in a text

EXCERPT = 300  # characters, about three lines in a Slack window
_NOTHING = Facts()
ROOM = 220  # of them from the first to the last bold word, where a sentence is longer than an excerpt


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence and the matched places in it that one excerpt can show."""

    sentence: Place
    bold: list[Place]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a frame shows of a rule: which of its parts, and which words."""

    parts: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()

    def beyond(self, other: "Shown") -> tuple[int, int]:
        return len(self.parts - other.parts), len(self.words - other.words)


def find(rules: RuleSet, document: Document) -> tuple[Found, ...]:
    """Every rule that holds, with the places of its words and at most two excerpts."""
    matches = rules.match(document)
    ends = sentences(document.body) if matches else ()
    return tuple(
        Found(
            rule=match.rule,
            text=rules.rules[match.rule].text,
            spans=tuple((span.field, span.start, span.end) for span in match.spans),
            excerpts=excerpts(document, ends, match),
        )
        for match in matches
    )


def document_of(article: Article, facts: Facts = _NOTHING) -> Document:
    """What rules see of an article."""
    return Document(article.title, article.text, breaks(article), article.languages, facts)


def breaks(article: Article) -> frozenset[int]:
    """The newlines no phrase may cross: beside a block that is not body, and where blocks were left out."""
    seen = [(place, block) for place, block in enumerate(article.blocks) if block.zone not in UNSEEN]
    ends = accumulate(len(block.text) + 1 for _, block in seen)
    return frozenset(
        end - 1
        for end, ((here, before), (there, after)) in zip(ends, pairwise(seen), strict=False)
        if there != here + 1 or before.zone is not Zone.BODY or after.zone is not Zone.BODY
    )


def excerpts(document: Document, ends: Sequence[Place], match: Match) -> tuple[Excerpt, ...]:
    """What the body says; the headline, which is shown anyway, only when nothing in the body matched."""
    if body := places(match.spans, "body"):
        text, field, found = document.body, "body", frames(ends, body)
    else:
        text, field = document.title, "title"
        found = frames([(0, len(text))], places(match.spans, field))
    parts = [places(part, field) for part in match.parts]
    return tuple(excerpt(text, frame) for frame in telling(found, shown(text, found, parts)))


def places(spans: Iterable[Span], field: str) -> list[Place]:
    """The spans of a field in order, overlapping ones made one."""
    merged: list[Place] = []
    for start, end in sorted((span.start, span.end) for span in spans if span.field == field):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def frames(ends: Sequence[Place], bold: Sequence[Place]) -> list[Frame]:
    """The matched places sentence by sentence; a sentence longer than an excerpt makes several frames."""
    starts = [start for start, _ in ends]
    found: list[Frame] = []
    for place in bold:
        sentence = ends[max(0, bisect_right(starts, place[0]) - 1)]
        if found and found[-1].sentence == sentence and fits(found[-1], place):
            found[-1].bold.append(place)
        else:
            found.append(Frame(sentence, [place]))
    return found


def fits(frame: Frame, place: Place) -> bool:
    start, end = frame.sentence
    return end - start <= EXCERPT or place[1] - frame.bold[0][0] <= ROOM


def telling(found: Sequence[Frame], shown: Sequence[Shown]) -> list[Frame]:
    """The frame that shows most and, in the order of the text, the one that adds most to it.

    Parts count before words: of `Trump + (Russia OR China)` the sentence on Trump must be there.
    """
    if not found:
        return []
    first = max(range(len(found)), key=lambda place: shown[place].beyond(Shown()))
    second = max(range(len(found)), key=lambda place: shown[place].beyond(shown[first]))
    chosen = {first, second} if any(shown[second].beyond(shown[first])) else {first}
    return [found[place] for place in sorted(chosen)]


def shown(text: str, found: Sequence[Frame], parts: Sequence[Sequence[Place]]) -> list[Shown]:
    words = kinds(text, found)
    numbers = [
        frozenset(number for number, part in enumerate(parts) if touches(frame, part)) for frame in found
    ]
    return [Shown(*both) for both in zip(numbers, words, strict=True)]


def touches(frame: Frame, part: Sequence[Place]) -> bool:
    """Is a word of this part, whose places are in order, among the bold words of the frame?"""
    return any(
        (at := bisect_left(part, (start,))) < len(part) and part[at][0] < end for start, end in frame.bold
    )


def kinds(text: str, found: Sequence[Frame]) -> list[frozenset[str]]:
    """The words of each frame. One that begins another (missile, missiles; Iran, Iran's) is the same word."""
    words = [frozenset(text[start:end].casefold() for start, end in frame.bold) for frame in found]
    same: dict[str, str] = {}
    shortest = ""
    for word in sorted(frozenset().union(*words)):  # a word stands right before those that it begins
        if not shortest or not word.startswith(shortest):
            shortest = word
        same[word] = shortest
    return [frozenset(same[word] for word in frame) for frame in words]


def excerpt(text: str, frame: Frame) -> Excerpt:
    start, end = window(text, frame)
    before = "…" if start > frame.sentence[0] else ""
    after = "…" if end < frame.sentence[1] else ""
    shift = len(before) - start
    bold = tuple((left + shift, min(right, end) + shift) for left, right in frame.bold if left < end)
    return Excerpt(before + text[start:end] + after, bold)


def window(text: str, frame: Frame) -> Place:
    """The sentence, or as much of it around the bold words as an excerpt holds, cut between words."""
    start, end = frame.sentence
    if end - start <= EXCERPT:
        return frame.sentence
    first, last = frame.bold[0][0], min(frame.bold[-1][1], frame.bold[0][0] + EXCERPT)
    left = max(start, min(first - (EXCERPT - (last - first)) // 2, end - EXCERPT))
    right = min(end, left + EXCERPT)
    if left > start:
        left = text.find(" ", left, first) + 1 or left
    if right < end:
        space = text.rfind(" ", last, right)
        right = space if space >= 0 else right
    return left, right
