"""Column types that hold the same value on SQLite and on PostgreSQL, whatever bytes a publisher sends."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, Dialect, Integer, SmallInteger, Text, TypeDecorator

from monitor.model import Priority

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# PostgreSQL refuses index rows above 2,704 bytes; 500 characters are at most 2,000.
KEY_CHARS = 500
RANKS = (Priority.HIGH, Priority.NORMAL, Priority.LOW)

# SQLite numbers rows by itself only in a column of exactly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def storable(text: str) -> str:
    """Text both databases take: without NUL (PostgreSQL refuses it) and lone surrogates (not UTF-8)."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def key_of(text: str) -> str:
    """Text as an index holds it: whole when short, else its beginning and a digest of all of it."""
    text = storable(text)
    if len(text) <= KEY_CHARS:
        return text
    return f"{text[: KEY_CHARS - 65]}#{sha256(text.encode()).hexdigest()}"


def shard_of(host: str) -> int:
    """The shard that owns a host: one owner a host makes manners an in-process matter."""
    return crc32(host.encode("utf-8", "ignore")) % 256


class Prose(TypeDecorator[str]):
    """Text from outside, never indexed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Text that is looked up; compared and stored as `key_of` it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else key_of(value)


_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Json(TypeDecorator[Any]):
    """JSON as text: the databases never look inside, and JSONB would refuse what publishers send."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return storable(_in_json(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime as whole milliseconds since 1970; years 1 to 9999."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MILLISECOND


class Span(TypeDecorator[timedelta]):
    """A timedelta as whole milliseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else value * MILLISECOND


class Rank(TypeDecorator[Priority]):
    """A priority as a number that sorts: the smallest goes first."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Priority | None, dialect: Dialect) -> int | None:
        return None if value is None else RANKS.index(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Priority | None:
        return None if value is None else RANKS[value]


class Choice(TypeDecorator[StrEnum]):
    """One word of an enumeration, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)
