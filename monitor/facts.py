"""What is known of an article beside its words, as rules may ask for it. Pure."""

from datetime import datetime

from monitor.model import Article, StoredEntry, host_of
from monitor.sources.dates import believable
from monitor.sources.language import code_of, country_of
from rules import Facts
from rules.language import values


def facts_of(entry: StoredEntry, article: Article, now: datetime) -> Facts:
    """Of an entry with its article; `age` counts from when it was published, else first seen."""
    source = source_of(entry.entry.link or entry.feed_url)
    published = entry.entry.published or believable(article.published, now) or entry.seen_at
    return Facts(
        source=source,
        feeds=(entry.feed_name, entry.feed_url),
        country=entry.country or country_of(entry.feed_language, source),
        categories=entry.entry.categories,
        tags=entry.tags,
        author=entry.entry.author or article.author,
        url=entry.entry.link,
        age=max(0.0, (now - published).total_seconds()),
    )


def source_of(url: str) -> str:
    """The host, without port and `www.`; empty when the address has none."""
    host = host_of(url)
    bare = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return bare.rstrip(".").removeprefix("www.")


def language_of(written: str) -> str:
    """The code of two letters of what people write: `en`, `en-GB`, `eng`, `English`; "" for no language."""
    return code_of(written) or values.language_of(written)
