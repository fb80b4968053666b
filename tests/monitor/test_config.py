"""config.yaml -> Config, and what a person reads when it is wrong."""

import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import config
from monitor.errors import ConfigError
from monitor.model import (
    AlarmSpec,
    Config,
    Escalation,
    FeedSpec,
    FirstLook,
    Hours,
    Priority,
    Route,
    Secret,
    Template,
    Times,
    Timing,
)
from monitor.sources import proxy
from rules import Document
from tests.monitor.configs import FEEDS, LEAST, RULES, load, problems

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


# --- a config that is right -----------------------------------------------------------------------------


def test_feeds_and_rules_are_enough(file: Path) -> None:
    loaded = load(file, LEAST)
    assert loaded.feeds == (FeedSpec("https://example.org/feed"),)
    assert loaded.routes == {"missile-and-iraq": Route(("#alerts",))}
    assert loaded.store == f"sqlite:///{file.parent}/wirewatch.db"
    assert (loaded.first_look, loaded.web, loaded.notes) == (FirstLook.SUMMARY, "", ())
    assert (loaded.fetch.every, loaded.languages) == (timedelta(minutes=5), ("en",))
    assert not loaded.slack.token


def test_everything_that_can_be_said_is_taken(file: Path) -> None:
    text = """
        feeds:
          - {url: https://www.aljazeera.com/xml/rss/all.xml, name: Al Jazeera, tags: [me, qa], every: 5m,
             lang: en, country: qa}
          - http://127.0.0.1:9000/feed
        sets: {missiles: [missile, cruise missile]}
        rules:
          - {id: far, match: "$missiles + Iraq", to: "#iraq-desk", priority: high,
             must_match: ["Iraq buys cruise missiles"], must_not_match: [Iraq wins the trophy]}
          - {match: missile, to: [C024BE91L, ops]}
        slack: {token: "${BOT}", app_token: "${APP:-}", channel: news, ops_channel: "#ops",
                api_url: http://127.0.0.1:8080/api, settle: 0s}
        languages: [en, ar]
        store: postgresql://wire@db/wirewatch
        first_look: silent
        fetch: {contact: a@example.org, allow_networks: [127.0.0.1, 10.0.0.0/8], concurrency: 7, every: 2h}
        web: {listen: "127.0.0.1:8080"}
        alarm: [sh, -c, "mail -s wirewatch me"]
        heartbeat: https://hc-ping.com/3f0e
        """
    loaded = load(file, dedent(text), {"BOT": "xoxb-1"})
    assert loaded.feeds[0] == FeedSpec(
        "https://www.aljazeera.com/xml/rss/all.xml",
        "Al Jazeera",
        ("me", "qa"),
        timedelta(minutes=5),
        "en",
        "QA",
    )
    assert loaded.routes == {
        "far": Route(("#iraq-desk",), Priority.HIGH),
        "missile": Route(("C024BE91L", "#ops")),
    }
    assert loaded.slack.token == Secret("xoxb-1")
    assert loaded.slack.api_url == "http://127.0.0.1:8080/api/"
    assert (loaded.slack.channel, loaded.slack.settle) == ("#news", timedelta(0))
    assert loaded.languages == ("en", "ar")
    assert loaded.fetch.allow_networks == ("127.0.0.1/32", "10.0.0.0/8")
    assert loaded.heartbeat == Secret("https://hc-ping.com/3f0e")
    assert loaded.alarm == AlarmSpec(command=("sh", "-c", "mail -s wirewatch me"))
    assert (loaded.store, loaded.web) == ("postgresql://wire@db/wirewatch", "127.0.0.1:8080")


def test_a_heartbeat_that_nothing_can_reach_is_noted(file: Path) -> None:
    text = LEAST + "heartbeat: https://hc-ping.com/3f0e\n"
    assert "it is not asked" in load(file, text).notes[0]
    slack = 'slack: {token: "${BOT}", ops_channel: ops}\n'
    assert load(file, text + slack, {"BOT": "xoxb-1"}).notes == ()


