"""What people ask about their rules on the command line: check, explain, why."""

import json
import re
from pathlib import Path

import pytest

from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.whole.household import Household

TEXT = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."
PADDING = "The ministry declined to say who had paid for the transport, or when the convoy would return home."
FEED = "http://127.0.0.1:9/feed"  # never asked


def house(folder: Path, *rules: object, **more: object) -> Household:
    return Household(folder, feeds=[FEED], rules=rules, **more)  # type: ignore[arg-type]


# --- check -----------------------------------------------------------------------------------------------


async def test_check_says_what_rules_hardly_mean_and_a_warning_is_no_failure(tmp_path: Path) -> None:
    home = house(tmp_path, {"id": "fruit", "match": 'apple NOT "apple juice"'})
    done = await home.run("check", "--no-network")
    assert (done.code, done.err) == (0, "")
    assert "1 rule: well formed" in done.out and "1 warning" in done.out
    assert "L05 NOT where EXCEPT is meant" in done.out
    assert '      apple NOT "apple juice"\n            ^^^^^^^^^^^^^^^^^\n' in done.out
    assert 'write apple EXCEPT "apple juice"' in done.out
    assert (await home.run("check", "--no-network", "--strict")).code == 1


async def test_a_rule_that_can_never_match_fails_the_check(tmp_path: Path) -> None:
    home = house(tmp_path, {"id": "dead", "match": "Iraq AND (missile NOT missiles)"})
    done = await home.run("check", "--no-network")
    assert done.code == 1 and "dead: can never match: missile must be there" in done.out
    quiet = await home.run("check", "--no-network", "--no-lint")
    assert quiet.code == 0 and "L01" not in quiet.out


async def test_good_rules_are_one_line(tmp_path: Path) -> None:
    done = await house(tmp_path, "missile + Iraq", "Hezbollah EXCEPT radio").run("check", "--no-network")
    assert done.out.splitlines()[1:] == ["", "the linter finds nothing odd in 2 rules"]
    assert not (tmp_path / "wirewatch.db").exists(), "looking makes no store"


async def test_many_findings_of_a_kind_are_counted(tmp_path: Path) -> None:
    rules = [{"id": f"r{number}", "match": f"word{number} NEAR/60 Iraq"} for number in range(30)]
    home = house(tmp_path, *rules)
    short = (await home.run("check", "--no-network")).out
    assert "30 warnings" in short and "and 20 more: --all shows them" in short
    assert (await home.run("check", "--no-network", "--all")).out.count("says little more than AND") == 30


