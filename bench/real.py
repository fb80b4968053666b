"""Real feeds and pages through the daemon as a user runs it, killed with -9 on the way: is anything lost?

    python -m bench.real DATA_DIR [--kills N] [--look alert|summary] [--seed N] [--show]

DATA_DIR holds seed, iraqinews-feed, codehollow-feeds, misc-real-feeds and fundus-pages. All is served on
loopback (world.py), to a Slack that takes a quarter of a second for a message. What should come of it is
worked out apart from the daemon: entries as plain feedparser counts them, matches by regular expressions on
its texts and on the pages' gold texts. `--show` prints every alert. Exit 1 if anything is wrong.
"""

import argparse
import asyncio
import json
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bench.world import SEED_LINK, Served, Told, World, read_world
from tests.doors.newsroom import Newsroom
from tests.doors.slackroom import Posted, SlackRoom, slow
from tests.whole.household import Daemon, Household

SLACK_SECONDS = 0.25  # what Slack's own chat.postMessage takes; a kill then finds messages in the air
SPREAD = 45.0  # seconds over which the kills are spread; what a channel takes at its pace lasts longer
PATIENCE = 600.0  # seconds for the whole run


@dataclass(frozen=True, slots=True)
class Ask:
    """A rule as a user types it, and in other words: every group has a word, as it stands, in the article."""

    match: str
    channels: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]

    def holds(self, text: str) -> bool:
        return all(any(re.search(rf"\b{word}\b", text, re.I) for word in group) for group in self.groups)


OWNERS = Ask('"missile" + "Iraq"', ("#desk",), (("missile", "missiles"), ("Iraq",)))
MACRON = Ask("Macron", ("#macron",), (("Macron",),))
ASKS = (
    OWNERS,
    MACRON,
    Ask("Israel OR Gaza", ("#mideast", "#desk"), (("Israel", "Gaza"),)),
    Ask("Ukraine OR Putin", ("#ukraine",), (("Ukraine", "Putin"),)),
    Ask("Trump + (Russia OR China)", ("#america",), (("Trump",), ("Russia", "China"))),
    Ask('"North Korea"', ("#korea",), (("North Korea",),)),
    Ask("Japan NOT Korea", ("#japan",), (("Japan",),)),
    Ask("police + (court OR murder OR attack)", ("#crime",), (("police",), ("court", "murder", "attack"))),
    Ask("Microsoft", ("#software",), (("Microsoft",),)),
    Ask("film", ("#film",), (("film",),)),
    Ask("hospital", ("#health",), (("hospital",),)),
    Ask("election", ("#votes",), (("election",),)),
)

UNSEEN = ("related", "boilerplate")  # zones that rules do not see
Key = tuple[str, str, str]  # channel, rule, link


@dataclass
class Run:
    """What happened."""

    served: list[Served]
    news: Newsroom
    slack: SlackRoom
    home: Household
    kills: int = 0
    log: list[str] = field(default_factory=list)
    seconds: float = 0
    judging: float = 0  # seconds until nothing was left to judge
    peak: int = 0  # kB, the largest daemon
    audit: Mapping[str, Any] = field(default_factory=dict)
    feeds_list: str = ""

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.home.folder}/wirewatch.db?mode=ro", uri=True) as store:
            return store.execute(question).fetchall()


def main() -> None:
    words = argparse.ArgumentParser(prog="bench.real")
    words.add_argument("data", type=Path)
    words.add_argument("--kills", type=int, default=5)
    words.add_argument("--look", choices=("alert", "summary"), default="alert")
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--show", action="store_true")
    asked = words.parse_args()
    sys.exit(asyncio.run(measure(asked)))


async def measure(asked: argparse.Namespace) -> int:
    world = read_world(asked.data)
    slack = SlackRoom(pace=0)
    with tempfile.TemporaryDirectory() as folder:
        async with Newsroom(hosts=world.hosts) as news, slack:
            run = Run(world.serve(news), news, slack, Household(Path(folder), slack=slack.url))
            run.home.config.write_text(config(run, asked.look))
            slack.faults.extend([slow(SLACK_SECONDS)] * 100_000)
            await live(run, asked.kills, random.Random(asked.seed))
            wrong = list(what_is_wrong(run, world, asked.look))
            report(run, asked.show)
    for line in wrong:
        print(f"WRONG  {line}")
    print("nothing is wrong" if not wrong else f"{len(wrong)} things are wrong")
    return bool(wrong)