def test_who_is_told_when_and_who_is_called(file: Path) -> None:
    text = """
        feeds: [https://a.example/feed]
        slack: {time_zone: Europe/Paris, quiet: "22:00-07:00", mention: here}
        rules:
          - missile
          - {id: far, match: rocket, to: ["#desk", "@ann"], digest: [hourly, "mon-fri 08:00"], quiet: [],
             mention: "@desk", escalate: {newsrooms: 3, mention: ["@ann", U012AB3CD]}}
        """
    loaded = load(file, dedent(text), {})
    night = Hours(22 * 60, 7 * 60)
    assert loaded.routes["missile"] == Route(
        ("#alerts",), mention=("here",), timing=Timing((), (night,), "Europe/Paris")
    )
    workdays = Times((480,), frozenset(range(5)))
    assert loaded.routes["far"] == Route(
        ("#desk", "@ann"),
        mention=("@desk",),
        timing=Timing((Times(tuple(range(0, 1440, 60))), workdays), (), "Europe/Paris"),
        escalate=Escalation(3, ("@ann", "U012AB3CD")),
    )


def test_a_rule_comes_before_the_tags_of_a_feed_and_these_before_slack(file: Path) -> None:
    text = """
        feeds: [{url: https://a.example/feed, tags: [wires, gulf]}]
        slack: {mention: here, digest: hourly}
        tags:
          gulf: {to: "#gulf", priority: high, template: short}
          wires: {to: "#wires", digest: []}
        rules: [missile, {id: far, match: rocket, to: "#desk", template: headline}]
        """
    routes = load(file, dedent(text), {}).routes
    hourly = Timing((Times(tuple(range(0, 1440, 60))),))
    of_gulf = Route(("#gulf",), Priority.HIGH, ("here",), hourly, template=Template.SHORT)
    assert routes["missile"].under(["wires", "gulf"]) == of_gulf  # the order is that of the file
    assert routes["missile"].under(["wires"]) == Route(("#wires",), mention=("here",))
    assert replace(routes["missile"].under(["other"]), tagged=()) == Route(
        ("#alerts",), mention=("here",), timing=hourly
    )
    assert routes["far"].under(["gulf"]) == replace(of_gulf, channels=("#desk",), template=Template.HEADLINE)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ("[gulf]", "config.yaml:3:7: tags must be a table of  tag: {key: value}  lines"),
        ('{gulf: {too: "#a"}}', 'config.yaml:3:15: unknown key "too"'),
        ("{gulf: {quiet: 7}}", 'config.yaml:3:22: "7" is no part of a day'),
        ("{gulf: {}, gulf: {}}", 'config.yaml:3:18: the tag "gulf" stands twice'),
    ],
)
def test_what_is_wrong_with_tags_is_told(file: Path, tags: str, told: str) -> None:
    text = f"feeds: [{{url: https://a.example/feed, tags: [gulf]}}]\nrules: [missile]\ntags: {tags}\n"
    assert told in problems(file, text)


def test_a_tag_that_no_feed_has_is_told_where_no_list_can_bring_it(file: Path) -> None:
    named, listed = "{url: https://a.example/feed, tags: [gulf]}", "{opml: https://a.example/list.opml}"
    text = "feeds: [%s]\nrules: [missile]\ntags: {golf: {priority: low}}\n"
    note = 'tags: no feed has the tag "golf"; did you mean  gulf  ?'
    assert load(file, text % named).notes == (note,)
    assert load(file, text % listed).notes == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('quiet: "22-7"', "is no part of a day"),
        ('quiet: "08:00-08:00"', "ends when it begins"),
        ('digest: "8"', "is no time of a digest"),
        ("mention: ann", "is nobody who can be called"),
        ("time_zone: Europe/Pariss", "did you mean  Europe/Paris  ?"),
        ("on_unknown: forget", "is none of resend, hold"),
        ("webhook: https://chat.example/hooks/x", "a secret does not belong in this file"),
    ],
)
def test_what_is_wrong_with_hours_and_names_is_told(file: Path, line: str, told: str) -> None:
    text = f"feeds: [https://a.example/feed]\nrules: [missile]\nslack:\n  {line}\n"
    with pytest.raises(ConfigError, match=re.escape(told)):
        load(file, text, {})