async def test_check_tries_the_rules_on_the_articles_of_the_store(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = await told(tmp_path, news)
        done = await home.run("check", "--no-network")
        assert "tried on 1 article of the last" in done.out
        assert "other: 0 matches in 1 article" in done.out
        assert "L11" not in (await home.run("check", "--no-network", "--days", "0")).out


async def told(folder: Path, news: Newsroom) -> Household:
    """A household whose store has one article, at /a."""
    news.publish("/a", page("Depot opened near the border", [TEXT, PADDING]))
    feed = news.publish("/feed", rss([entry("Depot opened near the border", news.url("/a"), guid="a")]))
    rules = ["missile + Iraq", {"id": "other", "match": "Macron AND Lebanon"}]
    rules += [{"id": "close", "match": "missiles NEAR/2 Iraq"}]
    home = Household(folder, feeds=[feed], rules=rules)
    done = await home.run("run", "--once")
    assert done.code == 0, done.err
    return home


# --- try -------------------------------------------------------------------------------------------------


async def test_a_rule_is_tried_on_what_the_store_keeps(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = await told(tmp_path, news)
    done = await home.run("try", "missile + Iraq + depot")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("1 article would have matched, of 1 article that were read since")
    assert "Depot opened near the border" in done.out and "█ 1" in done.out and "/a" in done.out
    one = json.loads((await home.run("try", "close", "--json", "--since", "12h")).out)
    assert (one["rule"], one["read"], one["found"]["articles"]) == ("close", 1, 0)


async def test_a_rule_that_finds_nothing_says_which_part_is_in_the_way(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = await told(tmp_path, news)
    done = await home.run("try", "missile + Iraq + zeppelin")
    assert done.out.startswith("0 articles would have matched")
    assert "1 article matched all but part 3: zeppelin" in done.out


async def test_a_rule_is_compared_with_one_of_the_config(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = await told(tmp_path, news)
    narrower = await home.run("try", "missile + Iraq AND NOT depot", "--diff", "missile-and-iraq")
    assert "1 article no longer, unlike rule missile-and-iraq" in narrower.out
    assert "0 articles more than rule missile-and-iraq" in narrower.out
    wider = await home.run("try", "depot", "--diff", "other")
    assert "1 article more than rule other" in wider.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["missile +"], "^"),
        (["missile", "--since", "soon"], "--since soon: write a number and m, h or d"),
        (["missile", "--diff", "nosuch"], "no rule has the id nosuch"),
        ([""], "there is no rule here"),
    ],
)
async def test_what_cannot_be_tried_is_said(tmp_path: Path, words: list[str], says: str) -> None:
    done = await house(tmp_path, "x").run("try", *words)
    assert done.code != 0 and says in done.err and "Traceback" not in done.err


# --- explain ---------------------------------------------------------------------------------------------


async def test_a_rule_of_the_config_is_explained_by_its_id(tmp_path: Path) -> None:
    rule = {"id": "gulf", "match": "$arms NEAR/5 (WHO OR Iraq)"}
    home = house(tmp_path, rule, sets={"arms": ["missile", "munition*"]})
    done = await home.run("explain", "gulf")
    assert (done.code, done.err) == (0, "")
    for line in (
        "NEAR/5  at most 5 words between them, in either order",
        "├── $arms  any of its 2 members",
        "└── WHO OR Iraq  at least one of these",
        "missile    missile, missiles",
        'WHO   WHO  (WHO in capitals only, as "who" is a common word)',
        "tried only on articles with one of: ",
    ):
        assert line in done.out


async def test_a_rule_is_tried_on_a_headline(tmp_path: Path) -> None:
    done = await house(tmp_path, "x").run("explain", "missile + Iraq", "Iran upgrading missiles in Iraq")
    assert (done.code, done.err) == (0, "") and "missiles" in done.out.split("tried only on")[1]
    done = await house(tmp_path, "x").run("explain", "missile", "missing.txt")
    assert (done.code, done.err) == (1, "missing.txt: no such file or directory\n")


async def test_a_rule_is_explained_without_a_config(tmp_path: Path) -> None:
    home = house(tmp_path, "x")
    home.config.unlink()
    done = await home.run("explain", "missile + Iraq")
    assert done.code == 0 and "missile  missile, missiles" in done.out


async def test_the_forms_are_shown_in_the_languages_asked_for(tmp_path: Path) -> None:
    home = house(tmp_path, "x")
    assert "de: rakete, raketen" in (await home.run("explain", "Rakete", "--lang", "en,de")).out
    assert "de: rakete, raketen" in (await home.run("explain", "Rakete", "--lang", "English,de-AT")).out
    done = await home.run("explain", "Rakete", "--lang", "en,xx")
    assert (done.code, done.out) == (1, "")
    assert done.err == "xx is not a language: --lang takes codes of two letters, as en,ar\n"


async def test_a_wrong_rule_is_shown_with_a_caret(tmp_path: Path) -> None:
    done = await house(tmp_path, "x").run("explain", "missile Iraq")
    assert done.code == 78 and "^^^^^^^^^^^^" in done.err and "Traceback" not in done.err


async def test_an_id_that_is_misspelt_is_said_to_be(tmp_path: Path) -> None:
    done = await house(tmp_path, {"id": "gulf-arms", "match": "missile"}).run("explain", "gulf-army")
    assert "no rule has the id gulf-army; did you mean gulf-arms ?" in done.out


async def test_an_id_that_is_misspelt_and_no_rule_either_is_said_to_be(tmp_path: Path) -> None:
    done = await house(tmp_path, {"id": "gulf-arms", "match": "missile"}).run("explain", "gulf arms")
    assert done.code == 78
    assert done.err.startswith("no rule has the id gulf arms; did you mean gulf-arms ?\nno operator between")


async def test_a_config_that_is_not_there_is_told_if_it_was_named(tmp_path: Path) -> None:
    home = house(tmp_path, "x")
    done = await home.run("explain", "missile", "-c", "missing.yaml")
    assert (done.code, done.out, done.err) == (
        78,
        "",
        "missing.yaml does not exist\n  hint: check the path\n",
    )
    home.config.unlink()
    assert (await home.run("explain", "missile", "-c", "config.yaml")).code == 78


async def test_a_file_or_nothing_in_the_place_of_a_rule_is_one_line(tmp_path: Path) -> None:
    home = house(tmp_path, "x")
    done = await home.run("explain", "desk/rules.yaml")
    told = "desk/rules.yaml is the name of a file: write  wirewatch explain RULE -c desk/rules.yaml\n"
    assert (done.code, done.out, done.err) == (1, "", told)
    for empty in ("", "  "):
        done = await home.run("explain", empty)
        assert (done.code, done.out) == (1, "")
        assert done.err == "there is no rule here: write one, as  missile AND Iraq,  or the id of one\n"


async def test_a_text_on_stdin_is_tried_with_words_and_sentences(tmp_path: Path) -> None:
    text = f"A quiet day\n\n{PADDING} {TEXT}\n"
    done = await house(tmp_path, "x").run("explain", "missile AND Iraq NOT hurt*", "-", stdin=text)
    assert "  does not match" in done.out and "✗ NOT hurt*" in done.out
    assert "✓ missile  [missiles]" in done.out
    done = await house(tmp_path, "x").run("explain", "missile NEAR/1 Iraq", "-", stdin=text)
    assert re.search(r"✗ missile NEAR/1 Iraq +\(.*\b4\b.*\)", done.out), "by how much it is too far"
    done = await house(tmp_path, "x").run("explain", "missile AND Iraq", "-", stdin=text)
    assert "  matches" in done.out and f"  │ {TEXT}" in done.out


async def test_a_page_in_a_file_is_read_as_the_daemon_reads_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(page("Depot opened", [TEXT, PADDING], related=["Macron in Lebanon"]))
    home = house(tmp_path, "x")
    assert "  matches" in (await home.run("explain", "missile AND Iraq", "page.html")).out
    assert "  does not match" in (await home.run("explain", "Macron", "page.html")).out


async def test_an_article_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    home = house(tmp_path, "x")
    done = await home.run("explain", "missile", "nowhere.txt")
    assert (done.code, done.err) == (1, "nowhere.txt: no such file or directory\n")
    done = await home.run("explain", "missile", "https://example.org/never")
    assert done.code == 1 and "no article was read at https://example.org/never" in done.err


async def test_a_text_as_windows_saves_it_is_read_and_what_is_no_text_is_one_line(tmp_path: Path) -> None:
    home = house(tmp_path, "x")
    for charset in ("utf-16", "cp1252", "utf-8-sig"):
        (tmp_path / "note.txt").write_bytes("Café: missiles".encode(charset))
        assert "\nCafé: missiles\n" in (await home.run("explain", "missile", "note.txt")).out
    for body, kind in ((b"%PDF-1.4\n", "a PDF"), (b"missile\0\1", "binary data")):
        (tmp_path / "note.txt").write_bytes(body)
        done = await home.run("explain", "missile", "note.txt")
        assert (done.code, done.out, done.err) == (1, "", f"note.txt: this is {kind}, not text\n")


async def test_markup_and_escapes_in_an_article_stay_text(tmp_path: Path) -> None:
    text = "Missiles [bold red]in[/] \x1b[31mIraq\x1b[0m :smile:\n"
    done = await house(tmp_path, "x").run("explain", "missile", "-", stdin=text)
    assert "Missiles [bold red]in[/] [31mIraq [0m :smile:" in done.out and "\x1b" not in done.out


async def test_a_rule_that_why_does_not_know_is_told_with_those_it_may_be(tmp_path: Path) -> None:
    rules = [{"id": f"desk{number}", "match": "missile"} for number in range(30)]
    home = house(tmp_path, *rules)
    done = await home.run("why", FEED, "--rule", "dsk7")
    assert (done.code, done.err) == (1, "no rule has the id dsk7; did you mean desk7 ?\n")
    done = await home.run("why", FEED, "--rule", "oil")
    assert done.err.startswith("no rule has the id oil; the ids are: desk0, desk1")
    assert done.err.endswith("desk19 and 10 more\n")


# --- why -------------------------------------------------------------------------------------------------


async def test_why_shows_what_holds_and_what_nearly_does_and_counts_the_rest(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = await told(tmp_path, news)
        url = news.url("/a")
        done = await home.run("why", url)
        assert "✓ rule missile-and-iraq: missile AND Iraq  [missiles, Iraq]" in done.out
        assert re.search(r"✗ rule close: missiles NEAR/2 Iraq +\(.*\b4\b.*\)", done.out)
        assert "rule other" not in done.out
        assert "and 1 more rule, 1 without a word in it; --rule ID or --all shows them" in done.out
        assert "✗ rule other: Macron AND Lebanon" in (await home.run("why", url, "--all")).out
        only = await home.run("why", url, "--rule", "other")
        assert "✗ rule other" in only.out and "missile-and-iraq: " not in only.out


async def test_why_explains_an_article_that_a_rule_was_tried_on_by_its_address(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = await told(tmp_path, news)
        done = await home.run("explain", "close", news.url("/a"))
        assert "  does not match" in done.out and "✗ missiles NEAR/2 Iraq" in done.out
