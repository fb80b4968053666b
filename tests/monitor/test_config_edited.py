"""Feeds are written into a config.yaml whose owner has a style of his own."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import config
from monitor.config.edited import addresses, with_feeds, without_feeds
from monitor.config.marked import Wrong
from monitor.model import FeedSpec

NEW = FeedSpec("https://new.example/feed")
RICH = FeedSpec("https://new.example/?a=[1]&b={2}#x", 'The "New": Times', ("a, b", "c #d"))

STYLES = {
    "a list below": "feeds:\n  - https://a.example/\n  - https://b.example/\nrules: [missile]\n",
    "a list in the column of its key": "feeds:\n- https://a.example/\n- https://b.example/\nrules: [a]\n",
    "at the end": "rules: [missile]\nfeeds:\n    - https://a.example/",
    "with comments": (
        "# mine\nfeeds:  # the feeds\n  # world\n  - https://a.example/  # good\n  # - https://old.example/\n\n"
        "  # below\n\n# rules\nrules:\n  - missile\n"
    ),
    "tables over lines": (
        "feeds:\n  - url: https://a.example/\n    name: A\n    tags:\n      - x\n      - y\n\n\nrules: [a]\n"
    ),
    "a dash on a line of its own": "feeds:\n  -\n    url: https://a.example/\nrules: [missile]\n",
    "brackets": "feeds: [https://a.example/, 'https://b.example/']  # two\nrules: [missile]\n",
    "brackets over lines": (
        "feeds: [\n  https://a.example/,  # a ] here\n  {url: https://b.example/, tags: [x, y]},\n]\n"
        "rules: [a]\n"
    ),
    "brackets with quotes and a comment at the end": (
        'feeds: [\n  {url: https://a.example/, name: "it\'s ] one"}, # ]\n'
        "  {url: https://b.example/, name: it's}  # '\n]\nrules: [a]\n"
    ),
    "many brackets": "feeds: ["
    + ", ".join(f"{{url: https://a.example/{n}, tags: [x, y]}}" for n in range(500))
    + "]\nrules: [a]\n",
    "empty brackets": "feeds: []\nrules: [missile]\n",
    "json": '{"rules": ["missile"], "feeds": ["https://a.example/"]}',
    "nothing there yet": "rules: [missile]\n",
    "nothing there yet, and no line end": "rules: [missile]",
    "a key alone": "feeds:\nrules: [missile]\n",
    "a key with a comment": "feeds:   # none yet\n\nrules: [missile]\n",
    "lines of Windows": "feeds:\r\n  - https://a.example/\r\nrules: [missile]\r\n",
}


def feeds_in(text: str, path: Path) -> tuple[FeedSpec, ...]:
    path.write_text(text, newline="")
    return config.load(path, os.environ).feeds


@pytest.mark.parametrize("new", [NEW, RICH], ids=["plain", "rich"])
@pytest.mark.parametrize("style", STYLES)
def test_a_feed_is_added_in_every_style_of_list(style: str, new: FeedSpec, tmp_path: Path) -> None:
    text = STYLES[style]
    changed = with_feeds(text, [new])
    before = feeds_in(text, tmp_path / "a.yaml") if "example" in text else ()
    assert feeds_in(changed, tmp_path / "b.yaml") == (*before, new)


@pytest.mark.parametrize("style", STYLES)
def test_nothing_that_stood_there_is_lost(style: str) -> None:
    text = STYLES[style]
    changed = with_feeds(text, [NEW, RICH])
    left = iter(changed)
    assert all(char in left for char in text), "what was there stands there in its order"


@pytest.mark.parametrize("style", [style for style, text in STYLES.items() if "example" in text])
@pytest.mark.parametrize("new", [NEW, RICH], ids=["plain", "rich"])
def test_what_was_added_can_be_taken_out_again(style: str, new: FeedSpec, tmp_path: Path) -> None:
    text = STYLES[style]
    added = with_feeds(text, [new, FeedSpec("https://last.example/")])
    before = feeds_in(text, tmp_path / "a.yaml")
    assert addresses(added)[-2:] == (new.url, "https://last.example/")
    left = without_feeds(added, [len(before)])
    assert feeds_in(left, tmp_path / "b.yaml") == (*before, FeedSpec("https://last.example/"))
    left = without_feeds(added, [len(before), len(before) + 1])
    assert feeds_in(left, tmp_path / "c.yaml") == before
    assert feeds_in(without_feeds(added, range(len(before) + 1)), tmp_path / "d.yaml") == (
        FeedSpec("https://last.example/"),
    )


def test_what_is_taken_out_leaves_the_rest_as_it_stood() -> None:
    text = (
        "# mine\nfeeds:  # the feeds\n  # world\n  - https://a.example/  # good\n\n  # home\n"
        "  - url: https://b.example/\n    tags:\n    - x\n  - https://c.example/\n\n"
        "# rules\nrules: [missile]\n"
    )
    assert without_feeds(text, [1]) == text.replace("  - url: https://b.example/\n    tags:\n    - x\n", "")
    assert without_feeds(text, [0, 2]) == text.replace("  - https://a.example/  # good\n", "").replace(
        "  - https://c.example/\n", ""
    )
    line = (
        "feeds: [https://a.example/, 'https://b.example/', {url: https://c.example/, tags: [x]} ]  # three\n"
    )
    assert without_feeds(line, [1]) == line.replace("'https://b.example/', ", "")
    assert without_feeds(line, [0]) == line.replace("https://a.example/, ", "")
    assert without_feeds(line, [2]) == line.replace(", {url: https://c.example/, tags: [x]}", "")
    json = '{"feeds": ["https://a.example/", "https://b.example/"], "rules": ["missile"]}'
    assert without_feeds(json, [1]) == json.replace(', "https://b.example/"', "")


def test_where_they_cannot_be_taken_out_their_owner_is_told() -> None:
    for text in (
        "feeds: https://a.example/\n",
        "rules: [missile]\n",
        "feeds: &all\n  - https://a.example/\n",
    ):
        with pytest.raises(Wrong) as told:
            without_feeds(text, [0])
        assert "by hand" in told.value.hint


def test_a_feed_of_a_list_looks_like_its_neighbours() -> None:
    changed = with_feeds(STYLES["with comments"], [NEW])
    assert "  - https://a.example/  # good\n  - https://new.example/feed\n  # - https://old" in changed
    assert "\r\n  - https://new.example/feed\r\nrules" in with_feeds(STYLES["lines of Windows"], [NEW])


def test_many_feeds_are_added_in_their_order(tmp_path: Path) -> None:
    new = [FeedSpec(f"https://new.example/{n}") for n in range(1000)]
    assert feeds_in(with_feeds("rules: [missile]\n", new), tmp_path / "c.yaml") == tuple(new)


def test_what_looks_like_a_variable_is_none(tmp_path: Path) -> None:
    new = FeedSpec("https://new.example/${HOME}", "${HOME}")
    assert feeds_in(with_feeds("rules: [missile]\n", [new]), tmp_path / "c.yaml") == (new,)


@pytest.mark.parametrize(
    "text",
    [
        "feeds: https://a.example/\nrules: [missile]\n",
        "feeds: {url: https://a.example/}\n",
        "feeds: &all\n  - https://a.example/\n",
        "- missile\n",
        "feeds: [\n",
    ],
)
def test_where_it_cannot_be_added_its_owner_is_told_what_to_write(text: str) -> None:
    with pytest.raises(Wrong) as told:
        with_feeds(text, [NEW])
    assert "feeds:" in told.value.hint or text == "feeds: [\n"


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=10), max_size=3, unique=True))
def test_any_name_and_tags_are_read_as_they_were(name: str, tags: list[str]) -> None:
    new = FeedSpec("https://new.example/", name, tuple(tags))
    try:
        changed = with_feeds("rules: [missile]\n", [new])
    except Wrong:
        assert not all(char.isprintable() for char in "".join([name, *tags]))
        return
    assert changed.startswith("rules: [missile]\n")