@pytest.mark.parametrize(
    "table", ["{newsrooms: 3}", "{newsrooms: 1, mention: here}", "{mention: here}", "yes"]
)
def test_an_escalation_needs_a_bar_and_somebody(file: Path, table: str) -> None:
    text = f"feeds: [https://a.example/feed]\nrules: [{{match: missile, escalate: {table}}}]\n"
    with pytest.raises(ConfigError):
        load(file, text, {})


@pytest.mark.parametrize("typed", ["no", "on", "007", "1e3", "true", "null", "2026-01-01", "0x1f"])
def test_what_is_typed_stays_what_was_typed(file: Path, typed: str) -> None:
    assert load(file, f"{LEAST}slack: {{channel: {typed}}}").slack.channel == f"#{typed}"
    assert load(file, f"{FEEDS}rules: [{typed}]").rules.match(Document(typed, ""))


def test_what_stands_outside_is_filled_in(file: Path) -> None:
    (file.parent / "secret").write_text("xoxb-file\n")
    text = LEAST + 'slack: {token: "${file:secret}", channel: "${A:-b}-${C}-${EMPTY:-d}"}\n'
    slack = load(file, text, {"C": "c", "EMPTY": ""}).slack
    assert (slack.token.value, slack.channel) == ("xoxb-file", "#b-c-d")


def test_what_is_filled_in_cannot_add_keys(file: Path) -> None:
    loaded = load(file, FEEDS + "rules: ['${RULE}']", {"RULE": '"a: b"\n+ "- c"'})
    assert len(loaded.rules) == 1


def test_dollars_without_a_brace_are_left_alone(file: Path) -> None:
    text = FEEDS + "sets: {a: [x]}\nrules:\n  - {id: i, match: $a + y, must_match: ['x y $${Z}']}\n"
    assert load(file, text).rules.rules["i"].text == "$a + y"


def test_anchors_repeat_a_value(file: Path) -> None:
    text = f"{FEEDS}rules:\n  - {{match: a, to: &desk [iraq]}}\n  - {{match: b, to: *desk}}\n"
    assert {route.channels for route in load(file, text).routes.values()} == {("#iraq",)}


@pytest.mark.parametrize(
    ("store", "address"),
    [
        ("sqlite:///a.db", "sqlite:///{}/a.db"),
        ("sqlite:////var/a b.db", "sqlite:////var/a b.db"),
        ("postgresql://u:p@h:5432/d?sslmode=require", "postgresql://u:p@h:5432/d?sslmode=require"),
    ],
)
def test_a_store_is_where_the_config_is(file: Path, store: str, address: str) -> None:
    assert load(file, f"{LEAST}store: {store}\n").store == address.format(file.parent)


def test_feeds_of_an_opml_file_join_those_named_here(file: Path) -> None:
    (file.parent / "feeds.opml").write_text(
        "<opml><body><outline text='Iraq'>"
        "<outline text='One' xmlUrl='https://EXAMPLE.org:443/feed'/>"
        "<outline text='Two' xmlUrl='https://example.net/two'/>"
        "<outline text='Inside' xmlUrl='http://10.0.0.1/feed'/>"
        "</outline></body></opml>"
    )
    loaded = load(file, "feeds:\n  - {opml: feeds.opml}\n  - https://example.org/feed\n" + RULES)
    assert loaded.feeds == (
        FeedSpec("https://example.org/feed"),
        FeedSpec("https://example.net/two", "Two", ("Iraq",)),
    )
    why = "10.0.0.1 is in a private or reserved network; fetch.allow_networks can allow it"
    assert loaded.notes == (f'feeds.opml: left out "Inside": {why}',)


def test_a_feed_inside_allowed_networks_may_be_asked_every_second(file: Path) -> None:
    feed = "feeds: [{url: 'http://127.0.0.1:9/f', every: 1s}]\n"
    loaded = load(file, feed + RULES + "fetch: {allow_networks: [127.0.0.0/8], every: 1s}")
    assert loaded.feeds[0].every == loaded.fetch.every == timedelta(seconds=1)


# --- a config that is wrong -----------------------------------------------------------------------------


