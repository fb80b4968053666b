"""The feed's own words about an article: alone when its page cannot be read, else beside the page's."""

from dataclasses import replace

from monitor.model import UNSEEN, Article, Block, Entry, Source, StoredEntry, Zone
from monitor.sources.language import code_of, languages
from monitor.sources.plain import folded


def from_entry(entry: Entry, why: str) -> Article:
    """What the feed says, as an article; `why` says why there is no page."""
    return Article(
        title=entry.title, blocks=entry.blocks, published=entry.published, source=Source.FEED, note=why
    )


def with_entry(page: Article, entry: Entry) -> Article:
    """The page's article under the feed's headline, with what the feed says and the page does not.

    A paywalled page shows less than its feed: a rule true of either must fire. The feed's own words come
    last, as blocks of their own, so that no phrase runs from one into the other.
    """
    titles = {folded(page.title), folded(entry.title)}
    blocks = tuple(block for block in page.blocks if not _is_title(block, titles))
    text = folded(page.text)
    more = tuple(
        replace(block, zone=Zone.SUMMARY)
        for block in entry.blocks
        if block.zone not in UNSEEN and (words := folded(block.text)) not in text and words not in titles
    )
    return replace(
        page,
        title=entry.title or page.title,
        blocks=(*blocks, *_headline(page, entry), *more),
        source=Source.FEED if page.note else page.source,  # a page of hardly any text was not the article
        headline=page.title,
    )


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


def _is_title(block: Block, titles: set[str]) -> bool:
    """The headline once more, above the text: an alert would quote it instead of what the article says."""
    return block.zone is Zone.TITLE or (block.zone is Zone.HEADING and folded(block.text) in titles)


def _headline(page: Article, entry: Entry) -> tuple[Block, ...]:
    """The page's headline where the feed's is another one: either may hold the word."""
    theirs, ours = folded(page.title), folded(entry.title)
    same = theirs in ours or ours in theirs  # "Depot opened | The Courier" is the same headline
    return () if same else (Block(Zone.HEADING, page.title),)
