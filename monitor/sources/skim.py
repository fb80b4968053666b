"""All the words of a page but those of its menus: can any rule hold in the article that stands on it?

To read an article costs five times as much. Inline markup makes it two texts: with a space at every tag, and
with none where `mis<b>sile</b>` is one word. Over 152 news pages 8 of 70,152 words that reading found were in
neither: most of these two words that it had glued together.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode
from trafilatura.utils import detect_encoding

from monitor.model import Entry, Skim, Unreadable
from monitor.sources import furniture
from monitor.sources.charset import PAGE_TYPES, decoded, kind_of, other_type, proves_utf8
from monitor.sources.language import languages

if sys.version_info >= (3, 14):
    from compression.zstd import compress
else:
    from backports.zstd import compress

QUICK = 1  # level: 0.7 ms for a page of 350 kB, which becomes 67
_DATA = 'script[type="application/ld+json"]'
_INLINE = (
    "a,abbr,b,bdi,bdo,big,cite,code,del,dfn,em,font,i,ins,kbd,mark,q,s,small,span,strike,strong,sub,sup,"
    "time,tt,u,var,wbr"
)
_HIDDEN = b"data-preloaded"  # a forum's posts, as JSON inside JSON: to read them is simpler
_TAG = re.compile(r"<[^<>]*>")
_MOST_TAGS = 20_000  # of 563 pages none has over 13,423; so many nested boxes take 1 s, 100,000 take 41
DEEPEST = 20  # levels of JSON: what is deeper is no text of an article
_LOOKED_AT = 30  # words in which the language is looked for: of 563 pages 561 are named as by 600 letters


def skim(body: bytes, content_type: str, entry: Entry, claim: str) -> Skim | Unreadable:
    """`claim`: what operator or feed say of the language; empty: nothing. Unreadable: this is for reading."""
    if not body.strip() or kind_of(body) or other_type(content_type, PAGE_TYPES):
        return Unreadable("no web page")
    if _HIDDEN in body or body.count(b"<") > _MOST_TAGS:
        return Unreadable("a page to be read")
    is_plain = body.isascii() or proves_utf8(body)
    tree = LexborHTMLParser(body if is_plain else decoded(body, content_type, guess=detect_encoding))
    if tree.root is None:
        return Unreadable("no web page")
    own = (entry.title, *(block.text for block in entry.blocks))
    told = " ".join((*own, *_titles(tree), *_data(tree)))
    _strip(tree)
    apart, joined = _texts(tree)
    words = " ".join({*told.split(), *apart, *joined})
    declared = claim or tree.root.attributes.get("lang") or ""
    return Skim(words, languages(entry.title, _middle(apart), declared), compress(body, QUICK))


def _texts(tree: LexborHTMLParser) -> tuple[list[str], list[str]]:
    """What stands on the page, split at every tag, and at those only that begin something new."""
    assert tree.root
    apart = tree.root.text(separator=" ").split()
    for node in tree.css(_INLINE):
        node.unwrap()
    tree.merge_text_nodes()
    return apart, tree.root.text(separator=" ").split()


def _strip(tree: LexborHTMLParser) -> None:
    """As reading does it."""
    tree.strip_tags(["script", *furniture.MUTE])
    room = furniture.MOST * _length(tree.root)
    for box in tree.css(",".join(furniture.BOXES)):
        if _length(box) <= room:
            box.decompose()


def _length(node: LexborNode | None) -> int:
    return len(node.text(strip=True)) if node else 0


def _titles(tree: LexborHTMLParser) -> Iterator[str]:
    """Of <meta>, which may be all that an article says; a summary counts where it stands on the page."""
    for node in tree.css("meta[content]"):
        said = node.attributes
        if "title" in f"{said.get('property')} {said.get('name')}".lower():
            yield said.get("content") or ""


def _data(tree: LexborHTMLParser) -> Iterator[str]:
    """The strings of what a page says for search engines: some articles stand there alone, or as markup."""
    for node in tree.css(_DATA):
        text = node.text()
        try:
            told = unescape(" ".join(_strings(json.loads(text, strict=False), DEEPEST)))
        except (ValueError, RecursionError):
            told = text
        yield told
        if "<" in told:
            yield _TAG.sub("", told)


def _strings(value: Any, deep: int) -> Iterator[str]:
    if isinstance(value, str):
        yield "" if "://" in value[:10] else value
    elif deep and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner, deep - 1)


def _middle(words: Sequence[str]) -> str:
    """Menus stand first, and may be in English everywhere."""
    start = len(words) // 3
    return " ".join(words[start : start + _LOOKED_AT])