def test_all_problems_are_told_at_once_in_the_order_of_the_file(file: Path) -> None:
    text = """\
        feeds:
          - www.example.org/feed
          - {url: https://example.org/a, evry: 5m}
        rules:
          - missile Iraq
          - {id: desk, match: missile AND, to: "A B"}
        slack:
          chanel: "#a"
        first_look: sumary
        """
    assert problems(file, dedent(text)) == dedent(
        """\
        config.yaml:2:5: a feed needs an http or https address
          hint: did you mean  https://www.example.org/feed  ?
        config.yaml:3:34: unknown key "evry"
          hint: did you mean  every  ?
        config.yaml:5:5: no operator between "missile" and "Iraq"
          missile Iraq
          ^^^^^^^^^^^^
          hint: write  missile AND Iraq  for both anywhere, or  "missile Iraq"  for the phrase
        config.yaml:6:31: the expression ends too early
          missile AND
                  ^^^
          hint: something must follow "AND"
        config.yaml:6:40: "A B" is not a Slack channel
          hint: names are lower-case letters, digits, - and _:  "#alerts";  ids look like  C024BE91L
        config.yaml:8:3: unknown key "chanel"
          hint: did you mean  channel  ?
        config.yaml:9:13: first_look: "sumary" is none of summary, alert, silent
          hint: did you mean  summary  ?"""
    )


def test_of_a_thousand_problems_half_are_told_and_the_rest_counted(file: Path) -> None:
    told = problems(file, FEEDS + "rules:\n" + "- a AND\n" * 1000)
    assert told.count("the expression ends too early") == 500
    assert told.endswith("\n… and 500 more problems")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "1:1: this file is empty"),
        (b"# only a comment\n", "1:1: this file is empty"),
        (b"- a\n", "1:1: this file is not a table"),
        (b"feeds: \xe9\n", "1:8: this is not UTF-8 text (byte 0xe9)"),
        (b"\xff\xfef\0e\0", "1:1: this is not UTF-8 text (byte 0xff)"),
        (b"\x89PNG\r\n\x1a\n\0\0", "1:1: this is not UTF-8 text (byte 0x89)"),
        (b"a: b\0\0\0", "1:5: a character that YAML does not allow (U+0000)"),
        (b"rules:\n\t- a\n", "2:1: a tab; YAML is indented with spaces"),
        (b"rules:\n  - a\n\t- b\n", "3:1: a tab; YAML is indented with spaces"),
        (b"rules:\n  - [a, b\nfeeds: x\n", "2:5: this [ is not closed"),
        (b"rules: {a: b", "1:8: this { is not closed"),
        (b"rules:\n  - to: [#a, b]\n    match: c\n", "2:9: this [ is never closed: # starts a comment"),
        (b'rules:\n  - "a\n  - b\n', "2:5: this quote is never closed"),
        (b'rules:\n  - "a\\q"\n', "2:7: in double quotes \\ begins an escape"),
        (b'rules:\n  - "a"\n    + "b"\n', "3:5: the value goes on after its closing quote"),
        (b'rules:\n  - {match: "a" + "b"}\n', "2:17: a , or } is missing before this"),
        (
            b"rules:\n  - match: a\n   to: b\n",
            "3:4: this line does not stand in the column of its neighbours",
        ),
        (b"rules:\n- a\nb\n", "3:1: this line is neither  key: value  nor  - value"),
        (b"rules:\n  - a: b: c\n", '2:9: a ": " that YAML does not expect here'),
        (b"rules: - a\n", "1:8: a list cannot begin here"),
        (b"rules:\n  - @a\n", "2:5: a value cannot begin with @ in YAML"),
        (b"rules:\n  - %a\n", "2:5: a value cannot begin with % in YAML"),
        (b"rules:\n  - *stan AND b\n", "2:5: *stan repeats a value that no & above it names"),
        (b"rules: &a [*a]\n", "1:12: *a repeats a value that no & above it names"),
        (b"a: b\n---\nc: d\n", "2:1: a second document begins here"),
        (b"a: !!python/object:os.system x\n", "1:4: tags (!"),
        (b"rules: [{<<: {match: a}}]\n", "1:10: merge keys (<<) are not used here"),
        (b"? [a]\n: b\n", "1:3: a key must be one word"),
        (b"rules: " + b"[" * 200_000, "1:24: too many lists inside lists"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(file: Path, data: bytes, told: str) -> None:
    found = problems(file, data)
    assert found.startswith(f"config.yaml:{told}")
    assert len(found.splitlines()) <= 2


def test_the_byte_order_mark_of_windows_is_no_problem(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())
    assert config.load(file, {}).feeds


def test_an_alias_bomb_is_refused(file: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "the *aliases of this file unfold to too much" in problems(file, "\n".join(lines))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "none.yaml", "does not exist"), (tmp_path, "is a folder, not a file")):
        with pytest.raises(ConfigError, match=rf"^{re.escape(str(path))} {told}\n  hint: check the path$"):
            config.load(path, {})
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="is not a file"):
        config.load(tmp_path / "pipe", {})


