"""Has a config changed, or a file that it names? Asked every few seconds, so nothing is parsed here."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.config.marked import Wrong
from monitor.config.outside import FILLED, SIZE, content, matching, meaning

# Where a config names a file, looked for in its text, since 100,000 rules take YAML a second. One name too
# many, in a comment say, does no harm.
_VALUE = (
    r"""["']?\s*:\s*(?:"([^"\n]+)"|'([^'\n]+)'|((?:\$\{[^}\n]*\}|[^\s"'#{},])(?:\$\{[^}\n]*\}|[^,}#\n])*))"""
)
_OPML, _FILE = re.compile(rf"opml\b{_VALUE}"), re.compile(rf"file\b{_VALUE}")
_SECRET = re.compile(r"\$\{file:([^{}]+)\}")


def fingerprint_of(path: Path, environ: Mapping[str, str]) -> str:
    """Of the bytes of a config and of the files it names; another one means: it has changed. Never raises."""
    found = hashlib.sha256()
    for name, data in _files(path, environ):
        found.update(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest())
        found.update(hashlib.sha256(data).digest())
    return found.hexdigest()


def _files(path: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The config, the files it names, and those that its rule files name: no file names others than these."""
    data = _bytes(path)
    yield "", data
    for named in _named(data, environ, path.absolute().parent):
        inside = _bytes(named)
        yield str(named), inside
        for inner in _named(inside, environ, named.parent):
            yield str(inner), _bytes(inner)


def _named(data: bytes, environ: Mapping[str, str], folder: Path) -> Iterator[Path]:
    text = data.decode("utf-8", "replace")
    for found in (*_SECRET.finditer(text), *_OPML.finditer(text), *_FILE.finditer(text)):
        name = next(filter(None, found.groups())).strip()
        try:
            filled = FILLED.sub(lambda one: meaning(one["name"] or "", environ, folder), name)
        except Wrong:
            continue
        yield from (folder / name for name in matching(filled, folder))


def _bytes(path: Path) -> bytes:
    try:
        return content(path, SIZE, str(path))
    except Wrong as wrong:
        return wrong.what.encode("utf-8", "replace")
