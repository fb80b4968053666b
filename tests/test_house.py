"""The walls: imports go down only, one door an outside library, rooms of a size that can be read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path for top in ("monitor", "rules") for path in (ROOT / top).rglob("*.py"))
ALL_FILES = [*FILES, *sorted(path for top in ("tests", "bench") for path in (ROOT / top).rglob("*.py"))]

# Who may import which part of the house; a name stands for itself and all below it.
ALLOWED = {
    "rules.tree": {"rules.document"},
    "rules.document": set(),
    "rules.text": {"rules.text"},
    "rules.language": {"rules.language", "rules.text", "rules.tree", "rules.document"},
    "rules.engine": {"rules.engine", "rules.language", "rules.text", "rules.tree", "rules.document"},
    "rules": {"rules"},
    "monitor.errors": set(),
    "monitor.words": set(),
    "monitor.model": {"monitor.model", "rules"},
    "monitor.config": {"monitor.config", "monitor.model", "monitor.errors", "monitor.sources", "rules"},
    "monitor.sources": {"monitor.sources", "monitor.model", "monitor.errors"},
    "monitor.alerts": {"monitor.alerts", "monitor.model", "monitor.errors", "monitor.words", "rules"},
    "monitor.stories": {"monitor.stories", "monitor.model", "monitor.errors", "monitor.words", "rules"},
    "monitor.store": {"monitor.store", "monitor.model", "monitor.errors"},
    "monitor.ops": {"monitor.ops", "monitor.model", "monitor.errors"},
    "monitor.preload": {"monitor.sources", "monitor.model"},
    "monitor.workers": {"monitor.sources", "monitor.ops", "monitor.model", "monitor.errors", "rules"},
    "monitor.facts": {"monitor.sources", "monitor.model", "rules"},
    "monitor.learning": {"monitor.workers", "monitor.ops", "monitor.model", "rules"},
    "monitor.loops": {"monitor.ops", "monitor.errors"},
    "monitor.chores": {"monitor.ops", "monitor.errors"},
    "monitor.polling.health": {"monitor.sources", "monitor.ops", "monitor.model", "monitor.words"},
}
# The order of the work, and what people ask about it: they use every room, and know nothing of the daemon.
ROOMS = {"monitor.sources", "monitor.alerts", "monitor.store", "monitor.ops", "monitor.workers"}
ROOMS |= {"monitor.facts", "monitor.learning", "monitor.model", "monitor.words", "monitor.errors", "rules"}
ALLOWED |= {"monitor.polling": ROOMS | {"monitor.polling"}}
ALLOWED |= dict.fromkeys(("monitor.commands.filters", "monitor.commands.report"), ROOMS)
ALLOWED |= {"monitor.watch": ROOMS | {"monitor.watch", "monitor.beats", "monitor.chores", "monitor.desk"}}
ALLOWED["monitor.watch"] |= {"monitor.pipeline"}
ALLOWED |= {"monitor.grouping": {"monitor.stories", "monitor.store", "monitor.model"}}
ALLOWED |= {"monitor.desk": ROOMS | {"monitor.grouping"}, "monitor.pipeline": ROOMS | {"monitor.desk"}}
# The only files that may import an outside library. Values are path prefixes.
DOORS = {
    # As a client, as what slack_sdk runs on, as a server.
    "aiohttp": (
        "monitor/sources/fetch.py",
        "monitor/alerts/wire.py",
        "monitor/alerts/slack.py",
        "monitor/alerts/socket.py",
        "monitor/sources/callback.py",
    ),
    "slack_sdk": (
        "monitor/alerts/wire.py",
        "monitor/alerts/buttons.py",
        "monitor/alerts/compose.py",
        "monitor/alerts/listing.py",
        "monitor/alerts/pieces.py",
    ),
    "sqlalchemy": ("monitor/store/",),
    "alembic": ("monitor/store/",),
    "pebble": ("monitor/workers.py",),
    "feedparser": ("monitor/sources/feed.py",),
    "protego": ("monitor/sources/robots.py",),
    "publicsuffixlist": ("monitor/model/sites.py",),
    "trafilatura": ("monitor/sources/article.py", "monitor/sources/skim.py"),
    "htmldate": ("monitor/sources/dated.py",),
    "dateparser": ("monitor/sources/days.py",),
    "apscheduler": ("monitor/beats.py",),
    "re2": ("rules/text/patterns.py",),
    "selectolax": ("monitor/sources/skim.py",),
    "simplemma": ("rules/text/dictionary.py",),
    "Stemmer": ("rules/text/forms.py",),
    "py3langid": ("monitor/sources/language.py",),
    "structlog": ("monitor/ops/log.py",),
    "yaml": ("monitor/config/marked.py",),
    "typer": ("monitor/cli.py",),
}


def imports(path: Path) -> list[tuple[str, bool]]:
    """(dotted name, at module level?) of everything a file imports."""
    found = []
    tree = ast.parse(path.read_text())
    top = set(map(id, ast.iter_child_nodes(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(name.name, id(node) in top) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(f"{node.module}.{name.name}", id(node) in top) for name in node.names]
    return found


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    return place(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_go_down_only(path: Path) -> None:
    room = next((room for room in ALLOWED if within(dotted(path), room)), None)
    if room is None:
        return  # daemon, checks, cli: they stand on top
    ours = [name for name, _ in imports(path) if within(name, "monitor") or within(name, "rules")]
    assert not [name for name in ours if not any(within(name, floor) for floor in ALLOWED[room])]


@pytest.mark.parametrize("path", FILES, ids=place)
def test_only_its_door_imports_an_outside_library(path: Path) -> None:
    for name, _ in imports(path):
        doors = DOORS.get(name.split(".")[0])
        assert doors is None or place(path).startswith(doors), f"{name} belongs to {doors}"


@pytest.mark.parametrize("path", ALL_FILES, ids=place)
def test_an_import_says_in_full_where_it_leads(path: Path) -> None:
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    assert not [node.lineno for node in found if node.level], "import from the top of the house"


# What opens a connection. Slack is reached through slack_sdk, which passes its own session.
_CALLS_OUT = re.compile(
    r"\b(?:urllib\.request|urllib3|http\.client|httpx|requests|ftplib|smtplib|telnetlib|pycurl|websockets?)\b"
    r"|\b(?:ClientSession|create_connection|open_connection|urlopen|sock_connect)\("
)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_one_door_leads_to_other_peoples_servers(path: Path) -> None:
    """The guard stands in it; a second door would be one without a guard."""
    if place(path) not in ("monitor/sources/fetch.py", "monitor/alerts/wire.py"):
        assert not _CALLS_OUT.findall("\n".join(_code(path)))


def _code(path: Path) -> Iterator[str]:
    """What a file does, without what it says."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call | ast.Import | ast.ImportFrom):
            yield ast.unparse(node)