def test_a_file_of_40_mb_is_not_read(file: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(40 << 20)
    with pytest.raises(ConfigError, match="larger than 32768 KB"):
        config.load(file, {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FEEDS, "1:1: there are no rules"),
        (RULES, "1:1: there are no feeds"),
        (FEEDS + "rules:\n", "2:7: there are no rules"),
        (RULES + "feeds: []\n", "2:8: there are no feeds"),
        (LEAST + FEEDS, '3:1: the key "feeds" stands twice\n  hint: the first is in line 1; keep one'),
        (LEAST + "language: [en]\n", '3:1: unknown key "language"\n  hint: did you mean  languages  ?'),
        (LEAST + "languages: []\n", "3:12: languages: this list is empty"),
        (LEAST + "languages: [en-GB]\n", '3:13: "en-GB" is not a language\n  hint: did you mean  en  ?'),
        (LEAST + "languages: [english]\n", "hint: did you mean  en  ?"),
        (LEAST + "languages: [ar, xx]\n", '3:17: "xx" is not a language\n  hint: write its two letters'),
        (LEAST + "slack: on\n", "3:8: slack must be a table of  key: value  lines"),
        (LEAST + "slack:\n  settle: 30 seconds\n", '4:11: slack.settle: "30 seconds" is not a span of time'),
        (LEAST + "slack: {channel: '#Alerts'}\n", '3:18: slack.channel: "#Alerts" is not a Slack channel'),
        (LEAST + "slack: {channel: '#a b'}\n", '3:18: slack.channel: "#a b" is not a Slack channel'),
        (LEAST + "slack: {channel: [a, b]}\n", "3:18: slack.channel: one value is wanted here, not a list"),
        (LEAST + "slack:\n  channel: #a\n", "4:11: slack.channel: this value is empty: # starts a comment"),
        (LEAST + "slack: {api_url: http://slack.com/api}\n", "is not an https address"),
        (LEAST + "store: wirewatch.db\n", "3:8: store: this is not a store"),
        (LEAST + "store: mysql://u:p@h/d\n", "3:8: store: mysql:// is not a store"),
        (LEAST + "store: sqlite://\n", "3:8: store: sqlite needs a file and nothing more"),
        (LEAST + "store: 'sqlite:///:memory:'\n", "3:8: store: sqlite needs a file and nothing more"),
        (LEAST + "web: off\n", '3:6: web: "off" is neither false nor a table'),
        (LEAST + "web: {listen: 8080}\n", '3:15: web.listen: "8080" is not host:port'),
        (LEAST + "fetch: {concurrency: many}\n", '"many" is not a whole number from 1 to 1024'),
        (LEAST + "fetch: {contact: bob}\n", '"bob" is neither a mail nor a web address'),
        (LEAST + 'fetch: {contact: "a@b.org\\r\\nHost: x"}\n', "is neither a mail nor a web address"),
        (LEAST + "fetch: {allow_networks: [10.1.2.3/8]}\n", "did you mean  10.0.0.0/8  ?"),
        (LEAST + "fetch: {allow_networks: [0.0.0.0/0]}\n", "is every address there is"),
        (LEAST + "fetch: {every: 5s}\n", "3:16: fetch.every is under a minute"),
        (LEAST + "fetch: {proxy: proxy.example}\n", "this is not the address of a proxy"),
        (LEAST + "fetch: {proxy: 'http://proxy.example'}\n", "write  http://proxy.example.org:3128"),
        (LEAST + "fetch: {proxy: 'http://proxy.example:99999'}\n", "this is not the address of a proxy"),
        (LEAST + "fetch: {proxy: 'http://u:p@proxy.example:1/x?y'}\n", "this is not the address of a proxy"),
        (LEAST + "fetch: {proxy: 'socks5://proxy.example:1080'}\n", "can be used, not by socks5"),
        (LEAST + "fetch: {proxy: 'https://proxy.example:3128'}\n", "can be used, not by https"),
        (LEAST + "fetch: {proxy: 'http://u:é@proxy.example:3128'}\n", "a proxy takes ASCII letters only"),
        (LEAST + "alarm: page me\n", "3:8: alarm: an http or https address is wanted here"),
        (LEAST + "alarm: http://127.0.0.1/\n", "3:8: alarm: "),
        (LEAST + "alarm: []\n", "there is no command in this list"),
        (LEAST + "alarm: [/no/such/page]\n", '"/no/such/page" cannot be run here'),
        (LEAST + "heartbeat: [x]\n", "3:12: heartbeat: one value is wanted here, not a list"),
        (LEAST + "heartbeat: hc-ping.com/3f0e\n", "an http or https address is wanted here"),
        (LEAST + "sets: {a b: [x]}\n", "the name of a set is letters, digits, - and _"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(file: Path, text: str, told: str) -> None:
    assert told in problems(file, text)


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        ("example.org/feed", "did you mean  https://example.org/feed  ?"),
        ("feed://example.org/feed", "did you mean  https://example.org/feed  ?"),
        ("file:///etc/passwd", "a feed needs an http or https address"),
        ("javascript:alert(1)", "a feed needs an http or https address"),
        ("https://", "no host in the address"),
        ("'https://example.org/a b'", "a space or a backslash in the address"),
        ("http://127.0.0.1:80\\@example.org/", "a space or a backslash in the address"),
        ("https://example.org:22/", "port 22 is not one of the web's"),
        ("http://127.0.0.1/feed", "127.0.0.1 is in a private or reserved network"),
        ("http://[::1]/feed", "::1 is in a private or reserved network"),
        ("http://2130706433/feed", "the host of the address is a number, but not a well-spelt IP address"),
        ("{name: x}", "this feed has no url"),
        ("{}", "this feed has no url"),
        ("''", "this value is empty"),
        ("{opml: a.opml, name: x}", "opml stands alone"),
        ("{opml: a.opml}", '"a.opml" does not exist'),
        ("{url: https://example.org/x, lang: EN}", '"EN" is not a language\n  hint: did you mean  en  ?'),
        ("{url: https://example.org/x, country: UK}", '"UK" is not a country\n  hint: did you mean  GB  ?'),
        ("{url: https://example.org/x, country: QQ}", '"QQ" is not a country\n  hint: write its two'),
        ("{url: https://example.org/x, every: 59s}", "a feed is not asked more than once a minute"),
        ("{url: https://example.org/x, every: 0s}", '"0s" is too short'),
        ("{url: https://example.org/x, every: 99999d}", '"99999d" is too long'),
        ("HTTPS://EXAMPLE.org/feed#x", "this feed stands twice\n  hint: the first is in line 2; keep one"),
    ],
)
def test_a_feed_that_cannot_be_asked_is_told(file: Path, feed: str, told: str) -> None:
    text = f"feeds:\n  - https://example.org/feed\n  - {feed}\n{RULES}"
    found = problems(file, text)
    assert told in found
    assert found.startswith("config.yaml:3:")


def test_an_opml_file_without_feeds_is_told(file: Path) -> None:
    (file.parent / "a.opml").write_text("<html>not found</html>")
    told = problems(file, "feeds: [{opml: a.opml}]\n" + RULES)
    assert told.startswith('config.yaml:1:16: "a.opml" has no feed in it; this is not an OPML file')


# --- secrets --------------------------------------------------------------------------------------------

TOKEN = "xoxb-" + "1234567890-abcdefGHIJ"
APP = "xapp-" + "1-A0123-456-cafe"


@pytest.mark.parametrize(
    "line",
    [
        f"slack: {{token: {TOKEN}}}",
        f"slack: {{token: '${{X:-{TOKEN}}}'}}",
        f"slack: {{app_token: {APP}}}",
        f"# token: {TOKEN}",
        f"{TOKEN}: x",
        f"rules: [{TOKEN} AND]",
        f"slack: {{api_url: 'https://hooks.slack.com/services/T0/B0/{TOKEN[5:]}'}}",
        f"slack: [{TOKEN}",
        f"first_look: {TOKEN}",
    ],
)
def test_a_slack_secret_in_the_file_is_refused_and_never_repeated(file: Path, line: str) -> None:
    found = problems(file, f"{LEAST}{line}\n")
    assert re.search(
        r"config.yaml:3:\d+: a Slack secret stands in this file\n  hint: write  \$\{SLACK", found
    )
    assert "1234567890" not in found and "cafe" not in found and "GHIJ" not in found


def test_any_other_token_in_the_file_is_refused_too(file: Path) -> None:
    found = problems(file, LEAST + "slack: {token: hunter2}")
    assert "3:16: slack.token: a secret does not belong in this file" in found
    assert "hunter2" not in found


@pytest.mark.parametrize(
    ("written", "address", "user", "password"),
    [
        ("http://proxy.example:3128", "proxy.example:3128", "", ""),
        ("HTTP://Proxy.Example:3128/", "proxy.example:3128", "", ""),
        ("http://desk:${S}@10.0.0.5:8080", "10.0.0.5:8080", "desk", "p@:/ss"),
        ("http://desk:p%40%3A/ss@[fd00::5]:8080", "[fd00::5]:8080", "desk", "p@:/ss"),
    ],
)
def test_a_proxy_is_read_with_its_password(
    file: Path, written: str, address: str, user: str, password: str
) -> None:
    loaded = load(file, LEAST + f"fetch: {{proxy: '{written}'}}", {"S": "p@:/ss"})
    assert proxy.parse(loaded.fetch.proxy.value) == proxy.Proxy(address, user, Secret(password))
    assert "p@" not in repr(loaded) and "p%40" not in repr(loaded)


@pytest.mark.parametrize(
    "text",
    [
        FEEDS + "rules: ['a AND ${S} AND']",
        FEEDS + "rules: ['${S} b']",
        FEEDS + "rules: ['$${S} ${S} b']",
        LEAST + "first_look: ${S}",
        LEAST + "store: mysql://${S}",
        LEAST + "store: ${S}://x",
        LEAST + "slack: {token: 'a b ${S}', channel: '@${S}', settle: '${S}', api_url: 'http://${S}'}",
        LEAST + "fetch: {contact: '${S}', allow_networks: ['${S}'], concurrency: '${S}', every: '${S}'}",
        LEAST + "fetch: {proxy: 'http://u:${S}@proxy'}",
        LEAST + "fetch: {proxy: 'http://u:geheim ${S}@proxy:1'}",
        LEAST + "web: {listen: '${S}'}",
        LEAST + "alarm: '${S}'",
        LEAST + "alarm: 'https://127.0.0.1/${S}'",
        LEAST + "alarm: ['${S}']",
        f"feeds: ['https://u:${{S}}@h.org/', '${{S}}', {{url: 'https://h.org', every: '${{S}}'}}]\n{RULES}",
        FEEDS
        + "rules:\n- {match: 'b OR ${S}', id: '${S}!', must_match: [x]}\n- {match: '${S}', must_match: [x]}",
        "feeds: [{opml: '${S}'}]\n" + RULES,
        "feeds: ['${S}.org/feed', 'http://${S}.1/']\n" + RULES,
        FEEDS + "rules: ['${S}', '${S} ']",
        LEAST + "sets: {a: ['${S} AND b']}",
    ],
)
def test_what_is_filled_in_never_shows_in_a_message(file: Path, text: str) -> None:
    assert "geheim" not in problems(file, text, {"S": "geheim"})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("${NOPE}", "NOPE is not set in the environment\n  hint: set it, or give a default: ${NOPE:-…}"),
        ("x ${NOPE}", ":21: slack.channel: NOPE is not set"),
        ("${NOPE", "${NOPE is not closed or not a name"),
        ("${a b}", "${a b} is not closed or not a name"),
        ("${A:-${B}}", "is not closed or not a name"),
        ("${}", "${} is not closed or not a name"),
        ("${file:gone}", "gone does not exist"),
        ("${file:.}", "is a folder, not a file"),
        ("${file:bytes}", "bytes is not readable text"),
        ("${BAD}", "the value of BAD is not readable text"),
    ],
)
def test_what_cannot_be_filled_in_is_told(file: Path, value: str, told: str) -> None:
    (file.parent / "bytes").write_bytes(b"\xff\xfe")
    found = problems(file, f"{LEAST}slack: {{channel: '{value}'}}", {"BAD": "\udcff"})
    assert told in found.replace(str(file.parent), "")


