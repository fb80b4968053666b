"""Queries of other programs: what they become, what of them shifts, and what no rule can say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import RuleError, parse
from rules.language.dialects import translate
from rules.language.vendors import VENDORS

# A query, and the rule that it becomes.
MELTWATER = {
    "missile AND Iraq": "missile AND Iraq",
    "missile and Iraq": "missile AND Iraq",
    "missile OR rocket": "missile OR rocket",
    "missile NOT test": "missile AND NOT test",
    "missile AND NOT (test OR drill)": "missile AND NOT (test OR drill)",
    "missile OR rocket AND Iraq": "missile OR (rocket AND Iraq)",
    "missile OR rocket NOT test": "missile OR (rocket AND NOT test)",
    "(missile OR rocket) AND Iraq": "(missile OR rocket) AND Iraq",
    "“Islamic State” AND „Iraq“": '"Islamic State" AND Iraq',
    '("tanker" or “oil ship") AND “strait”': '(tanker OR "oil ship") AND strait',
    "missile NEAR Iraq": "missile NEAR/4 Iraq",
    "missile NEAR/10 Iraq": "missile NEAR/10 Iraq",
    "missile ONEAR Iraq": "missile BEFORE/4 Iraq",
    "missile ONEAR/10 Iraq": "missile BEFORE/10 Iraq",
    "(missile OR rocket) NEAR/3 (Iraq OR Iran)": "(missile OR rocket) NEAR/3 (Iraq OR Iran)",
    'Georgia XNOT "Georgia Tech"': 'Georgia EXCEPT "Georgia Tech"',
    "sail*": "sail*",
    "organi?ation": "organi?ation",
    '"oil tanker*"': '"oil tanker*"',
    "tanker {3}": "3 TIMES tanker",
    "tanker{2,4}": "2 TIMES tanker AND NOT 5 TIMES tanker",
    '"oil tanker" {2} AND strait': '2 TIMES "oil tanker" AND strait',
    "strait AND (tanker^3 OR ship^0.5)^2": "strait AND (tanker OR ship)",
    "title:missile": "title:missile",
    'title:("oil tanker" OR ship) AND strait': 'title:("oil tanker" OR ship) AND strait',
    "content:missile OR body:rocket": "body:missile OR body:rocket",
    "ingress:(tanker OR ship)": "body:lead:(tanker OR ship)",
    "caseSensitive:(Apple)": "case:Apple",
    "missile AND language:en": "missile AND lang:en",
    "missile AND country:us AND NOT country:gbr": "missile AND country:US AND NOT country:GB",
    "missile AND sourceCountry:(iq OR ir)": "missile AND (country:IQ OR country:IR)",
    'site:"www.bbc.com" AND missile': "source:bbc.com AND missile",
    'site:"*.bbc.*" AND missile': "url:*.bbc.* AND missile",
    'author:"Jane Doe" AND missile': 'author:"Jane Doe" AND missile',
    'SourceName:"Gulf Times" AND missile': 'feed:"Gulf Times" AND missile',
    "#OPEC OR hashtag:oil": "OPEC OR oil",
    r"E\*trade AND shares": '"E trade" AND shares',
    '"Euronext:ROTH"': '"Euronext:ROTH"',
    '"AND" OR near': '"AND" OR near',
    "title:tanker {2}": "title:(2 TIMES tanker)",
}
CISION = {
    '"tanker" AND "strait"': "tanker AND strait",
    '"tanker" OR "ship"': "tanker OR ship",
    '"tanker" AND NOT "oil tanker"': 'tanker AND NOT "oil tanker"',
    '("tanker" NOT ("film" AND NOT "film crew"))': 'tanker AND NOT (film AND NOT "film crew")',
    "tanker or ship": "tanker OR ship",
    '((("tanker" OR "ship") w/5 ("fire" OR "blast")) AND "Basra")': (
        "((tanker OR ship) NEAR/5 (fire OR blast)) AND Basra"
    ),
    '"tanker" W/10 "fire"': "tanker NEAR/10 fire",
    '"tanker" within/10 "fire"': "tanker NEAR/10 fire",
    '"tanker" near/10 "fire"': "tanker NEAR/10 fire",
    '"tanker" NEAR/10 "fire"': "tanker NEAR/10 fire",
    '"tanker" pre/3 "fire"': "tanker BEFORE/3 fire",
    '"tanker" NOT w/3 "toy"': "tanker NOT NEAR/3 toy",
    '"tanker" w/s "fire"': "sentence:(tanker AND fire)",
    '"tanker" w/p "fire"': "paragraph:(tanker AND fire)",
    'cs("AID")': "case:AID",
    'cs("BEST") AND "coffee"': "case:BEST AND coffee",
    'headline("oil tanker")': 'title:"oil tanker"',
    "headline(tanker OR ship) AND fire": "title:(tanker OR ship) AND fire",
    'title:"tanker" AND "fire"': "title:tanker AND fire",
    'headline("tanker" w/5 "fire")': "title:(tanker NEAR/5 fire)",
    'publication("Gulf Times") AND tanker': 'feed:"Gulf Times" AND tanker',
    'byline("Jane Doe") AND tanker': 'author:"Jane Doe" AND tanker',
    "lead(tanker)": "body:lead:tanker",
    "atl5(tanker)": "5 TIMES tanker",
    'atleast3("oil tanker") AND fire': '3 TIMES "oil tanker" AND fire',
    "tank*": "tank*",
    'tk_location:"United States" AND "Basra"': "country:US AND Basra",
    '(tk_location:"United Kingdom" OR tk_location:"Iraq") AND "oil"': ("(country:GB OR country:IQ) AND oil"),
    'language:"French" AND pétrole': "lang:fr AND pétrole",
    'site:"bbc.co.uk" AND oil': "source:bbc.co.uk AND oil",
    '"tanker fire"~10': "tanker NEAR/10 fire",
    "“farmer’s market”": '"farmer’s market"',
    "tanker OR ship AND fire": "tanker OR (ship AND fire)",
    "AND(": None,
}
BRANDWATCH = {
    "tanker AND strait": "tanker AND strait",
    "tanker strait": "tanker AND strait",
    '"oil tanker" strait': '"oil tanker" AND strait',
    "tanker NOT film NOT toy": "tanker AND NOT film AND NOT toy",
    "NOT film AND tanker": "NOT film AND tanker",
    "(oil AND tanker) OR (gas AND tanker)": "(oil AND tanker) OR (gas AND tanker)",
    "oil OR gas AND tanker": "oil OR (gas AND tanker)",
    "tanker -film": "tanker AND NOT film",
    '"oil tanker"~5': "oil NEAR/5 tanker",
    '"oil tanker fire"~5': "NEAR/5(oil, tanker, fire)",
    "((tanker OR ship) AND (fire OR blast))~5": "(tanker OR ship) NEAR/5 (fire OR blast)",
    "(tanker AND fire AND strait)~8": "NEAR/8(tanker, fire, strait)",
    "((tanker OR ship) NEAR/5 (fire OR blast))": "(tanker OR ship) NEAR/5 (fire OR blast)",
    "(tanker NEAR/2f fire)": "tanker BEFORE/2 fire",
    "tanker near/5f fire": "tanker BEFORE/5 fire",
    "complain*": "complain*",
    "organi?e": "organi?e",
    "{BT}": "case:BT",
    "{BT} AND broadband": "case:BT AND broadband",
    "{Brand Watch}": 'case:"Brand Watch"',
    "raw:Canal+": 'case:"Canal+"',
    'raw:(Canal+ OR "Canal +")': 'case:("Canal+" OR "Canal +")',
    'title:"oil tanker"': 'title:"oil tanker"',
    "title:(tanker OR ship)": "title:(tanker OR ship)",
    "title:tanker NOT title:film": "title:tanker AND NOT title:film",
    "tanker <<<the word that counts>>> AND strait": "tanker AND strait",
    "<<<never ends": None,
    'country:gbr AND "oil tanker"': 'country:GB AND "oil tanker"',
    "country:(irq OR irn) AND tanker": "(country:IQ OR country:IR) AND tanker",
    "language:ar AND ناقلة": "lang:ar AND ناقلة",
    "site:gulf-times.com AND tanker": "source:gulf-times.com AND tanker",
    "site:reddit.com/r/oil AND tanker": "url:*reddit.com/r/oil* AND tanker",
    'url:"msn.com/news" AND "Jane Doe"': 'url:*msn.com/news* AND "Jane Doe"',
    "topLevelDomain:org AND tanker": "source:org AND tanker",
    "author:  janedoe AND tanker": "author:janedoe AND tanker",
    "author:(Jane OR Doe) AND tanker": "(author:Jane OR author:Doe) AND tanker",
    'publication:"MSN UK" AND tanker': 'feed:"MSN UK" AND tanker',
    "#OPEC AND @oilprice": "OPEC AND oilprice",
    "hashtags:(opec OR oil)": "opec OR oil",
    "O'Reilly OR McDonald's": "O'Reilly OR McDonald's",
    "🎉 oil": "🎉 AND oil",
    "€100 OR $50": '€100 OR "$50"',
}
GOOGLE = {
    "tanker strait": "tanker AND strait",
    "tanker strait -film": "tanker AND strait AND NOT film",
    'tanker -"oil painting"': 'tanker AND NOT "oil painting"',
    "tanker OR ship strait": "(tanker OR ship) AND strait",
    "strait tanker OR ship fire": "strait AND (tanker OR ship) AND fire",
    "tanker | ship": "tanker OR ship",
    "tanker|ship": "tanker OR ship",
    "tanker AND strait": "tanker AND strait",
    "(tanker OR ship) (fire OR blast)": "(tanker OR ship) AND (fire OR blast)",
    '"oil tanker"': '"oil tanker"',
    '"oil * tanker"': '"oil * tanker"',
    "intitle:tanker": "title:tanker",
    'intitle:"oil tanker" strait': 'title:"oil tanker" AND strait',
    "allintitle:tanker fire strait": "title:(tanker AND fire AND strait)",
    "allintitle: tanker OR ship": "title:(tanker OR ship)",
    "intext:tanker": "body:tanker",
    "allintext:tanker fire": "body:(tanker AND fire)",
    "inurl:sport tanker": "url:*sport* AND tanker",
    "-inurl:sport tanker": "NOT url:*sport* AND tanker",
    "site:bbc.co.uk tanker": "source:bbc.co.uk AND tanker",
    "site:https://www.bbc.co.uk/ tanker": "source:bbc.co.uk AND tanker",
    "site:bbc.co.uk/news tanker": "url:*bbc.co.uk/news* AND tanker",
    "site:edu tanker": "source:edu AND tanker",
    "-site:x.com tanker": "NOT source:x.com AND tanker",
    "tanker AROUND(5) fire": "tanker NEAR/5 fire",
    "tanker around (5) fire": "tanker NEAR/5 fire",
    "tanker when:7d": "tanker AND age:<7d",
    "tanker when:12h": "tanker AND age:<12h",
    "tanker when:1y": "tanker AND age:<365d",
    "source:gulf_times tanker": 'feed:"gulf times" AND tanker',
    "location:iraq tanker": "country:IQ AND tanker",
    "author:doe tanker": "author:doe AND tanker",
    "war and peace": "war AND peace",
    "+tanker strait": "tanker AND strait",
    "C++ tanker": '"C++" AND tanker',
    "Su-35 10:30": 'Su-35 AND "10:30"',
}
TABLES = {"meltwater": MELTWATER, "cision": CISION, "brandwatch": BRANDWATCH, "google": GOOGLE}
ROWS = [(dialect, query, rule) for dialect, table in TABLES.items() for query, rule in table.items()]


@pytest.mark.parametrize(("dialect", "query", "rule"), [row for row in ROWS if row[2]])
def test_a_query_becomes_a_rule(dialect: str, query: str, rule: str) -> None:
    found = translate(query, dialect)
    assert found.text == rule
    assert str(parse(rule)) == rule


@pytest.mark.parametrize(("dialect", "query"), [row[:2] for row in ROWS if not row[2]])
def test_a_query_that_means_nothing_is_refused(dialect: str, query: str) -> None:
    with pytest.raises(RuleError):
        translate(query, dialect)


def test_every_dialect_has_its_table() -> None:
    assert TABLES.keys() == VENDORS.keys()
    assert all(len(table) >= 25 for table in TABLES.values())


# What shifts, and where.
NOTES = [
    ("meltwater", "missile", "missile", "a word also finds its other forms here"),
    ("meltwater", "a^2 OR b", "^2", "^ only orders what was found"),
    ("meltwater", "a OR b AND c", "a OR b AND c", "Meltwater reads AND first"),
    ("meltwater", "x AND ingress:a", "ingress:", "the lead is the first paragraph"),
    ("meltwater", "x AND country:us", "country:", "the country is that of the source"),
    ("meltwater", 'x AND SourceName:"y"', "SourceName:", "what an outlet is called"),
    ("meltwater", "x OR #y", "#y", "# and @ are not compared"),
    ("meltwater", r"x OR E\*t", r"E\*t", "signs inside a word are not compared"),
    ("cision", "a w/5 b", "w/5", "NEAR/n allows n words between"),
    ("cision", 'x OR "oil tank*"', '"oil tank*"', "Cision takes * in quotes for itself"),
    ("cision", "a OR b AND c", "a OR b AND c", "Cision does not say which it reads first, and AND was taken"),
    ("cision", "x AND byline(doe)", "byline", "the words of a name stand in a row"),
    ("brandwatch", "x OR raw:C+", "raw:", "signs are not compared"),
    ("brandwatch", '"a b c"~5', "~5", "n other words between the first and the last"),
    ("brandwatch", 'x OR "oil tank*"', '"oil tank*"', "Brandwatch takes * in quotes for itself"),
    ("google", "x", "x", "Google also finds other words of like meaning"),
    ("google", "a b OR c", "a b OR c", "Google reads OR first"),
    ("google", "war and peace", "and", 'Google leaves out "and" in small letters'),
    ("google", 'x "a * b"', '"a * b"', "one word or more at Google, and exactly one here"),
    ("google", "a AROUND(3) b", "AROUND(3)", "Google does not say how it counts"),
]


@pytest.mark.parametrize(("dialect", "query", "words", "note"), NOTES)
def test_what_shifts_is_told_where_it_does(dialect: str, query: str, words: str, note: str) -> None:
    found = next(told for told in translate(query, dialect).notes if note in told.message)
    assert query[found.start : found.end] == words


def test_a_note_is_told_once() -> None:
    notes = translate("a w/1 b AND c w/2 d AND e w/3 f", "cision").notes
    assert len(notes) == 2


def test_words_in_their_own_case_have_no_other_forms() -> None:
    assert not translate("caseSensitive:Apple", "meltwater").notes


# What cannot be said, where, and why.
REFUSED = [
    ("meltwater", "x AND followers >10000", "followers >10000", "posts and accounts of social networks"),
    ("meltwater", "x AND likes>5000", "likes>5000", "nobody counts readers and reactions"),
    ("meltwater", "x AND reach>=10000", "reach>=10000", "nobody counts readers and reactions"),
    (
        "meltwater",
        "x AND enrichments.socialScores.tw_likes> 20",
        "enrichments.socialScores.tw_likes> 20",
        "nobody",
    ),
    ("meltwater", "x AND sentiment:negative", "sentiment:negative", "nothing judges the tone"),
    ("meltwater", "x AND postType:og", "postType:og", "social networks"),
    ("meltwater", "x AND NOT from:(a OR (b))", "from:(a OR (b))", "social networks"),
    ("meltwater", "x AND infoType:news", "infoType:news", "every article here is news"),
    ("meltwater", "x AND imageObject:dog", "imageObject:dog", "not pictures or films"),
    ("meltwater", 'x AND containsLink:"y.org"', 'containsLink:"y.org"', "the links in an article"),
    ("meltwater", "Euronext:ROTH", "Euronext:ROTH", "Meltwater has no field Euronext that is known here"),
    ("meltwater", "oil tanker", "tanker", "Meltwater does not say what a space between words means"),
    ("meltwater", "oil -tanker", "-", "a minus before a word is nothing Meltwater knows"),
    ("meltwater", "oil {x}", "{x}", "{x} is no number of times"),
    ("meltwater", "{2} AND oil", "{2}", 'a word is missing before "{2}"'),
    ("meltwater", "(a AND b) NEAR/3 c", "NEAR/3", "NEAR/3 joins words, phrases, sets and OR-groups"),
    ("meltwater", "a NEAR/2 b NEAR/3 c", "NEAR/3", "a chain of NEAR/BEFORE is ambiguous"),
    ("meltwater", "a NEAR/2000 b", "NEAR/2000", "2000 words apart is too far"),
    ("meltwater", "a NOT ONEAR/2 b", "NOT", "NOT ONEAR/2 cannot be said"),
    ("meltwater", "(a AND b) {2}", "{2}", "2 TIMES counts words"),
    ("meltwater", "x AND language:klingon", "klingon", 'lang: knows no language "klingon"'),
    ("meltwater", "x AND country:zz", "zz", 'country: knows no country "zz"'),
    ("meltwater", "a*", "a*", "would match nearly every article"),
    ("meltwater", "(a AND b", "(", "this ( is never closed"),
    ("meltwater", "a AND b)", ")", "this ) has no matching ("),
    ("meltwater", 'a AND "b', '"', "this quote is never closed"),
    ("meltwater", "a AND", "", "a word is missing at the end"),
    ("meltwater", "a AND OR b", "OR", 'a word is missing before "OR"'),
    ("meltwater", "a, b", ",", ", joins nothing"),
    ("meltwater", "", "", "a word is missing at the end"),
    ("cision", 'x AND state:"Illinois"', 'state:"Illinois"', "where an article was written is not known"),
    ("cision", 'x AND tk_location:"North America"', '"North America"', 'knows no country "North America"'),
    ("cision", "x AND readership > 5000", "readership > 5000", "nobody counts"),
    ("cision", "x AND program(news)", "program(news)", "every article here is news"),
    ("cision", "x AND foo(bar)", "foo(bar)", "Cision has no field foo that is known here"),
    ("cision", "a NEAR b", "NEAR", "NEAR needs a number of words"),
    ("cision", "atl3(a AND b)", "atl3", "3 TIMES counts words, phrases, sets and OR-groups"),
    ("cision", "iced coffee", "coffee", "Cision does not say what a space between words means"),
    ("cision", "{BT}", "{BT}", 'a word is missing before "{BT}"'),
    ("brandwatch", "x AND rating:[3 TO 5]", "rating:[3 TO 5]", "reviews and their stars"),
    ("brandwatch", "x AND latitude:[41 TO 44]", "latitude:[41 TO 44]", "where an article was written"),
    ("brandwatch", "x AND authorFollowers:[500 TO 1000]", "authorFollowers:[500 TO 1000]", "social networks"),
    ("brandwatch", "engagementType:RETWEET AND x", "engagementType:RETWEET", "social networks"),
    ("brandwatch", "x AND subreddit:nba", "subreddit:nba", "social networks"),
    (
        "brandwatch",
        'x AND city:"deu.berlin.berlin"',
        'city:"deu.berlin.berlin"',
        "where an article was written",
    ),
    ("brandwatch", "x AND minuteOfDay:[1 TO 2]", "minuteOfDay:[1 TO 2]", "age:<48h says how old"),
    ("brandwatch", "x AND brandIds:12", "brandIds:12", "not pictures"),
    ("brandwatch", "oil and gas", "and", '"and" in small letters is a word to Brandwatch'),
    ("brandwatch", "oil~2", "~2", "words are compared as they are"),
    ("brandwatch", "(oil OR gas)~2", "~2", "words are compared as they are"),
    ("brandwatch", '"oil gas"~', "~", "~ needs a number of words"),
    ("brandwatch", "(a AND NOT b)~2", "~2", "NEAR/2 joins words"),
    ("google", "x before:2024-01-01", "before:2024-01-01", "age:<48h says how old"),
    ("google", "x filetype:pdf", "filetype:pdf", "it asks a search engine about pages"),
    ("google", "x link:bbc.com", "link:bbc.com", "the links in an article"),
    ("google", "camera $50..$100", "$50..$100", "a range of numbers cannot be said"),
    ("google", "x when:soon", "soon", '"soon" is not a number with a unit'),
    ("google", "x ~food", "~", "words are compared as they are"),
]


@pytest.mark.parametrize(("dialect", "query", "words", "why"), REFUSED)
def test_what_cannot_be_said_is_told_with_its_place_and_why(
    dialect: str, query: str, words: str, why: str
) -> None:
    with pytest.raises(RuleError) as caught:
        translate(query, dialect)
    found = next(problem for problem in caught.value.problems if why in problem.message)
    assert query[found.start : found.end] == words
    assert found.hint


def test_all_that_cannot_be_said_is_told_at_once() -> None:
    with pytest.raises(RuleError) as caught:
        translate("x AND likes>5 AND sentiment:bad AND language:xx AND (a", "meltwater")
    assert len(caught.value.problems) == 4


def test_a_query_of_facts_alone_says_that_it_is_broad() -> None:
    assert translate("url:bbc.com/news", "brandwatch").broad
    assert not translate("url:bbc.com/news AND x", "brandwatch").broad


def test_a_query_that_is_broad_by_one_branch_says_why() -> None:
    told = translate("site:bbc.co.uk OR missile", "google")
    assert told.broad
    assert "without any of its words it can match too, so it needs broad: true" in [
        n.message for n in told.notes
    ]


PIECES = [
    *(
        "a",
        "b",
        '"c d"',
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "and",
        "NEAR/3",
        "w/5",
        "w/s",
        "pre/2",
        "NEAR",
        "XNOT",
    ),
    *(
        "AROUND(3)",
        "~5",
        "~",
        "^2",
        "{3}",
        "{3,5}",
        "{BT}",
        "{",
        "}",
        "[1 TO 2]",
        "title:",
        "site:",
        "language:",
    ),
    *(
        "en",
        "country:",
        "headline(",
        "cs(",
        "atl5(",
        "followers >5",
        "likes:",
        "x:",
        "https://x.y/z",
        "#a",
        "@b",
    ),
    *("-c", '-"d e"', "+e", "|", "&&", "*", "?", "a*", '"* *"', '"', "“", ",", "\\*", "E\\*t", "<<<", ">>>"),
    *(
        "when:",
        "7d",
        "allintitle:",
        "raw:",
        "ingress:",
        "\n",
        "é",
        "导",
        "$5",
        "5..6",
        "/x/",
        "NEAR/9999",
        ";",
        "'",
    ),
    *("2 OF", "TIMES", "EXCEPT", "sentence:", "source:$x", "OF"),
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=10)


@given(SOUP.map(" ".join) | SOUP.map("".join) | st.text(), st.sampled_from(sorted(VENDORS)))
@settings(max_examples=700, deadline=None)
def test_any_query_is_a_rule_or_an_error_inside_it(query: str, dialect: str) -> None:
    try:
        found = translate(query, dialect)
    except RuleError as error:
        assert error.problems
        places = error.problems
    else:
        assert str(parse(found.text)) == found.text
        places = found.notes
    assert all(0 <= place.start <= place.end <= len(query) for place in places)


@pytest.mark.parametrize("dialect", VENDORS)
@pytest.mark.parametrize(
    "query",
    [
        "(" * 50_000,
        "NOT " * 50_000,
        "title:" * 50_000,
        "a " * 20_000,
        "{" * 50_000,
        '"' * 50_001,
        "~5" * 20_000,
    ],
)
def test_a_monstrous_query_is_a_readable_error_or_a_rule(query: str, dialect: str) -> None:
    try:
        translate(query, dialect)
    except RuleError as error:
        assert len(str(error)) < 20_000
