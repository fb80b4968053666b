"""The judging steps as filters: one JSON object a line in, one a line out, in the same order.

A bad line becomes {"id": …, "error": …}; the rest goes on. Shapes are in docs/how-it-works.md.
"""

import asyncio
import json
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from monitor.alerts import matching
from monitor.facts import language_of, source_of
from monitor.model import Article, Block, Unreadable, Zone
from monitor.ops.progress import progress
from monitor.sources import language
from monitor.sources.dates import parse_date
from monitor.sources.plain import clamp
from monitor.workers import Workers
from rules import Facts, RuleSet

Record = dict[str, Any]
Step = Callable[[Record], Awaitable[Record]]

IN_FLIGHT = 8  # lines read ahead of the one that is printed next: keeps every worker busy, memory small


class BadLine(Exception):
    """A line that cannot be used; the message says why."""


def text_of(record: Record, key: str, *, needed: bool = False) -> str:
    """A string field of a line. Raises BadLine."""
    value = record.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise BadLine(f'"{key}" {"is missing" if value is None else "is not a string"}')
    return value


def texts_of(record: Record, key: str) -> tuple[str, ...]:
    """A list of strings, or one string. Raises BadLine."""
    value = record.get(key) or ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise BadLine(f'"{key}" is not a list of strings')
    return tuple(values)


async def extract(record: Record, workers: Workers) -> Record:
    """{"id", "url", "html" | "html_path"} -> {"id", "title", "text", "lang", "published", "blocks"}."""
    body, content_type = _page(record)
    article = await workers.read_page(body, text_of(record, "url"), content_type)
    if isinstance(article, Unreadable):
        raise BadLine(article.reason)
    return {
        "id": record.get("id"),
        "title": article.title,
        "text": article.text,
        "lang": next(iter(article.languages), ""),
        "published": article.published.isoformat() if article.published else None,
        "blocks": [{"zone": block.zone.value, "text": block.text} for block in article.blocks],
    }


def _page(record: Record) -> tuple[bytes, str]:
    """(bytes, content type) of a line's page; a string is decoded already, whatever its <meta> says."""
    if "html" in record:
        return text_of(record, "html", needed=True).encode("utf-8", "replace"), "text/html; charset=utf-8"
    if "html_path" not in record:
        raise BadLine('"html" or "html_path" is missing')
    path = Path(text_of(record, "html_path", needed=True))
    try:
        if path.exists() and not path.is_file():  # a device may have no end, a pipe may never begin
            raise BadLine(f"{path}: not a file")
        return path.read_bytes(), ""
    except OSError as error:
        raise BadLine(f"{path}: {error.strerror}") from None


PLACES = 20  # of a rule in one article: a megabyte has 42,000 of two words, which nobody reads


async def match(record: Record, rules: RuleSet, now: datetime, places: int = PLACES) -> Record:
    """{"id", "title", "text"} -> {"id", "rules", "matches": [{"rule", "field", "start", "end", "words"}]}.

    "more": how many there are beyond the first `places` of each rule, if there are.

    Facts that rules may ask for, where the line has them: "lang", "url", "published", "source", "feed",
    "country", "categories", "tags", "author".
    """
    title, text = text_of(record, "title"), text_of(record, "text")
    known = _language(record)
    spoken = (known,) if known else language.languages(title, text, "")
    blocks = tuple(Block(Zone.BODY, line) for line in text.split("\n"))
    article = Article(title, blocks, spoken)
    found = matching.find(rules, matching.document_of(article, _facts(record, now)))
    fields = {"title": title, "body": text}
    more = sum(max(0, len(one.spans) - places) for one in found)
    return {
        "id": record.get("id"),
        "rules": [one.rule for one in found],
        "matches": [
            {"rule": one.rule, "field": field, "start": start, "end": end, "words": fields[field][start:end]}
            for one in found
            for field, start, end in one.spans[:places]
        ],
        **({"more": more} if more else {}),
    }


# ISO 639-2 for no language, many and one that nobody knows.
_UNSAID = ("", "zxx", "mul", "und")


def _language(record: Record) -> str:
    """The code of two letters; "" where the line does not say it. Raises BadLine."""
    written = text_of(record, "lang")
    code = language_of(written)
    if not code and written.lower() not in _UNSAID:
        raise BadLine(f'"lang": "{clamp(written, 40)}" is not a language; write two letters, as en')
    return code


def _facts(record: Record, now: datetime) -> Facts:
    url = text_of(record, "url")
    published = parse_date(text_of(record, "published"))
    return Facts(
        source=text_of(record, "source") or source_of(url),
        feeds=tuple(filter(None, [text_of(record, "feed")])),
        country=text_of(record, "country"),
        categories=texts_of(record, "categories"),
        tags=texts_of(record, "tags"),
        author=text_of(record, "author"),
        url=url,
        age=max(0.0, (now - published).total_seconds()) if published else None,
    )


async def run(lines: Iterable[str], out: TextIO, step: Step, *, ahead: int = IN_FLIGHT) -> int:
    """Every line through `step`, answers in order. Returns how many lines were bad."""
    waiting: deque[asyncio.Task[Record]] = deque()
    bad = 0

    async def put_first() -> int:
        answer = await waiting.popleft()
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return int("error" in answer)

    with progress() as shown:
        bar = shown.add_task("read", total=None)
        for number, line in enumerate(lines, 1):
            if line.strip():
                waiting.append(asyncio.create_task(_one(number, line, step)))
            if len(waiting) >= ahead:
                bad += await put_first()
                shown.advance(bar)
        while waiting:
            bad += await put_first()
            shown.advance(bar)
    out.flush()
    return bad


async def _one(number: int, line: str, step: Step) -> Record:
    record: Record = {}
    try:
        loaded = json.loads(line)
        if not isinstance(loaded, dict):
            raise BadLine("not a JSON object")
        record = loaded
        return await step(record)
    except json.JSONDecodeError as error:
        return {"id": None, "error": f"line {number}: not JSON: {error.msg} at column {error.colno}"}
    except BadLine as error:
        return {"id": record.get("id"), "error": f"line {number}: {error}"}
    except Exception as error:  # one line must not end the others, whatever it holds
        return {"id": record.get("id"), "error": f"line {number}: {type(error).__name__}: {error}"}


def workers() -> Workers:
    return Workers(max(1, os.cpu_count() or 1))
