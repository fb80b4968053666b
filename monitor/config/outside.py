"""What a config takes from outside: files, the environment, and the secrets that must not stand in it."""

import glob
import re
from collections.abc import Mapping
from pathlib import Path

from monitor.config.marked import Wrong

SIZE = 32 << 20  # bytes of a config or an OPML file; 100,000 rules with ids and channels are 10 MB
SECRET_SIZE = 64 << 10  # bytes of a ${file:…}

# Bot, user and app tokens, rotated ones included, and the address of an incoming webhook.
SLACK_SECRET = re.compile(
    r"\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-|hooks\.slack\.com/services/)[\w/-]{4,}", re.ASCII
)
FILLED = re.compile(r"\$\$\{|\$\{(?P<name>[^{}]*\}?)")
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^{}]*)?\}")
_FORMS = "the forms are  ${NAME}, ${NAME:-default}  and  ${file:/path}"


_MARKS = ("xox", "xapp-", "hooks.slack.com/")


def secrets(text: str) -> list[int]:
    """Where Slack's secrets stand."""
    if not any(mark in text for mark in _MARKS):  # a fifth of the time in 10 MB without any
        return []
    return [found.start() for found in SLACK_SECRET.finditer(text)]


def masked(text: str) -> str:
    """Slack's secrets become as many dots, so that a caret stays under its word."""
    return SLACK_SECRET.sub(lambda found: "·" * len(found[0]), text)


def meaning(name: str, environ: Mapping[str, str], folder: Path) -> str:
    """What `${name}` stands for. Raises Wrong; its text never holds what was found."""
    if name.startswith("file:") and name.endswith("}"):
        return _secret_file(folder / name[5:-1])
    found = _VARIABLE.fullmatch(name)
    if found is None:
        raise Wrong(f"${{{name} is not closed or not a name", f"{_FORMS};  $${{  is a plain  ${{")
    value = environ.get(found["name"])
    if found["default"] is not None:
        value = value or found["default"][2:]
    if value is None:
        raise Wrong(
            f"{found['name']} is not set in the environment",
            f"set it, or give a default: ${{{found['name']}:-…}}",
        )
    if UNREADABLE.search(value):
        raise Wrong(
            f"the value of {found['name']} is not readable text",
            "it must be UTF-8 without control characters",
        )
    return value


UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _secret_file(path: Path) -> str:
    """Its text without the line end that editors and `echo` leave."""
    try:
        text = content(path, SECRET_SIZE, str(path)).decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if UNREADABLE.search(text):
        raise Wrong(f"{path} is not readable text", "it must be UTF-8 without control characters")
    return text.rstrip("\r\n")


def content(path: Path, limit: int, name: str) -> bytes:
    """A file's bytes. Raises Wrong: it is not there, not a file, not ours to read, too large."""
    try:
        if not path.is_file():  # a pipe or a device would keep us waiting, or never end
            kind = "is a folder, not a file" if path.is_dir() else "is not a file"
            raise Wrong(f"{name} {kind if path.exists() else 'does not exist'}", "check the path")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise Wrong(f"{name} cannot be read: {reason.lower()}", "check its path and permissions") from None
    if len(data) > limit:
        raise Wrong(f"{name} is larger than {limit >> 10} KB", "check that it is the right file")
    return data


PATTERN = re.compile(r"[*?]")


def matching(name: str, folder: Path) -> list[str]:
    """The files that a name means: with `*` or `?` in its last part those that are there, else itself."""
    above, slash, last = name.rpartition("/")
    if not PATTERN.search(last):
        return [name]
    pattern = glob.escape(above) + slash + last.replace("[", "[[]")
    try:
        return sorted(glob.glob(pattern, root_dir=folder))
    except (OSError, ValueError):
        return []
