"""A judged entry -> what placing reads of it; and where it was placed -> what the store keeps."""

from collections.abc import Iterable, Sequence

from monitor.model import Article, Found, StoredEntry, host_of
from monitor.model.stories import Membership
from monitor.stories.novelty import News
from monitor.stories.origins import credit_of
from monitor.stories.packing import pack
from monitor.stories.placing import Arrival, How, Joined, Placing
from monitor.stories.reading import Reading, read
from monitor.stories.story import Member


def arrival_of(entry: StoredEntry, article: Article, found: Iterable[Found]) -> Arrival:
    """Its moment is when it was published, but none that lies ahead of when it was seen."""
    published = entry.entry.published or article.published or entry.seen_at
    return Arrival(
        entry_id=entry.id,
        at=min(published, entry.seen_at),
        newsroom=host_of(entry.entry.link or entry.feed_url),
        reading=reading_of(entry, article, found),
        credit=credit_of(article.author or entry.entry.author, article.text),
    )


def reading_of(entry: StoredEntry, article: Article, found: Iterable[Found]) -> Reading:
    return read(entry.entry.title or article.title, article.text, matched_in(found), article.languages)


def matched_in(found: Iterable[Found]) -> tuple[str, ...]:
    """The sentences that rules matched, each once."""
    return tuple(dict.fromkeys(excerpt.text for one in found for excerpt in one.excerpts))


def membership_of(member: Member, placing: Placing, said: bytes, news: Sequence[News] = ()) -> Membership:
    joined = placing if isinstance(placing, Joined) else None
    return Membership(
        entry_id=member.entry_id,
        story=member.story,
        at=member.at,
        newsroom=member.newsroom,
        origin=member.origin,
        reading=pack(member),
        said=said,
        why=placing.why,
        how=joined.how.value if joined else "",
        like=joined.like if joined and joined.how is not How.EVENT else None,
        news=tuple((one.kind.value, one.why) for one in news),
    )
