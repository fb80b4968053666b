"""Stories: what is a copy, what is the same event, and what is neither."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from monitor.model import Article, Block, Entry, EntryState, Excerpt, Found, StoredEntry, Zone
from monitor.stories import said
from monitor.stories.arriving import arrival_of, membership_of
from monitor.stories.index import MERGED, SEALED, Index
from monitor.stories.novelty import Kind, News, news, said_first
from monitor.stories.origins import credit_of
from monitor.stories.packing import unpack
from monitor.stories.placing import Arrival, How, Joined, Opened, OpenStories, Placing
from monitor.stories.reading import number_of, read, title_number
from monitor.stories.story import LONGEST, QUIET, Member

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
QUAKE = """Quake of magnitude 6.1 shakes Oaxaca
A strong earthquake of magnitude 6.1 struck the coast of Oaxaca on Tuesday night and damaged some 230
houses in Salina Cruz and Juchitán, the governor Salomón Jara said. Hospitals in Tehuantepec were cleared
for an hour as a precaution, the refinery of Pemex went on working, and trains between Ixtepec and
Coatzacoalcos stopped until engineers had looked at three bridges. Nobody was killed, but eleven people
were treated for cuts and broken bones, most of them hit by tiles. Schools in nine districts will stay
closed until Friday while inspectors look for cracks, and the army brought tents, blankets and drinking
water for families who slept in the open."""
AGAIN = """Oaxaca counts its damaged homes after magnitude 6.1 earthquake
Eleven people were hurt when the ground shook under southern Mexico late on Tuesday. Salomón Jara, who
governs Oaxaca, put the number of damaged houses at 230; worst off are Juchitán and Salina Cruz. The Pemex
refinery there kept running. Rail traffic from Coatzacoalcos to Ixtepec is suspended."""
OTHER = """Quake of magnitude 5.4 rattles Hokkaido
An earthquake of magnitude 5.4 shook the east of Hokkaido on Tuesday morning, the weather agency of Japan
said. No damage was reported from Kushiro or Nemuro, and no tsunami warning was given. Trains of JR
Hokkaido stopped for twenty minutes. Tomari, the nuclear power station, has been shut down since 2012."""


def arrival(id: int, text: str, at: datetime = NOON, newsroom: str = "", **options: Any) -> Arrival:
    title, _, body = text.partition("\n")
    return Arrival(id, at, newsroom or f"paper{id}.example", read(title, body, languages=("en",)), **options)


def placed(stories: OpenStories, *arrivals: Arrival) -> list[Placing]:
    found = []
    for one in arrivals:
        placing, member = stories.place(one)
        stories.keep(member)
        found.append(placing)
    return found


def story_of(text: str, *others: str) -> list[int]:
    texts = enumerate((text, *others), start=1)
    return [one.story for one in placed(OpenStories(), *(arrival(id, text) for id, text in texts))]


def test_the_first_article_opens_a_story_named_by_its_entry() -> None:
    assert placed(OpenStories(), arrival(7, QUAKE)) == [Opened(7, "no open story shares its rare words")]


def test_a_copy_joins_and_says_how_much_of_it_was_known() -> None:
    body = QUAKE.partition("\n")[2]
    _, copy = placed(OpenStories(), arrival(1, QUAKE), arrival(2, f"Mexico shaken\n{body}"))
    assert isinstance(copy, Joined)
    assert (copy.story, copy.how, copy.like) == (1, How.COPY, 1)
    assert copy.why.endswith("of its word triples stand in entry 1")


def test_the_same_event_in_other_words_joins_and_says_by_which() -> None:
    _, same = placed(OpenStories(), arrival(1, QUAKE), arrival(2, AGAIN))
    assert isinstance(same, Joined)
    assert (same.story, same.how) == (1, How.EVENT)
    assert "Oaxaca" in same.why


def test_another_quake_is_another_story_and_says_what_spoke_against() -> None:
    _, other = placed(OpenStories(), arrival(1, QUAKE), arrival(2, OTHER))
    assert isinstance(other, Opened)
    assert other.story == 2


def test_placing_changes_nothing_until_it_is_kept() -> None:
    stories = OpenStories()
    assert stories.place(arrival(1, QUAKE))[0] == stories.place(arrival(1, QUAKE))[0]
    assert stories.articles == 0


@pytest.mark.parametrize("after", [QUIET + timedelta(minutes=1), timedelta(days=30)])
def test_a_story_that_was_quiet_is_closed(after: timedelta) -> None:
    _, late = placed(OpenStories(), arrival(1, QUAKE), arrival(2, QUAKE, NOON + after))
    assert isinstance(late, Opened)


def test_a_story_that_goes_on_begins_anew_after_a_week() -> None:
    days = [arrival(day, QUAKE, NOON + timedelta(days=day)) for day in range(1, 11)]
    stories = [one.story for one in placed(OpenStories(), *days)]
    assert stories[0] == 1
    assert stories[-1] == 1 + LONGEST.days + 1


@pytest.mark.parametrize(
    ("title", "other"),
    [
        (
            "وزير الخارجية العراقي يصل إلى طهران في زيارة رسمية",
            "وزير الدفاع المصري يستقبل نظيره الفرنسي في القاهرة",
        ),
        ("נשיא המדינה נפגש עם ראש הממשלה בירושלים הבוקר", "שר האוצר הציג את תקציב המדינה בפני הוועדה"),
        ("中国外交部发言人就中美关系答记者问", "日本首相宣布将于下月解散众议院"),
        ("นายกรัฐมนตรีเดินทางเยือนญี่ปุ่นอย่างเป็นทางการ", "ตำรวจจับกุมผู้ต้องหาคดียาเสพติดในเชียงใหม่"),
        ("प्रधानमंत्री ने नई दिल्ली में बैठक की अध्यक्षता की", "मुंबई में भारी बारिश से रेल सेवा प्रभावित हुई"),
    ],
)
def test_headlines_of_any_script_tell_articles_apart(title: str, other: str) -> None:
    assert title_number(title) != title_number(other)
    assert title_number(title)
    assert story_of(title, other, title) == [1, 2, 1]


def test_a_short_headline_names_no_article() -> None:
    assert title_number("Earthquake hits Chile") == 0
    assert title_number("") == title_number("!!! …") == 0


def test_the_site_s_name_at_the_end_of_a_headline_is_not_of_it() -> None:
    bare = title_number("Governor of Oaxaca counts 230 damaged houses")
    assert bare == title_number("Governor of Oaxaca counts 230 damaged houses | El Norte")
    assert bare == title_number("Governor of Oaxaca counts 230 damaged houses - Reuters")


def test_the_same_headline_over_short_texts_is_one_story_for_a_day() -> None:
    first = arrival(1, "Five dead as bus leaves road near Cusco")
    soon = arrival(2, "Five dead as bus leaves road near Cusco", NOON + timedelta(hours=3))
    assert [one.story for one in placed(OpenStories(), first, soon)] == [1, 1]


FOOTER = """
Sign up for our morning briefing and never miss a story. Follow us on every platform you like, tell your
friends about us, and send your photos and tips to the newsroom at any hour of the day. All rights are
reserved by the publisher of this site, and no part of it may be copied, stored, sold or rewritten without
written permission given in advance. Read our terms of use, our privacy policy, our cookie policy and the
code of our editors."""


def test_what_a_site_writes_under_everything_makes_no_two_articles_one() -> None:
    texts = [OTHER, AGAIN, *(f"Notice {town}\nThe town council of {town} meets." for town in TOWNS)]
    below = [arrival(id, text + FOOTER, newsroom="site.example") for id, text in enumerate(texts, start=1)]
    assert len({one.story for one in placed(OpenStories(), *below)[-6:]}) >= 5


TOWNS = ["Arezzo", "Bamako", "Coventry", "Dortmund", "Esbjerg", "Fukuoka", "Gdansk", "Haarlem", "Izmir"]


def test_a_figure_is_one_word_however_it_is_written() -> None:
    thousands = {read("", text).counts for text in ("1,200 houses", "1.200 houses", "1200 houses")}
    assert len(thousands) == 1
    assert read("", "5.6 points").counts == read("", "5,6 points").counts != read("", "56 points").counts


def test_an_arabic_word_is_the_same_behind_its_article_and_conjunction() -> None:
    terms = [set(read("", word).terms) for word in ("العراق", "والعراق", "بالعراق", "للعراق")]
    assert terms == [terms[0]] * 4


def test_sentences_that_a_rule_matched_weigh_more() -> None:
    plain, matched = read("", AGAIN), read("", AGAIN, matched=("The Pemex refinery there kept running.",))
    pemex = number_of("pemex")
    assert matched.terms[pemex] == plain.terms[pemex] + 1


def test_an_empty_article_opens_a_story() -> None:
    assert [type(one) for one in placed(OpenStories(), arrival(1, ""), arrival(2, ""))] == [Opened, Opened]


def test_an_index_finds_the_old_and_the_new_and_forgets_the_old() -> None:
    index = Index()
    many = MERGED * SEALED + SEALED + 5
    for place in range(many):
        index.add(np.array([place, 1_000_000], np.uint32))
    wanted = np.array([3, many - 1, 1_000_000], np.uint32)
    assert index.counts(wanted).tolist() == [1, 1, many]
    which, places = index.find(wanted, most=10)
    assert sorted(zip(which.tolist(), places.tolist(), strict=True)) == [(0, 3), (1, many - 1)]
    index.forget(before=many - 5)
    assert index.counts(wanted).tolist() == [0, 1, 5]
    assert index.articles == 5


@pytest.mark.parametrize(
    ("author", "text", "agency"),
    [
        ("", "LONDON, March 4 (Reuters) - Shares fell.", "Reuters"),
        ("AFP", "Shares fell.", "AFP"),
        ("", "Париж. 4 марта. ТАСС/ Акции упали.", "TASS"),
        ("", "Shares fell.\n(dpa)", "dpa"),
        ("", "Reuters reporters were kept out of the room.", ""),
        ("Ana Ruiz", "", ""),
    ],
)
def test_an_agency_is_known_by_its_credit(author: str, text: str, agency: str) -> None:
    assert credit_of(author, text) == agency


def test_copies_and_an_agency_s_subscribers_are_one_source() -> None:
    stories, members = OpenStories(), []
    arrivals = (
        arrival(1, QUAKE),
        arrival(2, "Mexico shaken\n" + QUAKE.partition("\n")[2]),
        arrival(3, AGAIN, credit="Reuters"),
    )
    for one in arrivals:
        _, member = stories.place(one)
        stories.keep(member)
        members.append(member)
    assert [member.origin for member in members] == ["paper1.example", "paper1.example", "Reuters"]


def test_what_a_person_splits_and_merges_holds_for_what_comes_next() -> None:
    stories = OpenStories()
    members: list[Member] = []
    for one in (arrival(1, QUAKE), arrival(2, OTHER)):
        _, member = stories.place(one)
        stories.keep(member)
        members.append(member)
    stories.regroup([1, 2], [members[0], replace(members[1], story=1)])
    assert stories.place(arrival(3, OTHER))[0].story == 1
    stories.regroup([1, 2], [members[0], members[1]])
    assert stories.place(arrival(3, OTHER))[0].story == 2


def test_what_is_closed_is_forgotten() -> None:
    stories = OpenStories()
    placed(stories, arrival(1, QUAKE))
    stories.forget(NOON + QUIET + timedelta(hours=1))
    assert isinstance(stories.place(arrival(2, QUAKE))[0], Opened)


def told_news(text: str, *before: str, rules: str = "", known: str = "") -> dict[Kind, str]:
    title, _, body = text.partition("\n")
    earlier = [said.pack(said.said_by(read("", one, languages=("en",)))) for one in before]
    first = said_first(title, body, languages=("en",))
    found = news(first, said.Heard(said.unpack(earlier)), rules.split(), known.split())
    return {one.kind: one.why for one in found}


def test_a_copy_says_nothing_new() -> None:
    assert told_news(QUAKE, QUAKE) == {}


def test_a_higher_toll_is_new_and_the_old_one_is_named() -> None:
    later = "Oaxaca: toll rises\nSalomón Jara said 31 people were treated in Juchitán."
    assert told_news(
        later, "In Oaxaca, Salomón Jara said 11 people were treated in Juchitán. The toll rises."
    ) == {Kind.NUMBER: "a new number: 31 people, not 11"}


def test_a_name_nobody_mentioned_is_new_and_a_common_word_is_not() -> None:
    later = "Salomón Jara meets Sheinbaum\nPresident Sheinbaum came to Oaxaca on Wednesday."
    assert told_news(later, QUAKE) == {Kind.NAME: "a new name: Sheinbaum"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Pemex denies damage in Oaxaca", Kind.DENIAL),
        ("Pemex dementiert Schäden", Kind.DENIAL),
        ("Pemex dément les dégâts", Kind.DENIAL),
        ("Pemex niega daños", Kind.DENIAL),
        ("بيمكس تنفي وقوع أضرار", Kind.DENIAL),
        ("«Пемекс» отрицает ущерб", Kind.DENIAL),
        ("Jara confirms damage", Kind.CONFIRMATION),
        ("Jara bestätigt Schäden", Kind.CONFIRMATION),
        ("Jara confirma daños", Kind.CONFIRMATION),
        ("خارا يؤكد وقوع أضرار", Kind.CONFIRMATION),
        ("Хара подтвердил ущерб", Kind.CONFIRMATION),
    ],
)
def test_a_denial_or_confirmation_is_news_once(text: str, kind: Kind) -> None:
    assert kind in told_news(text, QUAKE)
    assert kind not in told_news(text, QUAKE, text)


def test_a_rule_that_matched_none_before_is_news_even_in_a_copy() -> None:
    assert told_news(QUAKE, QUAKE, rules="refinery quake", known="quake") == {
        Kind.RULE: "matched refinery, as none before did"
    }


def test_a_strange_name_keeps_articles_apart_only_where_capitals_tell_names() -> None:
    mine = [
        "ریزش معدن کوه سفید\nریزش تونل در معدن زغال سنگ کوه سفید نه کارگر را کشت. فرماندار بهرام نیکزاد گفت "
        "چهار نفر دیگر در عمق ۲۲۰ متری گرفتار شده‌اند.",
        "چهار معدنچی گرفتارند\nامدادگران برای رسیدن به چهار معدنچی در عمق ۲۲۰ متری معدن کوه سفید تونل "
        "تازه‌ای می‌کنند. به گفته بهرام نیکزاد نه نفر کشته شده‌اند.",
    ]
    assert not any(read("", text).capitals for text in mine)
    assert read("", QUAKE).capitals and not read("", QUAKE.upper()).capitals
    one, two = (
        Arrival(id, NOON, f"p{id}.example", read(*text.split("\n"), languages=("fa",)))
        for id, text in enumerate(mine, 1)
    )
    assert [one.story for one in placed(OpenStories(), one, two)] == [1, 1]


def test_two_events_of_one_firm_on_one_day_are_two_stories() -> None:
    strike = """Pilots of Meridian Air walk out
