"""What a site says under every article: lines that recur are its own, headlines of others are other stories.

Learnt from the articles that were read, a site at a time, and bounded: a line that does not come again is
pushed out by newer ones, after some fifty articles.
"""

import struct
from dataclasses import replace
from hashlib import blake2b
from zlib import crc32

from monitor.model import UNSEEN, Article, Block, Source, Zone
from monitor.sources.plain import folded

MOST_LINES = 1_000  # that are remembered of a site: 13 kB
LONGEST = 300  # characters: of 152 news articles no two of one site share a longer line of their text
COMMON = 3  # articles with other headlines that bore a line: then it is the site's own
SHARE = 0.25  # of an article's text: if more of it is known, it is the same article at another address
HEADLINE = 255  # in place of a count: the line is the headline of an article
_ROW = struct.Struct("<8sIB")

Habits = dict[
    bytes, tuple[int, int]
]  # of a line, the oldest first: the last article's mark, and how many had it


def unpacked(kept: bytes) -> Habits:
    return {line: (mark, count) for line, mark, count in _ROW.iter_unpack(kept)}


def packed(habits: Habits) -> bytes:
    newest = list(habits.items())[-MOST_LINES:]
    return b"".join(_ROW.pack(line, mark, count) for line, (mark, count) in newest)


def learnt(habits: Habits, article: Article) -> Habits:
    """With the lines and the headline of another article. One that was read before counts once."""
    if article.source is not Source.PAGE:
        return habits
    found, mark = dict(habits), _mark(article)
    for line in dict.fromkeys(_digest(block.text) for block in article.blocks if _may_recur(block)):
        last, count = found.pop(line, (0, 0))
        found[line] = (mark, count if count == HEADLINE or last == mark else min(count + 1, HEADLINE - 1))
    for title in filter(None, (article.title, article.headline)):
        found.pop(_digest(title), None)
        found[_digest(title)] = (mark, HEADLINE)
    return found


def without(article: Article, habits: Habits) -> Article:
    """The article without what its site says under every one, and without the headlines of others."""
    mark = _mark(article)
    blocks = tuple(_in_zone(block, _zone(block, habits, mark)) for block in article.blocks)
    dropped = (old.text for old, new in zip(article.blocks, blocks, strict=True) if old.zone is not new.zone)
    return replace(article, blocks=blocks) if sum(map(len, dropped)) <= SHARE * len(article.text) else article


def _in_zone(block: Block, zone: Zone) -> Block:
    return block if zone is block.zone else replace(block, zone=zone)


def _zone(block: Block, habits: Habits, mark: int) -> Zone:
    last, count = habits.get(_digest(block.text), (0, 0)) if _may_recur(block) else (0, 0)
    if count == HEADLINE:
        return block.zone if last == mark else Zone.RELATED
    return Zone.BOILERPLATE if count >= COMMON else block.zone


def _may_recur(block: Block) -> bool:
    """What is no part of the text counts too: its zone may be another one on the next page."""
    return len(block.text) <= LONGEST and (block.zone not in UNSEEN or block.zone is Zone.BOILERPLATE)


def _mark(article: Article) -> int:
    return crc32(folded(article.title).encode("utf-8", "replace"))


def _digest(text: str) -> bytes:
    return blake2b(folded(text).encode("utf-8", "replace"), digest_size=8).digest()