# Words for what has another name here: an entry, a message or an alert, a match, a notice; or for nothing.
BANNED = {"item", "post", "hit", "notification", "handler", "manager", "util", "utils", "helper"}
BANNED |= {f"{word}s" for word in BANNED}
# Names that are not ours to choose.
GIVEN = {("monitor/sources/fetch.py", "handler")}  # aiohttp passes it to a middleware by this name
# expat asks for what it calls under these names.
_EXPAT = ("Comment", "EndElement", "StartDoctypeDecl", "StartElement", "StartNamespaceDecl", "XmlDecl")
GIVEN |= {("monitor/sources/cut.py", f"{name}Handler") for name in _EXPAT}


def names(path: Path) -> set[str]:
    """What a file itself names: functions, classes, parameters, variables, attributes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.arg():
                found.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.Attribute(ctx=ast.Store()):
                found.add(node.attr)
    return found


@pytest.mark.parametrize("path", FILES, ids=place)
def test_one_word_stands_for_one_idea(path: Path) -> None:
    ours = {name for name in names(path) if (place(path), name) not in GIVEN}
    assert not {name for name in ours if BANNED & set(re.findall("[a-z]+", _in_words(name)))}


def _in_words(name: str) -> str:
    """`FeedItem` and `FEED_ITEM` as `feed_item`."""
    return name.lower() if name.isupper() else re.sub("([A-Z])", r"_\1", name).lower()


@pytest.mark.parametrize("path", sorted((ROOT / "tests").glob("*/*.py")), ids=place)
def test_doors_are_replaced_never_patched(path: Path) -> None:
    """The environment may be set; our own code may not be changed under a test."""
    text = path.read_text()
    assert not re.search(r"\bmock\b|\bsetattr\b|\bpatch\(", text)


@pytest.mark.parametrize("path", [path for path in FILES if "migrations" not in path.parts], ids=place)
def test_every_file_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a file's duty fits in one line"


def test_rules_are_pure() -> None:
    """No clock, no file, no network, no log in the language."""
    outside = {
        "asyncio",
        "datetime",
        "io",
        "logging",
        "os",
        "pathlib",
        "random",
        "socket",
        "subprocess",
        "time",
    }
    for path in FILES:
        if within(dotted(path), "rules"):
            assert not {name.split(".")[0] for name, _ in imports(path)} & outside, place(path)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_can_be_read_at_a_glance() -> None:
    """Nine of ten under 25 lines, none over 60; migrations are lists of columns and do not count."""
    found = [
        (length(node), f"{place(path)}:{node.name}")
        for path in FILES
        if "migrations" not in path.parts
        for node in functions(path)
    ]
    lengths = sorted(size for size, _ in found)
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25
    assert max(found)[0] <= 60, max(found)


def test_no_room_has_grown_too_large() -> None:
    assert not [place(path) for path in FILES if len(path.read_text().splitlines()) > 600]