def test_tokens_that_changed_places_are_told(file: Path) -> None:
    text = LEAST + "slack: {token: '${B}', app_token: '${A}'}"
    found = problems(file, text, {"B": "xapp-1-abcdef", "A": "xoxb-abcdef"})
    assert (
        '"${B}" stands for an app-level token' in found and '"${A}" stands for a bot or user token' in found
    )


# --- laws -----------------------------------------------------------------------------------------------

WHOLE = (ROOT / "config.yaml").read_bytes()
PIECES = [line + b"\n" for line in WHOLE.splitlines()] + [
    *(
        b'  - "a" + b\n',
        b"\t",
        b"rules:\n",
        b"- ",
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b"'",
        b": ",
        b"#",
        b"&a ",
        b"*a",
        b"|\n",
    ),
    *(
        b"${A}",
        b"${",
        b"!x ",
        b"---\n",
        b"\xff",
        b"\0",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"<<: *a\n",
        b"  ",
        b"\r",
        b"\\",
    ),
]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_a_config_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    _only_config_errors(tmp_path_factory.getbasetemp() / "any.yaml", data)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_any_pieces_of_a_config_are_a_config_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    _only_config_errors(tmp_path_factory.getbasetemp() / "pieces.yaml", data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 9), st.sampled_from(PIECES))
def test_any_slip_of_the_hand_is_a_config_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: bytes
) -> None:
    _only_config_errors(tmp_path_factory.getbasetemp() / "slip.yaml", WHOLE[:at] + put + WHOLE[at + cut :])