def config(run: Run, look: str) -> str:
    """The owner's own spelling first: YAML alone would refuse it."""
    rules = [f"  - {OWNERS.match}"]
    rules += [f"  - {{match: {json.dumps(ask.match)}, to: {json.dumps(ask.channels)}}}" for ask in ASKS[1:]]
    return "\n".join(
        [
            "feeds:",
            *(f"  - {served.url}" for served in run.served),
            "rules:",
            *rules,
            f"slack: {{token: '${{SLACK_BOT_TOKEN:-}}', channel: '#desk', api_url: '{run.slack.url}'}}",
            "fetch: {contact: desk@example.org, allow_networks: [127.0.0.0/8], every: 5s}",
            f"first_look: {look}\n",
        ]
    )


# --- the run -----------------------------------------------------------------------------------------------


async def live(run: Run, kills: int, chance: random.Random) -> None:
    started = time.monotonic()
    for life in range(kills + 1):
        span = SPREAD / kills * chance.uniform(0.2, 1.8) if life < kills else PATIENCE
        async with run.home.daemon() as daemon:
            await daemon.says("watches")
            over = await watch(run, daemon, started, span)
            if not over:
                daemon.kill()
                run.kills += 1
                print(f"{time.monotonic() - started:5.1f} s  kill -9", flush=True)
        run.log += daemon.lines
        if over:
            break
    run.seconds = time.monotonic() - started
    run.audit = await run.home.audit()
    run.feeds_list = (await run.home.run("feeds", "list")).out


async def watch(run: Run, daemon: Daemon, started: float, span: float) -> bool:
    """Until all is done (True), or `span` seconds are over."""
    until = time.monotonic() + span
    while time.monotonic() < until:
        run.peak = max(run.peak, peak_of(daemon.process.pid))
        unpolled, unjudged, unsent, untold = run.rows(LEFT)[0]
        if not unpolled + unjudged and not run.judging:
            run.judging = time.monotonic() - started
        if not unpolled + unjudged + unsent + untold:
            return True
        await asyncio.sleep(0.1)
    if span == PATIENCE:
        raise TimeoutError(f"not done after {PATIENCE} s; left: {run.rows(LEFT)[0]}\n{daemon.log[-3000:]}")
    return False


LEFT = """select (select count(*) from feeds where polled_at is null),
                 (select count(*) from entries where due_at is not null),
                 (select count(*) from outbox where state in ('ready', 'sending')),
                 (select count(*) from feeds where looked and not introduced)"""


def peak_of(pid: int) -> int:
    """kB of resident memory at most so far; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0


# --- what Slack holds --------------------------------------------------------------------------------------


def told_by(message: Posted) -> Iterator[Key]:
    """What an alert tells. In a first look every line has one link and one list of rules."""
    link = ""
    for element in elements(message.blocks):
        if element.get("type") == "link":
            link = element["url"]
        elif element.get("style", {}).get("code"):
            yield from ((message.channel, rule, link) for rule in element["text"].split(", "))


def elements(blocks: Any) -> Iterator[Mapping[str, Any]]:
    """The leaves of nested blocks, in order."""
    if isinstance(blocks, Mapping):
        if blocks.get("type") in ("text", "link"):
            yield blocks
        blocks = blocks.get("elements", ())
    if isinstance(blocks, list | tuple):
        for one in blocks:
            yield from elements(one)


def in_doubt(run: Run) -> set[Key]:
    """What the messages tell of which nobody knows whether they arrived."""
    rows = run.rows("select channel, payload from outbox where state = 'unknown'")
    alerts = [(channel, json.loads(payload)) for channel, payload in rows]
    return {
        (channel, one["text"], line.get("link", ""))
        for channel, alert in alerts
        for line in alert.get("listed", [alert])
        for one in line.get("found", [{"text": rule} for rule in line.get("rules", ())])
    }


# --- what is wrong -----------------------------------------------------------------------------------------


def what_is_wrong(run: Run, world: World, look: str) -> Iterator[str]:
    told = [key for message in run.slack.posted for key in told_by(message)]
    doubt = in_doubt(run)
    yield from seed_faults(told, doubt, world.local(SEED_LINK, run.news))
    yield from (f"told {count} times: {key}" for key, count in Counter(told).items() if count > 1)
    yield from (f"told, but nobody asked for its page: {link}" for link in strange_links(run, told))
    if look == "alert":
        yield from missing(run)
    yield from outbox_faults(run)
    yield from audit_faults(run)
    yield from feed_faults(run)
    yield from (f"log: {line}" for line in run.log if is_fault(line))


def is_fault(line: str) -> bool:
    """Python's own resource tracker, which outlives a kill, writes that it tidies up."""
    return '"level": "error"' in line or not (line.startswith("{") or "resource_tracker" in line)


