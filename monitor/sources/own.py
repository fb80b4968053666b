"""The feed's own words about an article: alone when its page cannot be read, else beside the page's."""

import re
from dataclasses import replace

from monitor.model import UNSEEN, Article, Block, Entry, Source, StoredEntry, Zone
from monitor.sources.language import code_of, languages
from monitor.sources.plain import folded

WHOLE = 800  # characters: 43 of 100 entries of 104 real feeds have less
FAR_MORE = 1.3  # times the text of the page
MOSTLY = 0.6  # of the page's words
CUT_MARK = 60  # characters at the end of a text, in which it says that it goes on: "… Continue reading"
_CUT = re.compile(r"(?:…|\.\.\.)[\])]?(?:\W+\w+){0,5}\W*$")


def from_entry(entry: Entry, why: str) -> Article:
    """What the feed says, as an article; `why` says why there is no page."""
    return Article(
        title=entry.title, blocks=entry.blocks, published=entry.published, source=Source.FEED, note=why
    )


def with_entry(page: Article, entry: Entry) -> Article:
    """The page's article under the feed's headline, with what the feed says and the page does not.

    A paywalled page shows less than its feed: a rule true of either must fire. The better text comes first,
    and what only the other has follows as blocks of its own, so that no phrase runs from one to the other.
    """
    titles = {folded(page.title), folded(entry.title)}
    blocks = tuple(block for block in page.blocks if not _is_title(block, titles))
    if better := feed_is_better(page, entry):
        text = _beside(_as_body(entry.blocks), blocks, titles)
        told = replace(page, blocks=(*text, *_headline(page, entry)), note=better, passing=False)
    else:
        said = tuple(replace(one, zone=Zone.SUMMARY) for one in entry.blocks if one.zone not in UNSEEN)
        text = _beside((*blocks, *_headline(page, entry)), said, titles)
        source = Source.FEED if page.note else page.source  # a page of hardly any text was not the article
        told = replace(page, blocks=text, source=source)
    return replace(told, title=entry.title or page.title, headline=page.title)


def feed_is_better(page: Article, entry: Entry) -> str:
    """Why the feed's text is the article and the page's is a part of it; empty: it is not.

    The feed must have far more text, not be cut short itself, and say most of what the page says.
    """
    theirs = " ".join(block.text for block in entry.blocks if block.zone not in UNSEEN)
    if len(theirs) < max(WHOLE, FAR_MORE * len(page.text)) or _CUT.search(theirs[-CUT_MARK:]):
        return ""
    said, read = set(folded(theirs).split()), set(folded(page.text).split())
    if not page.note and len(read & said) < MOSTLY * len(read):
        return ""
    less = f"{page.note}, " if page.note else ""
    return f"the feed has more than the page: {len(theirs)} characters; {less}{len(page.text)}"


def to_keep(article: Article, entry: Entry) -> Article:
    """What is stored of an article: where its page asks for no copy (noarchive), the feed's own words."""
    if article.keep:
        return article
    return replace(article, blocks=entry.blocks, note="read, but not kept, as its page asks (noarchive)")


def with_languages(article: Article, entry: StoredEntry | None = None) -> Article:
    """With those it may be in, by its words and by who says so: the operator before the page, then the feed.

    Loads a model of 75 MB when first called: for workers. Where it cannot be unpacked, as on a machine
    that has no temporary folder, what is said is believed.
    """
    claims = (entry.lang if entry else "", *article.languages, entry.feed_language if entry else "")
    declared = next(filter(None, claims), "")
    try:
        found = languages(article.title, article.text, declared)
    except OSError:
        found = tuple(filter(None, [code_of(declared)]))
    return replace(article, languages=found)


def _as_body(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(replace(one, zone=Zone.BODY) if one.zone is Zone.SUMMARY else one for one in blocks)


def _beside(first: tuple[Block, ...], others: tuple[Block, ...], titles: set[str]) -> tuple[Block, ...]:
    """With those of the other blocks that say more than a headline and are not among the first."""
    text = folded("\n".join(block.text for block in first if block.zone not in UNSEEN))
    more = (one for one in others if (words := folded(one.text)) not in text and words not in titles)
    return (*first, *more)


def _is_title(block: Block, titles: set[str]) -> bool:
    """The headline once more, above the text: an alert would quote it instead of what the article says."""
    return block.zone is Zone.TITLE or (block.zone is Zone.HEADING and folded(block.text) in titles)


def _headline(page: Article, entry: Entry) -> tuple[Block, ...]:
    """The page's headline where the feed's is another one: either may hold the word."""
    theirs, ours = folded(page.title), folded(entry.title)
    same = theirs in ours or ours in theirs  # "Depot opened | The Courier" is the same headline
    return () if same else (Block(Zone.HEADING, page.title),)
