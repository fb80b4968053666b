"""The `feeds` commands, as processes, in a user's folder."""

import json
import os
from pathlib import Path

from monitor.model import FeedSpec
from monitor.sources import opml
from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.whole.household import Household

NEWS = rss([entry("Missiles over Basra", "https://courier.example/1")])
LINK = '<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml">'
HOME = page("The Courier", ["Welcome."]).replace(b"<head>", f"<head>{LINK}".encode())

CONFIG = """# My feeds.
feeds:
  - {first}  # the first

# And my rules.
rules: [missile + Iraq]
fetch: {{allow_networks: [127.0.0.0/8], every: 1s}}
slack: {{token: "${{SLACK_BOT_TOKEN:-}}"}}
first_look: alert
"""


def household(folder: Path, first: str) -> Household:
    home = Household(folder)
    home.config.write_text(CONFIG.format(first=first))
    return home


async def test_discover_says_what_a_site_has_to_offer(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = household(tmp_path, news.url("/other"))
        site, feed = news.publish("/", HOME), news.publish("/news.xml", NEWS)
        done = await home.run("feeds", "discover", site)
    assert done.code == 0 and not done.err
    assert f"! {site}: not a feed: a web page ('The Courier')" in done.out
    assert f'✓ {feed}: "The Gulf Courier", 1 entry, named by the page' in done.out
    assert f"wirewatch feeds add {feed}" in done.out
    assert not (tmp_path / "wirewatch.db").exists()


async def test_discover_needs_no_config(tmp_path: Path) -> None:
    home = Household(tmp_path)
    home.config.unlink()
    done = await home.run("feeds", "discover", "http://127.0.0.1:9/")
    assert done.code == 1 and "Traceback" not in done.err and "allow_networks" in done.err


async def test_discover_of_nothing_ends_with_1(tmp_path: Path) -> None:
    async with Newsroom() as news:
        done = await household(tmp_path, news.url("/a")).run("feeds", "discover", news.publish("/x", b"{}"))
    assert done.code == 1 and "not a feed: JSON" in done.out


async def test_add_writes_the_feed_of_a_site_and_a_running_daemon_takes_it(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = household(tmp_path, news.publish("/first.xml", rss([])))
        site, feed = news.publish("/", HOME), news.publish("/news.xml", NEWS)
        async with home.daemon() as daemon:
            await news.wait(1, "/first.xml")
            done = await home.run("feeds", "add", site, "--name", "Courier", "--tag", "gulf", "--tag", "war")
            assert done.code == 0, done.err
            await daemon.says("2 feeds")
            await news.wait(2, "/news.xml")
        again = await home.run("feeds", "add", feed)
    first = news.url("/first.xml")
    line = f'  - {{"url": "{feed}", "name": "Courier", "tags": ["gulf", "war"]}}\n'
    assert home.config.read_text() == CONFIG.format(first=first).replace(
        "# the first\n", f"# the first\n{line}"
    )
    assert again.code == 0 and "is watched already" in again.out


async def test_remove_takes_feeds_out_and_a_running_daemon_lets_go_of_them(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = household(tmp_path, news.publish("/first.xml", rss([])))
        before = home.config.read_text()
        added = [news.publish("/news.xml", NEWS), news.publish("/more.xml", rss([]))]
        for feed in added:
            assert (await home.run("feeds", "add", "--as-is", feed)).code == 0
        async with home.daemon() as daemon:
            await news.wait(1, "/news.xml")
            done = await home.run("feeds", "remove", *added)
            assert done.code == 0 and f"{added[0]}: removed\n{added[1]}: removed\n" in done.out
            await daemon.says("1 feed")
        why = await home.run("why", "https://courier.example/1")
    assert home.config.read_text() == before
    assert why.code == 0 and "Missiles over Basra" in why.out, "its history stays"


async def test_remove_of_what_is_not_there_says_what_might_be_meant(tmp_path: Path) -> None:
    home = Household(tmp_path)
    home.config.write_text(
        "feeds: [{opml: list.opml}, https://courier.example/feed, https://gulf.example/]\nrules: [missile]\n"
    )
    (tmp_path / "list.opml").write_bytes(opml.write([FeedSpec("https://herald.example/a")]))
    done = await home.run(
        "feeds", "remove", "https://courier.example/fed", "https://herald.example/a", "gulf.example"
    )
    assert done.code == 1 and "https://gulf.example/: removed" in done.out
    assert (
        "https://courier.example/fed: is not in config.yaml; is it https://courier.example/feed ?" in done.err
    )
    assert "https://herald.example/a: is named by an OPML list" in done.err
    none = await home.run("feeds", "remove", "http://[", "courier.example/[")
    assert none.code == 1 and "http://[: is not in config.yaml" in none.err and "Traceback" not in none.err
    last = await home.run("feeds", "remove", "https://courier.example/feed", "list.opml")
    assert last.code == 78 and "would name no feed at all; nothing was changed" in last.err
    assert (await home.run("feeds", "remove", "list.opml")).code == 0
    assert home.config.read_text() == "feeds: [https://courier.example/feed]\nrules: [missile]\n"


async def test_add_of_a_site_without_a_feed_adds_nothing(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = household(tmp_path, news.url("/a"))
        before = home.config.read_text()
        done = await home.run("feeds", "add", news.publish("/", page("The Courier", ["Welcome."])))
    assert done.code == 1 and "no feed was found" in done.err and home.config.read_text() == before


async def test_add_where_it_cannot_write_says_what_to_write(tmp_path: Path) -> None:
    home = Household(tmp_path)
    home.config.write_text("feeds: https://courier.example/a\nrules: [missile]\n")
    done = await home.run("feeds", "add", "--as-is", "https://courier.example/b")
    assert done.code == 78 and "write under  feeds:\n  - https://courier.example/b" in done.err
    assert home.config.read_text().startswith("feeds: https://courier.example/a\n")
    assert os.listdir(tmp_path) == ["config.yaml"]


async def test_the_first_feed_is_asked_for_as_the_config_says(tmp_path: Path) -> None:
    home = Household(tmp_path)
    home.config.write_text("rules: [missile + Iraq]\nfetch: {allow_networks: [127.0.0.0/8]}\nfeeds: []\n")
    async with Newsroom() as news:
        site, feed = news.publish("/", HOME), news.publish("/news.xml", NEWS)
        seen = await home.run("feeds", "discover", site)
        done = await home.run("feeds", "add", site)
    assert seen.code == 0 and feed in seen.out
    assert done.code == 0, done.err
    assert home.config.read_text().endswith(f'feeds: ["{feed}"]\n')


async def test_the_first_feed_of_all_can_be_added(tmp_path: Path) -> None:
    home = Household(tmp_path)
    home.config.write_text("rules: [missile]\n")
    done = await home.run("feeds", "add", "--as-is", "https://courier.example/b")
    assert done.code == 0, done.err
    assert home.config.read_text() == "rules: [missile]\nfeeds:\n  - https://courier.example/b\n"


async def test_a_config_behind_a_link_keeps_its_link_and_its_rights(tmp_path: Path) -> None:
    home = Household(tmp_path)
    real = tmp_path / "real" / "mine.yaml"
    real.parent.mkdir()
    real.write_text("feeds: [{opml: list.opml}]\nrules: [missile]\n")
    real.chmod(0o600)
    (tmp_path / "list.opml").write_bytes(opml.write([FeedSpec("https://courier.example/a")]))
    home.config.unlink()
    home.config.symlink_to(real)
    done = await home.run("feeds", "add", "--as-is", "https://courier.example/b")
    assert done.code == 0, done.err
    assert home.config.is_symlink() and real.stat().st_mode & 0o777 == 0o600
    assert real.read_text().startswith('feeds: [{opml: list.opml}, "https://courier.example/b"]')
    assert sorted(os.listdir(real.parent)) == ["mine.yaml"]


async def test_a_read_only_config_is_left_as_it_is(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = household(tmp_path, news.url("/a"))
        home.config.chmod(0o444)
        before = home.config.stat(), home.config.read_bytes()
        done = await home.run("feeds", "add", news.publish("/news.xml", NEWS))
    assert done.code == 78 and "config.yaml is read-only; nothing was changed" in done.err
    assert "chmod u+w" in done.err and "Traceback" not in done.err
    assert (home.config.stat().st_ino, home.config.read_bytes()) == (before[0].st_ino, before[1])
    assert not (tmp_path / ".config.yaml.new").exists()


async def test_what_is_exported_can_be_imported(tmp_path: Path) -> None:
    feeds = [
        {"url": "https://courier.example/a?x=1&y=2", "name": "A & <B> &amp; C", "tags": ["Iraq", "a/b"]},
        "https://courier.example/b",
        "https://courier.example/c?api_key=abcdef0123456789",
    ]
    home = Household(tmp_path, feeds=feeds, fetch={})
    done = await home.run("feeds", "export")
    assert done.code == 0 and done.err == "left out: 1 feed with a secret in the address\n"
    assert "api_key" not in done.out and not (tmp_path / "wirewatch.db").exists()
    assert opml.parse(done.out.encode()).feeds == (
        FeedSpec("https://courier.example/a?x=1&y=2", "A & <B> &amp; C", ("Iraq", "a/b")),
        FeedSpec("https://courier.example/b", "courier.example"),
    )
    assert (await home.run("feeds", "export", "out.opml")).code == 0
    home.write(feeds=["https://courier.example/b"])
    done = await home.run("feeds", "import", "out.opml")
    assert done.code == 0 and "1 feed of 2 added" in done.out
    assert "https://courier.example/b: is watched already" in done.err
    assert json.loads(home.config.read_text())["feeds"] == ["https://courier.example/b", feeds[0]]


async def test_a_list_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    home = Household(tmp_path, feeds=["https://courier.example/b"], fetch={})
    for body, words in ((b"%PDF", "not an OPML file"), (b"<opml><body/></opml>", "has no feed in it")):
        (tmp_path / "list.opml").write_bytes(body)
        done = await home.run("feeds", "import", "list.opml")
        assert done.code == 78 and words in done.err and "Traceback" not in done.err
    assert (await home.run("feeds", "import", "missing.opml")).code == 78


async def test_an_import_of_nothing_that_can_be_watched_ends_with_1(tmp_path: Path) -> None:
    home = household(tmp_path, "http://127.0.0.1:9/a")
    before = home.config.read_bytes()
    bad, known = tmp_path / "bad.opml", tmp_path / "known.opml"
    bad.write_bytes(opml.write([FeedSpec("http://10.0.0.1/a", "Inside")]))
    known.write_bytes(opml.write([FeedSpec("http://127.0.0.1:9/a", "First")]))
    none, again = (
        await home.run("feeds", "import", "bad.opml"),
        await home.run("feeds", "import", "known.opml"),
    )
    bad.write_bytes(opml.write([FeedSpec(f"http://10.0.0.{n}/a", "Inside") for n in range(30)]))
    many = await home.run("feeds", "import", "bad.opml")
    assert many.code == 1 and many.err.count('left out: "Inside"') == 20 and "left out: 10 more\n" in many.err
    assert none.code == 1 and 'left out: "Inside"' in none.err
    assert again.code == 0 and "is watched already" in again.err
    assert home.config.read_bytes() == before


async def test_an_export_names_feeds_as_they_call_themselves(tmp_path: Path) -> None:
    async with Newsroom() as news:
        feed = news.publish("/news.xml", NEWS)
        home = Household(tmp_path, feeds=[feed])
        assert (await home.run("run", "--once")).code == 0
        done = await home.run("feeds", "export")
    assert opml.parse(done.out.encode()).feeds == (FeedSpec(feed, "The Gulf Courier"),)


async def test_a_first_start_without_a_network_blames_no_feed(tmp_path: Path) -> None:
    """Names that lead nowhere stand for a line that is cut."""
    home = Household(tmp_path, feeds=[f"http://nowhere{n}.invalid/feed" for n in range(5)], fetch={})
    async with home.daemon() as daemon:
        await daemon.says("This machine seems offline")
        running = await home.run("feeds", "list")
    once = await home.run("run", "--once")
    assert once.code == 0, once.err
    for done in (running, await home.run("feeds", "list")):
        assert done.code == 0 and done.out.startswith("This machine seems offline since 20")
        assert "spelled" not in done.out and "failing" not in done.out, done.out
        assert done.out.count("not reached yet") == 5
    found = json.loads((await home.run("feeds", "list", "--json")).out)
    assert found["offline_since"]
    assert {(feed["state"], feed["failures"]) for feed in found["feeds"]} == {("unreached", 0)}


async def test_feeds_that_fail_are_picked_out_of_all(tmp_path: Path) -> None:
    async with Newsroom() as news:
        well, gone = news.publish("/news.xml", NEWS), news.publish("/gone", b"{}")
        home = Household(tmp_path, feeds=[well, {"url": gone, "name": "Gazette", "tags": ["gulf"]}])
        await home.run("run", "--once")
        failing = await home.run("feeds", "list", "--failing")
        named = await home.run("feeds", "list", "GULF COURIER")
    assert "! Gazette: not a feed: JSON" in failing.out and "Courier" not in failing.out
    assert "✓ The Gulf Courier" in named.out and "Gazette" not in named.out
    assert (failing.code, named.code) == (0, 0)


async def test_commands_that_look_make_no_store(tmp_path: Path) -> None:
    home = Household(tmp_path, feeds=["https://courier.example/a", "https://courier.example/b"], fetch={})
    done = await home.run("feeds", "list")
    assert done.code == 0 and "courier.example: not asked yet" in done.out and "2 feeds" in done.out
    for words in (["audit"], ["health"], ["why", "https://courier.example/1"]):
        assert "Traceback" not in (await home.run(*words)).err
    assert os.listdir(tmp_path) == ["config.yaml"]