def seed_faults(told: Iterable[Key], doubt: set[Key], link: str) -> Iterator[str]:
    rules = Counter(rule for _, rule, where in told if where == link)
    if rules[OWNERS.match] != 1 and not (rules[OWNERS.match] == 0 and ("#desk", OWNERS.match, link) in doubt):
        yield f"the seed is told {rules[OWNERS.match]} times by {OWNERS.match}"
    if rules[MACRON.match]:
        yield "the seed is told by Macron"


def strange_links(run: Run, told: Iterable[Key]) -> set[str]:
    asked = {unquote(f"http://{asked.host}{asked.path}") for asked in run.news.log}
    return {link for _, _, link in told if link and unquote(link.partition("#")[0]) not in asked}


def missing(run: Run) -> Iterator[str]:
    """What plain regular expressions find in the text the daemon read, and nobody was told."""
    read = texts_read(run)
    for feed, one, ask, channel in untold(run, told_or_in_doubt(run)):
        if ask.holds(read.get(one.link, "")):
            yield f"not told to {channel}: {ask.match} in {one.link} {one.title[:60]!r} of {feed.name}"


def untold(run: Run, known: set[Key]) -> Iterator[tuple[Served, Told, Ask, str]]:
    links = {(channel, rule, unquote(link)) for channel, rule, link in known}
    for feed, one, ask, channel in expected(run.served):
        if (channel, ask.match, unquote(one.link)) not in links:
            yield feed, one, ask, channel


def texts_read(run: Run) -> dict[str, str]:
    """What rules saw, by link."""
    rows = run.rows("select link, a.title, a.blocks from articles a join entries e on e.id = a.entry_id")
    return {
        link: "\n".join([title, *(text for zone, text in json.loads(blocks) if zone not in UNSEEN)])
        for link, title, blocks in rows
    }


def expected(served: Iterable[Served]) -> Iterator[tuple[Served, Told, Ask, str]]:
    for feed in served:
        for one in feed.entries:
            for ask in ASKS:
                if one.link and "NOT" not in ask.match and ask.holds(one.all_words):
                    yield from ((feed, one, ask, channel) for channel in ask.channels)


def outbox_faults(run: Run) -> Iterator[str]:
    """Every sent message is in Slack once; what is in Slack is sent or in doubt; nothing was given up."""
    held = Counter(message.key for message in run.slack.posted)
    states = dict(run.rows("select key, state from outbox"))
    for key, state in states.items():
        if held[key] > 1 or (state == "sent" and held[key] != 1) or state not in ("sent", "unknown"):
            yield f"message {key[:8]} is {state}, and {held[key]} times in Slack"
    yield from (f"message {key[:8]} in Slack is nobody's" for key in held.keys() - states.keys())


def audit_faults(run: Run) -> Iterator[str]:
    for feed in run.audit["feeds"]:
        yield from (f"audit of {feed['name']}: {line}" for line in feed["unaccounted"])


def feed_faults(run: Run) -> Iterator[str]:
    failing = failing_feeds(run)
    came = {feed["url"]: feed["entries_in"] for feed in run.audit["feeds"]}
    if (lines := len(re.findall(r"^!", run.feeds_list, re.MULTILINE))) != len(failing):
        yield f"feeds list: {lines} lines for {len(failing)} failing feeds"
    for feed in run.served:
        if feed.is_feed == (feed.url in failing):
            yield f"{feed.name}: {failing.get(feed.url, 'taken for a feed, and is none')}"
        if came[feed.url] != feed.distinct and not explained(feed, came[feed.url]):
            yield f"{feed.name}: {came[feed.url]} entries came in, feedparser counts {feed.distinct}"


def failing_feeds(run: Run) -> dict[str, str]:
    return dict(run.rows("select url, error from feeds where error != ''"))


def explained(feed: Served, came: int) -> str:
    """Why another number of entries came in than there are different guid, link and title; empty: unknown."""
    told_apart = {
        (one.link, one.title, one.text, "" if one.link or not one.guid else one.date) for one in feed.entries
    }
    if came != len(told_apart):
        return ""
    if came > feed.distinct:
        return "no guid, no link: told apart by their words"
    return "several guids: the same words on the same page, or of the same date without one"