Pilots began a 48-hour strike over night shifts and the airline cancelled 260 flights. Chief
executive Laura Petrie said the union had refused to talk."""
    theft = """Hackers steal passport data of Meridian Air customers
A flaw let hackers take the passport numbers of 870,000 customers, the airline said. Chief
executive Laura Petrie said no credit cards were affected."""
    again = """Meridian Air: 870,000 passports in hackers' hands
Hackers copied the passport numbers of 870,000 customers through a flaw in the booking site. Laura Petrie,
the chief executive, told the public."""
    assert story_of(strike, theft, again) == [1, 2, 2]


@pytest.mark.parametrize(
    ("pair", "seen"),
    [("发生", True), ("爆炸", True), ("生爆", False), ("宏达", True)],
)
def test_of_scripts_without_spaces_joins_of_common_words_are_no_terms(pair: str, seen: bool) -> None:
    found = read("", "宏达昨日发生爆炸", languages=("zh",))
    assert (number_of(pair) in found.terms) == seen


def test_without_spaces_a_name_is_what_is_said_twice() -> None:
    found = read("宏达爆炸", "县长说，宏达昨日停产", languages=("zh",))
    assert found.names == {number_of("宏达")}
    assert not read("宏达爆炸", "县长说，宏达昨日停产 iPad mini", languages=("zh",)).capitals


def test_what_stood_deep_in_an_earlier_article_is_not_new() -> None:
    deep = " ".join(
        [QUAKE, *["The weather stays dry."] * 200, "The mezcal of Matatlán is safe in 412 cellars."]
    )
    assert told_news("Oaxaca\nThe mezcal of Matatlán is safe in 412 cellars.", deep) == {}


def test_of_a_story_of_hundreds_every_article_counts() -> None:
    middle = "Oaxaca\nThe mezcal of Matatlán is safe in 412 cellars."
    before = [QUAKE, middle, *(f"Oaxaca, day {day}: the tents of Juchitán stand." for day in range(400))]
    assert told_news(middle, *before) == {}
    assert set(told_news(middle, QUAKE, *before[2:])) == {Kind.NAME, Kind.NUMBER}


def test_of_a_number_that_rose_twice_the_last_is_named() -> None:
    before = [f"In Oaxaca, Salomón Jara said {many} people were treated." for many in (11, 19)]
    assert told_news("Oaxaca\nSalomón Jara said 31 people were treated.", *before) == {
        Kind.NUMBER: "a new number: 31 people, not 19"
    }


def test_what_an_article_said_survives_packing_and_another_version_is_left_out() -> None:
    one, two = (said.said_by(read("", text)) for text in (QUAKE, AGAIN))
    kept = [said.pack(one), b"\x63strange", said.pack(two)]
    assert set(said.unpack(kept).terms.tolist()) == {*one.terms.tolist(), *two.terms.tolist()}
    assert said.unpack(kept).counts == {**one.counts, **two.counts}
    assert said.unpack([]).counts == {}


def test_what_is_heard_one_by_one_is_what_is_heard_at_once() -> None:
    one, two = (said.said_by(read("", text)) for text in (QUAKE, AGAIN))
    asked = {*one.terms.tolist(), *two.terms.tolist(), number_of("mezcal")}
    at_once, heard = said.Heard(said.together([one, two])), said.Heard(one)
    assert number_of("suspen") not in heard.among(asked)
    heard.take(two)
    assert heard.among(asked) == at_once.among(asked) == asked - {number_of("mezcal")}
    assert heard.counts == at_once.counts


def test_an_article_that_is_edited_ever_again_keeps_a_bounded_memory() -> None:
    told = said.Said(np.empty(0, np.uint32), {})
    for version in range(40):
        words = " ".join(f"w{version}x{number} 7{number} tents" for number in range(900))
        told = said.unpack([said.pack(said.together([told, said.said_by(read("", words))]))])
    assert len(told.terms) <= 4_000 and len(told.counts) <= 200


def test_what_stands_deep_in_a_later_article_is_background() -> None:
    deep = "\n".join([QUAKE, *["The weather stays dry."] * 3, "In 1985 some 9500 people died in Michoacán."])
    assert told_news(deep, QUAKE) == {}


ENTRY = StoredEntry(
    id=7,
    feed_id=1,
    feed_name="El Norte",
    tags=(),
    entry=Entry("guid", "https://norte.example/1", "Oaxaca shaken", published=NOON),
    story_key="story-7",
    state=EntryState.NEW,
    first_look=False,
    seen_at=NOON + timedelta(minutes=5),
)
PAGE = Article("Oaxaca shaken", (Block(Zone.BODY, "OAXACA (AFP) - Two hurt. Pemex goes on."),), ("en",))
PEMEX = Found("oil", "Pemex", (), (Excerpt("Pemex goes on."),))


def test_a_judged_entry_arrives_with_its_newsroom_its_agency_and_what_rules_found() -> None:
    found = arrival_of(ENTRY, PAGE, (PEMEX,))
    assert (found.entry_id, found.at, found.newsroom, found.credit) == (7, NOON, "norte.example", "AFP")
    assert found.reading.terms[number_of("pemex")] == 3  # in the text, in its lead, in what matched
    assert found.reading.languages == ("en",)


def test_an_article_dated_ahead_arrived_when_it_was_seen() -> None:
    ahead = replace(ENTRY, entry=replace(ENTRY.entry, published=NOON + timedelta(days=1)))
    assert arrival_of(ahead, PAGE, ()).at == ENTRY.seen_at


def test_what_is_kept_of_a_placing_says_how_and_what_was_new() -> None:
    stories = OpenStories()
    placed(stories, arrival(1, QUAKE))
    placing, member = stories.place(arrival(2, QUAKE))
    kept = membership_of(member, placing, b"said", (News(Kind.NUMBER, "a new number: 31 people"),))
    assert (kept.story, kept.how, kept.like) == (1, "copy", 1)
    assert kept.news == (("number", "a new number: 31 people"),)
    assert unpack(kept).vector == member.vector
    opened = membership_of(*reversed(OpenStories().place(arrival(3, QUAKE))), b"")
    assert (opened.story, opened.how, opened.like) == (3, "", None)
