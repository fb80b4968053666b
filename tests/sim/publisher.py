"""Publishers of the simulated web: what each publishes, shows and answers, by its habit and one seed.

Times are seconds since the world began. Every entry bears its mark (`r-<feed>-<number>`) in its link and its
text, so that whoever finds it knows which one it is, whatever became of guid, headline or host.
"""

import email.utils
import json
import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape
from zlib import crc32

HOUR = 3600.0
DAY = 24 * HOUR
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
LASTING = 500  # hours: such a fault is for ever
SECTIONS = 9  # of a site whose index has a part for each
MONTH = 60  # entries of a part of an index that grows by a part a month
PATIENCE = 300.0  # seconds between two polls of a client that was told nothing
MARK = re.compile(r"r-(\d+)-(\d+)")
WORDS = re.findall(
    r"\w+",
    "harbour minister ferry strike budget drought bridge council verdict cabinet border summit refinery "
    "tanker festival grain export tariff senate inquiry flood railway tunnel reactor satellite vaccine "
    "teachers farmers miners pilots nurses fishermen court mayor governor embassy treaty ceasefire convoy "
    "airport pipeline election recount turnout coalition opposition protest curfew blackout heatwave snow "
    "quake rescue museum painting orchestra stadium transfer final striker keeper record marathon island "
    "desert river coast valley capital province village market bank currency inflation pension subsidy "
    "lithium copper steel solar turbine battery chip robot drone cable server patent merger lawsuit settles",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer from hour `start` on, for so many hours, and again every so many (0: once)."""

    answer: str
    start: float = 5
    hours: float = 3
    every: float = 0
    wait: str = ""  # its Retry-After

    def holds(self, t: float) -> bool:
        since = t / HOUR - self.start
        return since >= 0 and (since % self.every if self.every else since) < self.hours


@dataclass(frozen=True, slots=True)
class Habit:
    """How a publisher behaves. The defaults are a well-kept feed of a newspaper."""

    name: str
    per_day: float = 8
    window: int = 20  # how many entries the feed shows
    kind: str = "rss"  # rss atom rdf json sitemap; pages: a sitemap of all; index: one in parts
    flat: bool = False  # publishes at night and on Sundays as at any other time
    burst: int = 0  # so many at once, now and then
    edits: float = 0  # the share of entries whose headline changes within hours
    guid: str = "link"  # link number none empty suffix random same
    order: str = "newest"  # newest oldest shuffled
    evergreens: int = 0  # old entries that stand on top for ever
    vanishing: float = 0  # the share of entries that are away for some hours
    returning: bool = False  # every day one that had left the feed stands in it again
    dates: str = "right"  # right none equal zone future past garbage asked (when somebody asks)
    links: str = "own"  # own moving front none
    night: tuple[int, int] = (0, 0)  # hours (UTC) in which the feed is valid, and empty
    short: int = 0  # entries of the other version it flips to
    archive: bool = False  # the document links older ones: RFC 5005, or a JSON Feed's next_url
    parts: str = "months"  # what stands in one part of an index: months, or sections (undated)
    hub: bool = False  # its document names a hub, to which it pushes what it publishes
    lost: int = 0  # of so many pushes of that hub the last never comes; 1: none does; 0: all do
    mapped: bool = False  # robots.txt names a news sitemap of the last two days
    validators: str = "both"  # both etag modified none weak bare fixed lying stale restless
    max_age: int = 0
    expires: int = 0
    ttl: int = 0  # minutes
    skip_hours: tuple[int, ...] = ()
    quota: float = 0  # seconds it wants between two requests; sooner is 429
    faults: tuple[Fault, ...] = ()
    pages: tuple[Fault, ...] = ()  # how its articles' pages fail
    moved: float = 0  # since this hour it is elsewhere, and says so with 301
    detour: int = 0  # the status it always redirects with


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent. `whole`: a body, if any, that can be read to its end as a feed."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Trouble:
    """No answer at all: dns, connect, timeout, dropped."""

    kind: str


@dataclass(slots=True)
class Publisher:
    number: int
    habit: Habit
    seed: int
    until: float
    times: list[float] = field(default_factory=list)
    served: int = 0
    _key: object = None
    _changed: float = -HOUR
    _last: float = -DAY

    def __post_init__(self) -> None:
        self.times = list(_timeline(self.habit, random.Random(f"{self.seed} {self.number}"), self.until))

    @property
    def host(self) -> str:
        return f"n{self.number}.example"

    @property
    def url(self) -> str:
        return f"https://{self.host}/feed"

    @property
    def moved_to(self) -> str:
        return f"https://new-{self.host}/feed"

    @property
    def hub(self) -> str:
        return f"https://{self.host}/hub"

    # --- what it publishes ------------------------------------------------------------------------------

    def published(self, since: float, until: float) -> range:
        return range(bisect_left(self.times, since), bisect_right(self.times, until))

    def shown(self, t: float) -> list[int]:
        """The numbers of the entries in the feed at a moment, newest first."""
        habit = self.habit
        if habit.night[0] <= t / HOUR % 24 < habit.night[1]:
            return []
        end = bisect_right(self.times, t)
        window = habit.short if habit.short and end % 2 else habit.window
        numbers = [n for n in range(end - 1, max(-1, end - 1 - window), -1) if not self._away(n, t)]
        return [*self._standing(), *numbers, *self._returned(numbers, t)]

    def _standing(self) -> range:
        return range(self.habit.evergreens)

    def _away(self, n: int, t: float) -> bool:
        if not self.habit.vanishing:
            return False
        return self._dice(n).random() < self.habit.vanishing and 2 * HOUR < t - self.times[n] < 5 * HOUR

    def _returned(self, shown: Sequence[int], t: float) -> list[int]:
        first = bisect_left(self.times, 0.0)
        if not self.habit.returning or not shown or shown[-1] <= first:
            return []
        return [random.Random(int(t // DAY)).randrange(first, shown[-1])]

    def reachable(self, n: int, until: float) -> Iterator[float]:
        """Every minute in which a client that asked would have been shown an entry."""
        t = self.times[n]
        last = self.times[n + self.habit.window] if n + self.habit.window < len(self.times) else until
        while t < min(last, until, self.times[n] + 3 * DAY):
            if self.shows(n, t) and self.welcome(t):
                yield t
            t += 60

    def _fault(self, t: float) -> Fault | None:
        """What is wrong at a moment. When a publisher has published all it will, only what lasts is."""
        faults = (fault for fault in self.habit.faults if fault.holds(t))
        return next((fault for fault in faults if t < self.until or fault.hours >= LASTING), None)

    def shows(self, n: int, t: float) -> bool:
        return not self._fault(t) and n in self.shown(t)

    def welcome(self, t: float) -> bool:
        return int(t / HOUR) % 24 not in self.habit.skip_hours

    @property
    def rest(self) -> float:
        """Seconds that it wants between two polls, as far as a client can know."""
        return max(PATIENCE, self.habit.max_age, self.habit.expires, 60.0 * self.habit.ttl, self.habit.quota)

    # --- one entry ---------------------------------------------------------------------------------------

    def _dice(self, n: int) -> random.Random:
        return random.Random(self._seed_of(n))

    def _seed_of(self, n: int) -> int:
        return (self.seed * 100_003 + self.number) * 1_000_003 + n

    def mark(self, n: int) -> str:
        return f"r-{self.number}-{n}"

    def title(self, n: int, t: float) -> str:
        return _title(self._seed_of(n), edited=self.edited(n, t))

    def edited(self, n: int, t: float) -> bool:
        if not self.habit.edits:
            return False
        dice = random.Random(n * 7919 + self.number)
        return dice.random() < self.habit.edits and t > self.times[n] + HOUR * dice.uniform(0.5, 6)

    def link(self, n: int, t: float) -> str:
        match self.habit.links:
            case "none":
                return ""
            case "front":
                return f"https://{self.host}/"
            case "moving":
                where = (f"http://{self.host}", f"https://{self.host}", f"https://www.{self.host}")
                return f"{where[int(t / (3 * HOUR)) % 3]}/news/{self.mark(n)}.html"
        return f"https://{self.host}/news/{self.mark(n)}.html"

    def guid(self, n: int, t: float) -> str:
        match self.habit.guid:
            case "none" | "empty":
                return ""
            case "same":
                return f"https://{self.host}/"
            case "number":
                return str(900_000 + n)
            case "random":
                return f"{random.Random(self.served * 997 + n).getrandbits(64):016x}"
            case "suffix":
                return f"{self.link(n, 0)}#{int(self.edited(n, t)) + int(t - self.times[n] > 4 * HOUR)}"
        return self.link(n, t)

    def date(self, n: int, t: float) -> str:
        day = BEGIN + timedelta(seconds=self.times[n])
        match self.habit.dates:
            case "asked":
                day = BEGIN + timedelta(seconds=t)
            case "none":
                return ""
            case "equal":
                day = BEGIN
            case "zone":
                day -= timedelta(hours=12)
            case "future":
                day = day.replace(year=2041)
            case "past":
                day -= timedelta(days=30)
            case "garbage":
                return "2026-13-45"
        return email.utils.format_datetime(day)

    # --- the document ------------------------------------------------------------------------------------

    def document(self, t: float, numbers: Sequence[int] | None = None) -> bytes:
        numbers = self.shown(t) if numbers is None else numbers
        match self.habit.order:
            case "oldest":
                numbers = numbers[::-1]
            case "shuffled":
                numbers = random.Random(self.served).sample(numbers, len(numbers))
        return _RENDER[self.habit.kind](self, numbers, t)

    def parts(self, t: float) -> dict[str, list[int]]:
        """Which entries stand in which document of its index."""
        found: dict[str, list[int]] = {}
        for n in self.shown(t):
            name = f"section-{n % SECTIONS}" if self.habit.parts == "sections" else f"month-{n // MONTH}"
            found.setdefault(f"https://{self.host}/feed/part/{name}.xml", []).append(n)
        return found

    def page(self, n: int, t: float) -> Reply:
        """The article of an entry, long enough to be one."""
        for fault in self.habit.pages:
            if fault.holds(t):
                return Reply(int(fault.answer), self._dated(t))
        dice = self._dice(n)
        texts = (" ".join(dice.choices(WORDS, k=40)).capitalize() + "." for _ in range(4))
        body = "".join(f"<p>{text}</p>" for text in texts)
        head = f"<h1>{self.title(n, t)}</h1>"
        words = f"<html><body><article>{head}{body}</article></body></html>"
        return Reply(200, {"Content-Type": "text/html"}, words.encode())

    def sitemap(self, t: float) -> bytes:
        return _sitemap(self, self.published(t - 2 * DAY, t), t)

    # --- what it answers ---------------------------------------------------------------------------------

    def answer(self, url: str, headers: dict[str, str], t: float) -> Reply | Trouble:
        """One request for its feed."""
        habit = self.habit
        soon, self._last = 0 < habit.quota > t - self._last, t
        self.served += 1
        if fault := self._fault(t):
            return self._faulty(fault, url, t)
        if habit.moved and t / HOUR >= habit.moved and url == self.url:
            return Reply(301, self._dated(t) | {"Location": self.moved_to})
        if habit.detour and url == self.url:
            return Reply(habit.detour, self._dated(t) | {"Location": f"https://{self.host}/feed/real"})
        if self.habit.archive and "/archive/" in url:
            end = int(url.rpartition("/")[2])
            body = self.document(t, range(end - 1, max(-1, end - 1 - habit.window), -1))
            return Reply(200, self._dated(t) | {"Content-Type": _TYPES[habit.kind]}, body)
        if "/part/" in url:
            body = _pages(self, self.parts(t).get(url, ()), t)
            return self._checked(headers, self._dated(t) | {"ETag": f'"{crc32(body)}"'}, lambda: body)
        if soon:
            return Reply(429, self._dated(t) | {"Retry-After": str(int(habit.quota))})
        return self._good(headers, t)

    def _good(self, headers: dict[str, str], t: float) -> Reply:
        sent = self._dated(t) | self._freshness(t) | self._validators(t)
        return self._checked(headers, sent, lambda: self.document(t))

    def _checked(self, headers: dict[str, str], sent: dict[str, str], body: Callable[[], bytes]) -> Reply:
        if self._is_current(headers, sent):
            return Reply(304, sent)
        return Reply(200, sent | {"Content-Type": _TYPES[self.habit.kind]}, body())

    def _is_current(self, headers: dict[str, str], sent: dict[str, str]) -> bool:
        tag, day = headers.get("If-None-Match", ""), headers.get("If-Modified-Since", "")
        if self.habit.validators == "lying":
            return bool(tag or day)
        return tag == sent.get("ETag", "") if tag else bool(day) and day == sent.get("Last-Modified", "")

    def _validators(self, t: float) -> dict[str, str]:
        numbers = self.shown(t)
        edits = tuple(self.edited(n, t) for n in numbers) if self.habit.edits else ()
        restless = self.habit.guid == "random" or self.habit.order == "shuffled"
        key = (tuple(numbers), edits, self.served if restless else 0)
        if key != self._key:
            self._key, self._changed = key, t
        tag = f'"{crc32(repr(key).encode()):08x}-{self.number}"'
        day = _http_date(self._changed)
        match self.habit.validators:
            case "both":
                return {"ETag": tag, "Last-Modified": day}
            case "etag":
                return {"ETag": tag}
            case "modified":
                return {"Last-Modified": day}
            case "weak":
                return {"ETag": f"W/{tag}", "Last-Modified": day}
            case "bare":
                return {"ETag": tag.strip('"')}
            case "fixed" | "lying":
                return {"ETag": '"1"'}
            case "stale":  # the tag tells of changes, the date never does
                return {"ETag": tag, "Last-Modified": _http_date(-DAY)}
            case "restless":  # a new tag for every answer
                return {"ETag": f'"{self.served}"'}
        return {}

    def _freshness(self, t: float) -> dict[str, str]:
        habit = self.habit
        headers = {"Cache-Control": f"public, max-age={habit.max_age}"} if habit.max_age else {}
        return headers | ({"Expires": _http_date(t + habit.expires)} if habit.expires else {})

    def _dated(self, t: float) -> dict[str, str]:
        return {"Date": _http_date(t)}

    def _faulty(self, fault: Fault, url: str, t: float) -> Reply | Trouble:
        headers = self._dated(t)
        if fault.wait:
            wait = _http_date(t + float(fault.wait[1:])) if fault.wait.startswith("@") else fault.wait
            headers["Retry-After"] = wait
        match fault.answer:
            case "dns" | "connect" | "timeout" | "dropped":
                return Trouble(fault.answer)
            case "html":
                words = f"<html><head><title>Sorry</title></head><body>{self.served}</body></html>"
                return Reply(200, headers | {"Content-Type": "text/html"}, words.encode(), whole=False)
            case "empty body":
                return Reply(200, headers, b"", whole=False)
            case "cut":
                body = self.document(t)
                return Reply(200, headers | self._validators(t), body[: len(body) * 2 // 3], whole=False)
            case "loop":
                return Reply(302, headers | {"Location": url + "/" if url == self.url else self.url})
            case "maintenance":
                return Reply(301, headers | {"Location": "https://maintenance.example/sorry.html"})
            case "301":
                return Reply(301, headers | {"Location": self.moved_to})
        return Reply(int(fault.answer), headers)


def _http_date(t: float) -> str:
    return email.utils.format_datetime(BEGIN + timedelta(seconds=int(t)), usegmt=True)


# --- when it publishes -------------------------------------------------------------------------------------


def _timeline(habit: Habit, dice: random.Random, until: float) -> Iterator[float]:
    """From so long before the world began that the feed is full when it does."""
    peak = habit.per_day / DAY / (1 if habit.flat else 0.6)
    t = -min(60 * DAY, 2 * (habit.window + habit.evergreens) / habit.per_day * DAY)
    shift = dice.uniform(-12, 12) * HOUR
    while (t := t + dice.expovariate(peak)) < until:
        if habit.flat or dice.random() < _weight(t + shift):
            yield t
            if habit.burst and dice.random() < 0.03:
                for _ in range(habit.burst):
                    t += dice.uniform(1, 20)
                    yield t


def _weight(t: float) -> float:
    """How busy an hour of the week is: nights are quiet, weekends half as busy."""
    hour, weekend = t / HOUR % 24, t / DAY % 7 >= 5
    return (0.15 if hour < 6 else 1.0) * (0.5 if weekend else 1.0)


# --- documents ---------------------------------------------------------------------------------------------

_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
    "sitemap": "application/xml",
    "pages": "application/xml",
    "index": "application/xml",
}


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


@lru_cache(maxsize=200_000)  # a document of twenty entries is written anew for each that is added
def _title(seed: int, *, edited: bool) -> str:
    dice = random.Random(seed)
    dice.random()
    words = dice.choices(WORDS, k=dice.randrange(6, 10))
    if edited:
        words[dice.randrange(len(words))] = "now"
    return " ".join(words).capitalize()


@lru_cache(maxsize=200_000)
def _words(seed: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=15))


def _text(one: Publisher, n: int) -> str:
    return f"{_words(one._seed_of(n))} {one.mark(n)}"


def _rss(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    habit = one.habit
    head = _element("ttl", str(habit.ttl or ""))
    if habit.skip_hours:
        head += f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in habit.skip_hours)}</skipHours>"
    if habit.archive:
        older = f"https://{one.host}/feed/archive/{numbers[-1] if numbers else 0}"
        head += f'<atom:link rel="prev-archive" href="{older}"/>'
    if habit.hub:
        head += f'<atom:link rel="self" href="{one.url}"/><atom:link rel="hub" href="{one.hub}"/>'
    entries = "".join(_rss_entry(one, n, t) for n in numbers)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>Paper {one.number}</title><link>https://{one.host}/</link>"
        f"<description>News</description>{head}{entries}</channel></rss>"
    ).encode()


def _rss_entry(one: Publisher, n: int, t: float) -> str:
    guid = "<guid/>" if one.habit.guid == "empty" else _element("guid", one.guid(n, t))
    parts = (
        _element("title", one.title(n, t)),
        _element("link", one.link(n, t)),
        guid,
        _element("pubDate", one.date(n, t)),
        _element("description", _text(one, n)),
    )
    return f"<item>{''.join(parts)}</item>"


def _atom(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    entries = "".join(
        f"<entry>{_element('title', one.title(n, t))}<link href='{escape(one.link(n, t))}'/>"
        f"{_element('id', one.guid(n, t))}<updated>{(BEGIN + timedelta(seconds=one.times[n])).isoformat()}"
        f"</updated>{_element('summary', _text(one, n))}</entry>"
        for n in numbers
    )
    return (
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>"
        f"<title>Paper {one.number}</title><id>https://{one.host}/</id>{entries}</feed>"
    ).encode()


def _rdf(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    entries = "".join(
        f"<item rdf:about='{escape(one.link(n, t))}'>{_element('title', one.title(n, t))}"
        f"{_element('link', one.link(n, t))}{_element('description', _text(one, n))}</item>"
        for n in numbers
    )
    return (
        "<?xml version='1.0'?><rdf:RDF xmlns='http://purl.org/rss/1.0/' "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        f"<channel rdf:about='https://{one.host}/'><title>Paper {one.number}</title></channel>"
        f"{entries}</rdf:RDF>"
    ).encode()


def _json(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    older = {"next_url": f"https://{one.host}/feed/archive/{min(numbers, default=0)}"}
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"Paper {one.number}",
            **(older if one.habit.archive else {}),
            "items": [
                {
                    "id": one.guid(n, t),
                    "url": one.link(n, t),
                    "title": one.title(n, t),
                    "content_text": _text(one, n),
                    "date_published": (BEGIN + timedelta(seconds=one.times[n])).isoformat(),
                }
                for n in numbers
            ],
        }
    ).encode()


def _sitemap(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    entries = "".join(
        f"<url>{_element('loc', one.link(n, t))}<news:news><news:publication><news:name>Paper</news:name>"
        "<news:language>en</news:language></news:publication><news:publication_date>"
        f"{(BEGIN + timedelta(seconds=one.times[n])).isoformat()}</news:publication_date>"
        f"{_element('news:title', one.title(n, t))}</news:news></url>"
        for n in numbers
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{entries}</urlset>"
    ).encode()


def _pages(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    entries = "".join(
        f"<url>{_element('loc', one.link(n, t))}{_element('lastmod', _touched(one, n))}</url>"
        for n in numbers
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>".encode()


def _index(one: Publisher, numbers: Sequence[int], t: float) -> bytes:
    parts = "".join(
        f"<sitemap>{_element('loc', part)}{_element('lastmod', _touched(one, max(within)))}</sitemap>"
        for part, within in one.parts(t).items()
    )
    return (
        f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{parts}</sitemapindex>".encode()
    )


def _touched(one: Publisher, n: int) -> str:
    none = one.habit.dates == "none" or one.habit.parts == "sections"
    return "" if none else (BEGIN + timedelta(seconds=one.times[n])).isoformat()


_RENDER = {
    **{"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json},
    **{"sitemap": _sitemap, "pages": _pages, "index": _index},
}