def _only_config_errors(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    lines = len(re.split(rb"\r\n|\r|\n", data))
    try:
        assert isinstance(config.load(file, {}), Config)
    except ConfigError as error:
        places = [re.match(rf"{re.escape(str(file))}:(\d+):(\d+): \S", problem) for problem in error.problems]
        assert places and all(place and 1 <= int(place[1]) <= lines for place in places)


# --- what is shipped --------------------------------------------------------------------------------------


def test_the_shipped_config_runs_as_it_is() -> None:
    loaded = config.load(ROOT / "config.yaml", {})
    assert len(loaded.feeds) == 12 and not loaded.notes
    assert next(iter(loaded.rules.rules.values())).text == "missile + Iraq"
    assert not loaded.slack.token


def test_every_rule_of_the_shipped_config_finds_something() -> None:
    loaded = config.load(ROOT / "config.yaml", {})
    articles = (
        "Iran upgrading missiles in Iraq",
        "Ceasefire holds in Gaza",
        "Hostages return",
        "Tanker stopped in the Strait of Hormuz",
    )
    found = {match.rule for article in articles for match in loaded.rules.match(Document(article, article))}
    assert found == set(loaded.rules.rules)


@pytest.mark.parametrize("key", config.KEYS)
def test_every_key_is_explained(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_every_example_of_the_page_is_right(file: Path, example: str) -> None:
    for name, text in BESIDE.items():
        (file.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (file.parent / name).write_text(text)
    needed = "".join(part for part in (FEEDS, RULES) if not re.search(f"^{part[:6]}", example, re.MULTILINE))
    assert load(file, example + needed)


# What the examples name.
BESIDE = {
    "feeds.opml": "<opml><outline xmlUrl='https://example.org/a'/></opml>",
    "secrets/example": "ABC123\n",
    "secrets/session": "DEF456\n",
    "lists/people.txt": "Ali Hassan\n",
    "lists/places.txt": "Erbil\n",
    "rules/iran.yaml": "- Iran + missile\n",
    "rules/desks/gulf.yaml": "- Hormuz\n",
}
