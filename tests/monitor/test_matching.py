from hypothesis import given, settings
from hypothesis import strategies as st

import rules
from monitor.alerts import matching
from monitor.alerts.matching import EXCERPT, breaks, document_of
from monitor.model import Article, Block, Excerpt, Found, Zone
from rules import Facts, RuleSet

RULES = rules.compile(
    [
        rules.rule("missile + Iraq", "missile-iraq"),
        rules.rule("Macron", "macron"),
        rules.rule('"ballistic missile"', "phrase"),
        rules.rule("Baghdad NOT football", "baghdad"),
    ]
)


def article(*blocks: str | Block, title: str = "A headline") -> Article:
    made = (block if isinstance(block, Block) else Block(Zone.BODY, block) for block in blocks)
    return Article(title, tuple(made))


def find(ruleset: RuleSet, one: Article) -> tuple[Found, ...]:
    return matching.find(ruleset, document_of(one))


def related(text: str) -> Block:
    return Block(Zone.RELATED, text)


def excerpts_of(found: Article) -> tuple[Excerpt, ...]:
    return find(RULES, found)[0].excerpts


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.bold]


def test_a_match_names_its_rule_as_written_and_shows_the_sentence() -> None:
    [found] = find(RULES, article("Nothing here. Iran upgrades missiles in Iraq. Nor here."))
    assert (found.rule, found.text) == ("missile-iraq", "missile + Iraq")
    [excerpt] = found.excerpts
    assert excerpt.text == "Iran upgrades missiles in Iraq."
    assert marked(excerpt) == ["missiles", "Iraq"]


def test_spans_point_into_the_text_rules_saw() -> None:
    one = article("First.", related("Macron!"), "Missiles found.", "In Iraq.")
    [found] = find(RULES, one)
    assert [one.text[start:end] for field, start, end in found.spans if field == "body"] == [
        "Missiles",
        "Iraq",
    ]


def test_a_related_line_is_never_matched() -> None:
    assert find(RULES, article("Iran said no.", related("Read: Macron calls"))) == ()


def test_the_sentence_with_the_most_different_words_is_shown() -> None:
    text = "Iraq, Iraq and again Iraq. A missile. The missile hit Iraq. Iraq."
    assert [one.text for one in excerpts_of(article(text))] == ["The missile hit Iraq."]


def test_two_sentences_are_shown_where_no_single_one_has_all_words() -> None:
    text = "Iraq was calm. Nothing else. It fired a missile. Another missile."
    assert [one.text for one in excerpts_of(article(text))] == ["Iraq was calm.", "It fired a missile."]


def test_another_form_of_a_word_is_no_reason_for_a_second_sentence() -> None:
    text = "Missiles fell in Iraq. Iraq's missile fell."
    assert [one.text for one in excerpts_of(article(text))] == ["Missiles fell in Iraq."]


def test_the_headline_is_quoted_only_when_nothing_in_the_body_matched() -> None:
    assert [one.text for one in excerpts_of(article("Words.", title="Missiles in Iraq"))] == [
        "Missiles in Iraq"
    ]
    half = article("It happened in Iraq. Yes.", title="Missiles found")
    assert [one.text for one in excerpts_of(half)] == ["It happened in Iraq."]


def test_a_long_sentence_is_cut_around_its_words_between_words() -> None:
    text = "so " * 400 + "a missile fell in Iraq " + "and on " * 400
    [excerpt] = excerpts_of(article(text))
    assert len(excerpt.text) <= EXCERPT + 2
    assert excerpt.text.startswith("…so ") and excerpt.text.endswith(("on…", "and…"))
    assert marked(excerpt) == ["missile", "Iraq"]


def test_each_part_of_a_rule_is_shown_before_other_words_of_one_part() -> None:
    among = rules.compile([rules.rule("missile + (Iraq OR Syria OR Jordan)", "near")])
    text = "Iraq was calm. Syria and Jordan were not. Nor was Jordan. It fired a missile."
    [found] = find(among, article(text))
    assert [one.text for one in found.excerpts] == ["Syria and Jordan were not.", "It fired a missile."]


def test_words_far_apart_in_a_long_sentence_make_two_excerpts() -> None:
    text = "a missile fell " + "and so on " * 100 + "far from Iraq"
    assert [marked(one) for one in excerpts_of(article(text))] == [["missile"], ["Iraq"]]


def test_a_text_without_spaces_is_cut_too() -> None:
    chinese = rules.compile([rules.rule("导弹 + 伊拉克", "zh")])
    text = "的" * 800 + "导弹在伊拉克" + "的" * 800
    [found] = find(chinese, article(text))
    assert len(found.excerpts[0].text) <= EXCERPT + 2
    assert marked(found.excerpts[0]) == ["导弹", "伊拉克"]


def test_edges_of_what_is_no_running_text_are_breaks() -> None:
    one = article("aa", "bb", Block(Zone.HEADING, "cc"), "dd", related("xx"), "ee", "ff")
    assert one.text == "aa\nbb\ncc\ndd\nee\nff"
    assert breaks(one) == {5, 8, 11}


def test_breaks_of_no_blocks_and_of_one_are_none() -> None:
    assert breaks(article()) == frozenset()
    assert breaks(article(related("x"), Block(Zone.QUOTE, "only"))) == frozenset()


def test_no_phrase_crosses_a_break() -> None:
    assert find(RULES, article("It is ballistic", Block(Zone.CAPTION, "missile photo"))) == ()
    assert find(RULES, article("It is ballistic missile talk"))


def test_an_article_without_words_matches_nothing() -> None:
    assert find(RULES, article()) == ()
    assert find(RULES, article("", "", title="")) == ()


WORDS = st.sampled_from(
    ["missile", "Iraq", "Macron", "und", ".", "\n", "ballistic missiles", "导弹", "x" * 350]
)
ZONES = st.sampled_from(list(Zone))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(ZONES, st.lists(WORDS, max_size=60).map(" ".join)), max_size=6),
    st.lists(WORDS, max_size=5).map(" ".join),
)
def test_excerpts_are_short_and_their_bold_is_what_matched(
    blocks: list[tuple[Zone, str]], title: str
) -> None:
    one = Article(title, tuple(Block(zone, text) for zone, text in blocks))
    fields = {"title": one.title, "body": one.text}
    for found in find(RULES, one):
        matched = {fields[field][start:end] for field, start, end in found.spans}
        assert 1 <= len(found.excerpts) <= 2
        for excerpt in found.excerpts:
            assert len(excerpt.text) <= EXCERPT + 2 and excerpt.bold
            assert excerpt.text.strip("…") in fields["body"] or excerpt.text.strip("…") in fields["title"]
            assert set(marked(excerpt)) <= matched


@given(st.lists(st.tuples(ZONES, st.text(max_size=5)), max_size=8))
def test_every_break_is_a_newline_between_blocks(blocks: list[tuple[Zone, str]]) -> None:
    one = Article("", tuple(Block(zone, text) for zone, text in blocks))
    assert all(one.text[place] == "\n" for place in breaks(one))


def test_places_that_overlap_are_bold_once() -> None:
    spans = [
        rules.Span("body", 4, 9),
        rules.Span("body", 0, 6),
        rules.Span("title", 0, 3),
        rules.Span("body", 9, 11),
    ]
    assert matching.places(spans, "body") == [(0, 9), (9, 11)]


def test_rules_see_languages_and_facts() -> None:
    known = Facts(source="courier.example", age=60)
    document = document_of(Article("A headline", (), ("ar", "fa")), known)
    assert (document.languages, document.facts) == (("ar", "fa"), known)