# --- what there is to tell ---------------------------------------------------------------------------------


def report(run: Run, show: bool) -> None:
    print_failing(run)
    print_differences(run)
    print_pages(run)
    print_unlike_gold(run)
    print_log(run)
    if show:
        print_alerts(run)
    print_counts(run)
    print_told(run)
    print_delivery(run)
    print_time(run)


def print_counts(run: Run) -> None:
    states: Counter[str] = Counter()
    for feed in run.audit["feeds"]:
        states.update(feed["states"])
    print(
        f"feeds {len(run.served)}, failing {len(failing_feeds(run))}; entries in {run.audit['entries_in']}, "
        f"accounted for {states.total()}: {named(states)}"
    )


def named(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def print_told(run: Run) -> None:
    """What alerts and rows in doubt tell, and how much of what the regular expressions find is among it."""
    known = {(channel, rule, unquote(link)) for channel, rule, link in told_or_in_doubt(run)}
    foreseen = {(channel, ask.match, unquote(one.link)) for _, one, ask, channel in expected(run.served)}
    [(matches,)] = run.rows("select count(*) from matches")
    print(
        f"matches {matches}; told {len(known)} times (channel, rule, page), among them "
        f"{len(foreseen & known)} of {len(foreseen)} that plain words foresee"
    )


def told_or_in_doubt(run: Run) -> set[Key]:
    return in_doubt(run).union(key for message in run.slack.posted for key in told_by(message))


def print_delivery(run: Run) -> None:
    unknown = {key for (key,) in run.rows("select key from outbox where state = 'unknown'")}
    arrived = sum(message.key in unknown for message in run.slack.posted)
    told = Counter(key for message in run.slack.posted for key in told_by(message))
    print(
        f"messages in Slack {len(run.slack.posted)}; outbox: {named(run.audit['outbox'])}; "
        f"of the unknown {arrived} had arrived; doubled {sum(count > 1 for count in told.values())}"
    )


def print_time(run: Run) -> None:
    rate = run.audit["entries_in"] / run.judging
    print(
        f"kills {run.kills}; {run.seconds:.1f} s, all judged after {run.judging:.1f} s, {rate:.0f} entries/s"
        f"; daemon at most {run.peak / 1024:.0f} MB beside its workers"
    )


def print_failing(run: Run) -> None:
    names = {feed.url: feed.name for feed in run.served}
    for url, reason in failing_feeds(run).items():
        print(f"failing  {names[url]}: {reason}")


def print_differences(run: Run) -> None:
    came = {feed["url"]: feed["entries_in"] for feed in run.audit["feeds"]}
    for feed in run.served:
        if came[feed.url] != feed.distinct or feed.distinct != len(feed.entries):
            why = (
                "the same entry twice" if came[feed.url] == feed.distinct else explained(feed, came[feed.url])
            )
            counts = (
                f"{len(feed.entries)} in the document, {feed.distinct} different, {came[feed.url]} came in"
            )
            print(f"counts   {feed.name}: {counts}: {why or 'NOT EXPLAINED'}")


def print_pages(run: Run) -> None:
    asked = "select source, substr(note, 1, 60), count(*) from articles group by 1, 2 order by 3 desc"
    for source, note, count in run.rows(asked):
        print(f"pages    {count:5}  {source}: {re.sub(r'[0-9.]+:[0-9]+', '…', note) or 'read'}")


def print_unlike_gold(run: Run) -> None:
    """What the gold text of a page would match and the text that was read does not: to be looked at."""
    for feed, one, ask, channel in untold(run, told_or_in_doubt(run)):
        print(
            f"gold     {feed.name}: {ask.match} to {channel}: only in what others call the text of {one.link}"
        )


def print_log(run: Run) -> None:
    """What the daemon said, by kind; not the progress."""
    said = [json.loads(line) for line in run.log if line.startswith("{")]
    kinds = Counter((line["level"], re.sub(r"\d+", "…", line["event"])) for line in said)
    for (level, event), count in kinds.most_common():
        if not event.startswith("first look:"):
            print(f"log      {count:5}  {level}: {event}")
    print(f"feeds list: {run.feeds_list.splitlines()[-1]}")


def print_alerts(run: Run) -> None:
    for message in run.slack.posted:
        words = "".join(
            f"*{one['text']}*" if one.get("style", {}).get("bold") else one["text"]
            for block in message.blocks
            for one in elements(block)
        )
        print(f"alert    {message.channel}  {words!r}")


if __name__ == "__main__":
    main()
