"""`sets:` and `rules:` of a config: what they say, in which files, and what a person reads of mistakes."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import config
from monitor.errors import ConfigError
from rules import Document
from tests.monitor.configs import FEEDS, LEAST, RULES, load, problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


# --- rules as typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('- "missile" + "Iraq"', '"missile" + "Iraq"'),
        ('- "missile" + "Iraq"   # the owner\'s own', '"missile" + "Iraq"'),
        ('- match: "missile" + "Iraq"\n    to: a', '"missile" + "Iraq"'),
        (
            '- to: a\n    match:   "missile" OR (Iraq + "war # peace")  # why',
            '"missile" OR (Iraq + "war # peace")',
        ),
        ("- 'missile' + Iraq", "'missile' + Iraq"),
        ('- "a: b" + c', '"a: b" + c'),
        ('- "missile" + Iraq\n      + war', '"missile" + Iraq + war'),
        ('- "missile" + "Iraq"\r', '"missile" + "Iraq"'),
        ('- "missile"', "missile"),
        ('- "missile"  # alone', "missile"),
        ("- '\"Islamic State\"'", '"Islamic State"'),
        ('- |\n    "missile" +\n    Iraq', '"missile" +\nIraq'),
        ('- >\n    "missile"\n    + Iraq', '"missile" + Iraq'),
    ],
)
def test_a_rule_that_begins_with_a_quote_is_taken_as_typed(file: Path, line: str, rule: str) -> None:
    loaded = load(file, f'{FEEDS}rules:\n  {line}\n  - "sure" + typed\n')
    assert [found.text for found in loaded.rules.rules.values()] == [rule, '"sure" + typed']


def test_text_inside_a_block_is_not_touched(file: Path) -> None:
    text = f'{FEEDS}rules:\n- "a" + b\n- must_match:\n  - |\n    - "x" y  # z\n  match: "x" + y\n'
    assert [found.text for found in load(file, text).rules.rules.values()] == ['"a" + b', '"x" + y']


def test_only_rules_are_taken_as_typed(file: Path) -> None:
    told = problems(file, f'{LEAST}sets:\n  a:\n  - "cruise" missile\n')
    assert told.startswith("config.yaml:5:14: the value goes on after its closing quote\n  hint: ")


def test_rules_alone_can_be_read(file: Path) -> None:
    file.write_text("sets: {m: [missile]}\nrules: [$m + Iraq]\n")
    assert config.load_rules(file, {}).match(Document("Missiles in Iraq", ""))
    file.write_text("rules: [$m]\n")
    with pytest.raises(ConfigError, match="there is no set named"):
        config.load_rules(file, {})


# --- rule files -----------------------------------------------------------------------------------------


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_rules_may_stand_in_files_of_their_own(file: Path) -> None:
    write(
        file.parent,
        {
            "rules/iran.yaml": "- {id: iran, match: $missiles + Iran, to: iran-desk}\n- Hormuz\n",
            "rules/gaza.yaml": "sets: {missiles: [missile]}\nrules: [Gaza]\n",
            "words.yml": "sets: {more: [tank]}\n",
        },
    )
    loaded = load(file, FEEDS + "rules: [{file: 'rules/*.yaml'}, {file: words.yml}, Iraq]\n")
    assert list(loaded.rules.rules) == ["iraq", "gaza", "iran", "hormuz"]
    assert loaded.routes["iran"].channels == ("#iran-desk",)
    assert loaded.rules.match(Document("Iran shows missiles", ""))


def test_a_rule_file_can_be_read_alone(tmp_path: Path) -> None:
    write(tmp_path, {"iran.yaml": "- Iran\n- Hormuz\n"})
    assert list(config.load_rules(tmp_path / "iran.yaml", {}).rules) == ["iran", "hormuz"]


@pytest.mark.parametrize("head", ["", "# desk\n\n# of the Gulf\n", "rules:\n", "sets: {m: [x]}\nrules:\n  "])
def test_a_rule_file_takes_rules_as_typed_too(tmp_path: Path, head: str) -> None:
    write(tmp_path, {"iran.yaml": f'{head}- "missile" + "Iraq"  # as typed\n'})
    found = config.load_rules(tmp_path / "iran.yaml", {}).rules
    assert [rule.text for rule in found.values()] == ['"missile" + "Iraq"']


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.yaml": "- missile Iraq\n"}, 'a.yaml:1:3: no operator between "missile" and "Iraq"'),
        ({"a.yaml": "\n\n- {to: x}\n"}, "a.yaml:3:3: this rule has no match"),
        ({"a.yaml": "- {match: $none}\n"}, "a.yaml:1:11: there is no set named $none"),
        ({"a.yaml": "- {match: a, must_match: [b]}\n"}, 'a.yaml:1:27: rule "a" does not match its example'),
        ({"a.yaml": b"- a\n- \xe9\n"}, "a.yaml:2:3: this is not UTF-8 text (byte 0xe9)"),
        ({"a.yaml": "- [a\n"}, "a.yaml:1:3: this [ is not closed"),
        ({"a.yaml": "- xoxb-1234567890\n"}, "a.yaml:1:3: a Slack secret stands in this file"),
        ({"a.yaml": ""}, "a.yaml:1:1: this file is empty\n  hint: a rule file is a list of rules, or"),
        ({"a.yaml": "a + b"}, "a.yaml:1:1: this is neither a list of rules nor a table"),
        ({"a.yaml": "feeds: [x]\nrules: [a]"}, 'a.yaml:1:1: unknown key "feeds"'),
        ({"a.yaml": "rules: []\n"}, "a.yaml:1:8: there are no rules"),
        ({"a.yaml": "- {file: b.yaml}\n"}, "a.yaml:1:3: a rule file names no other rule files"),
        ({}, 'config.yaml:2:16: "a.yaml" does not exist\n  hint: check the path'),
        ({"a.yaml/b": ""}, '"a.yaml" is a folder, not a file'),
    ],
)
def test_a_mistake_in_a_rule_file_is_told_where_it_stands(
    file: Path, files: dict[str, str | bytes], told: str
) -> None:
    write(file.parent, files)
    found = problems(file, f"{FEEDS}rules: [{{file: a.yaml}}]\n")
    assert found.startswith(told) or f" {told}" in found


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ("{file: a.yaml}, {file: ./a.yaml}", '32: "./a.yaml" is named twice\n  hint: name each'),
        ("{file: a.yaml}, {file: '*.yaml'}", '32: "a.yaml" is named twice'),
        ("{file: 'none/*.yaml'}", '16: no file is named like "none/*.yaml"\n  hint: check the path'),
        ("{file: '*/a.yaml'}", "16: * and ? stand for files, not for folders"),
        ("{file: config.yaml}", '16: "config.yaml" is this file itself'),
        ("{file: a.yaml, to: x}", "28: a rule file stands alone"),
        ("{file: [a.yaml]}", "16: one value is wanted here, not a list"),
        ("{file: ''}", "16: this value is empty"),
        ("{file: '${S}'}", '16: "${S}" does not exist'),
        ("{file: '${S}*'}", '16: no file is named like "${S}*"'),
        ("a.yaml", '9: "a.yaml" is the name of a file\n  hint: write  {file: a.yaml}'),
        ("rules/*.yaml", '9: "rules/*.yaml" is the name of a file'),
    ],
)
def test_an_entry_that_names_no_rule_file_is_told(file: Path, entries: str, told: str) -> None:
    write(file.parent, {"a.yaml": "[gaza]"})
    found = problems(file, f"{FEEDS}rules: [{entries}, x]\n", {"S": "geheim"})
    assert f"config.yaml:2:{told}" in found
    assert "geheim" not in found


def test_a_rule_file_that_leads_to_itself_is_told(file: Path) -> None:
    (file.parent / "a.yaml").symlink_to("a.yaml")
    assert 'config.yaml:2:16: "a.yaml" does not exist' in problems(
        file, f"{FEEDS}rules: [{{file: a.yaml}}]\n"
    )


def test_ids_and_sets_are_unique_across_files(file: Path) -> None:
    write(
        file.parent,
        {
            "a.yaml": "sets: {m: [x]}\nrules: [{id: one, match: b}, $m, c]\n",
            "b.yaml": "- {id: one, match: d}\n- c\n",
        },
    )
    text = f"{FEEDS}sets: {{m: [y]}}\nrules: [{{file: a.yaml}}, {{file: b.yaml}}]\n"
    assert problems(file, text).splitlines() == [
        'a.yaml:1:8: the set "m" stands twice',
        "  hint: the first is in config.yaml line 2; keep one",
        'b.yaml:1:20: the id "one" stands twice',
        "  hint: the first is in a.yaml line 2; give each its own",
        "b.yaml:2:3: this rule stands twice",
        "  hint: the first is in a.yaml line 2; one rule can have two channels in  to:",
    ]


# --- sets -----------------------------------------------------------------------------------------------


def test_a_set_may_stand_in_a_file_of_its_own(file: Path) -> None:
    lists = '\ufeff# people\r\n\r\nAli Hassan   # a comment\r\n  C# \r\n"Basra, Iraq"\r\n'
    write(file.parent, {"lists/people.txt": lists})
    sets = "sets: {p: {file: lists/people.txt}, q: [x, {file: lists/people.txt}]}\n"
    loaded = load(file, f"{FEEDS}{sets}rules: [$p + a, $q]\n")
    for said in ("a: Ali Hassan", "a C", "a in Basra, Iraq"):
        assert len(loaded.rules.match(Document(said, ""))) == 2
    assert not loaded.rules.match(Document("a comment about people of Hassan Ali", ""))


def test_the_file_of_a_set_is_sought_beside_the_file_that_names_it(file: Path) -> None:
    write(file.parent, {"rules/a.yaml": "{sets: {p: {file: p.txt}}, rules: [$p]}", "rules/p.txt": "Ali"})
    assert load(file, f"{FEEDS}rules: [{{file: rules/a.yaml}}]\n").rules.match(Document("Ali", ""))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("a\n\n\tb AND c\n", "p.txt:3:2: a set holds words, phrases and OR-groups"),
        ("a\r\nb AND c # why\r\n", "p.txt:2:1: a set holds words, phrases and OR-groups"),
        (b"a\nb\xff\n", "p.txt:2:2: this is not UTF-8 text (byte 0xff)"),
        (b"a\n\0\n", "p.txt:2:1: a character that YAML does not allow (U+0000)"),
        ("# nothing\n\n", 'config.yaml:2:18: sets.p: "p.txt" has no words in it'),
        ("xoxb-1234567890\n", "p.txt:1:1: a Slack secret stands in this file"),
        ("Ali\n" * 50_001, "sets.p: a set of 50,001 entries; 50,000 are the most"),
        ("Ali\n" + "a " * 1_001, "p.txt:2:1: an entry of 2,001 characters; 2,000 are the most"),
        ("Ali" * 2_000_000, 'config.yaml:2:18: sets.p: "p.txt" is larger than 4096 KB'),
    ],
)
def test_a_mistake_in_the_file_of_a_set_is_told_where_it_stands(
    file: Path, data: str | bytes, told: str
) -> None:
    write(file.parent, {"p.txt": data})
    assert told in problems(file, f"{FEEDS}sets: {{p: {{file: p.txt}}}}\nrules: [x]\n")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("b", "a set is a list\n  hint: write  a: [missile, rocket]  or  a: {file: lists/a.txt}"),
        ("[]", "2:11: sets.a: this set is empty"),
        ("{}", "2:11: sets.a: a list of words is wanted here"),
        ("{any: []}", "2:17: this set is empty"),
        ("{file: x}", '2:18: sets.a: "x" does not exist'),
        ("{file: x, ar: [b]}", "2:11: sets.a: file stands alone"),
        ("{any: [a], arabic: [b]}", '2:22: unknown key "arabic"\n  hint: did you mean  ar  ?'),
        ("{EN: [b]}", '2:12: unknown key "EN"\n  hint: did you mean  en  ?'),
        ("{en-GB: [b]}", '2:12: unknown key "en-GB"\n  hint: did you mean  en  ?'),
        ("{xx: [b]}", '2:12: unknown key "xx"\n  hint: its keys are  file,  any,  and languages'),
        ("[title: x]", '2:12: unknown key "title"\n  hint: its keys are  file,  any,  and languages'),
        ("{ar: 5, en: }", "2:22: this value is empty\n  hint: write a value"),
        ("{ar: {file: [x, y]}}", "one value is wanted here, not a list\n  hint: write it without [ ]"),
        ("{file: {x: y}}", "sets.a: one value is wanted here, not a table\n  hint: write it without a key"),
        ("{file: /}", '2:18: sets.a: "/" is a folder, not a file\n  hint: check the path'),
        ("~", "2:11: sets.a: a set is a list"),
        ("{ar: [b], ar: [c]}", 'the key "ar" stands twice'),
        ("{ar: {fa: [b]}}", "a list of words is wanted here"),
        ("[x, [y]]", "2:15: one value is wanted here, not a list"),
        ("[x, y AND z]", "2:15: a set holds words, phrases and OR-groups"),
    ],
)
def test_a_set_that_is_wrong_is_told(file: Path, value: str, told: str) -> None:
    assert told in problems(file, f"{FEEDS}sets: {{a: {value}}}\nrules: [x]\n")


@pytest.mark.parametrize("sets", ["[a]", "a"])
def test_sets_that_are_no_table_are_told(file: Path, sets: str) -> None:
    told = "config.yaml:2:7: sets are a table of names and lists\n  hint: write  missiles: [missile, rocket]"
    assert told in problems(file, f"{FEEDS}sets: {sets}\nrules: [x]\n")


# --- a rule that is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("[missile, Iraq]", "2:5: a rule is a text, not a list"),
        ("''", "this value is empty"),
        ("title: missile", "hint: write  title:missile  without the space"),
        ("Iraq AND title: missile", "hint: write  title:missile  without the space"),
        ("{to: a}", "2:5: this rule has no match"),
        ("{}", "2:5: this rule has no match"),
        ("{match: a, to: []}", "2:20: rules.to: this list is empty"),
        ("{match: a, id: 'x y'}", '"x y" is not an id'),
        ("{match: a, priority: urgent}", '"urgent" is none of high, normal, low'),
        ("$nowhere", "2:5: there is no set named $nowhere"),
        ('"Islamic State"', "YAML took the quotes off; for the phrase write  '\"Islamic State\"'"),
        ("'2 OF'", "2:6: 2 OF needs a list or a set\n  2 OF\n  ^^^^\n  hint: write"),
        ("first", "3:5: this rule stands twice\n  hint: the first is in line 2; one rule can"),
        ("{id: one, match: x}", '4:22: the id "one" stands twice\n  hint: the first is in line 2; give'),
    ],
)
def test_a_wrong_rule_is_told(file: Path, rule: str, told: str) -> None:
    assert told in problems(file, f"rules:\n  - {rule}\n  - first\n  - {{id: one, match: y}}\n{FEEDS}")


@pytest.mark.parametrize(
    ("value", "line", "column"),
    [
        ("- missile AND", 2, 13),
        ("- 'it''s AND'", 2, 12),
        ('- "\\u0061 + \\"b\\" AND"', 2, 21),
        ("- missile\n    AND", 3, 5),
        ('- "missile\n    AND"', 3, 5),
        ('- "mis\\\n    sile AND"', 3, 10),
        ("- |\n    missile\n      AND", 4, 7),
        ("- >-\n    missile\n\n    AND", 5, 5),
        ("- match: &anchor missile AND", 2, 28),
        ('- "missile" AND', 2, 15),
        ("- ü AND", 2, 7),
        ("- missile\r\n    AND\r", 3, 5),
    ],
)
def test_the_place_of_a_mistake_is_exact_in_every_style(
    file: Path, value: str, line: int, column: int
) -> None:
    found = problems(file, f"rules:\n  {value}\n{FEEDS}")
    assert found.startswith(f"config.yaml:{line}:{column}: the expression ends too early")


# --- laws -----------------------------------------------------------------------------------------------

NAMES = f"{FEEDS}sets: {{p: {{file: p.txt}}}}\nrules: [{{file: a.yaml}}, $p]\n"
PIECES = [
    *(
        b"- a + b\n",
        b"- {match: $p}\n",
        b"- {id: x, all: [a], any: ",
        b"[b, c]",
        b"}",
        b"\n",
        b"- *a\n",
        b"\r",
    ),
    *(b"rules: ", b"sets: {q: [a]}\n", b"- {file: p.txt}\n", b"score: {at_least: 1, terms: {a: 1}}", b", "),
    *(
        b"where: {lang: en}",
        b"{any: [a], ar: [b]}",
        b"#",
        b"\t",
        b"\xff",
        b"\0",
        b"${X}",
        b"&a ",
        b"$p",
        b"\r",
    ),
]
ANY = st.one_of(st.binary(), st.lists(st.sampled_from(PIECES), max_size=10).map(b"".join))


@settings(max_examples=200, deadline=None)
@given(rules=ANY, words=ANY)
def test_whatever_stands_in_the_files_is_a_config_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, rules: bytes, words: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "files"
    write(folder, {"config.yaml": NAMES, "a.yaml": rules, "p.txt": words})
    try:
        config.load(folder / "config.yaml", {})
    except ConfigError as error:
        places = (
            re.match(r".*/files/(config\.yaml|a\.yaml|p\.txt):\d+:\d+: \S", told) for told in error.problems
        )
        assert all(places)


# --- has it changed? ------------------------------------------------------------------------------------


def test_a_change_shows_in_the_config_and_in_every_file_it_names(file: Path) -> None:
    opml, secret = file.parent / "my feeds.opml", file.parent / "secret"
    opml.write_text("<opml><outline xmlUrl='https://example.org/a'/></opml>")
    secret.write_text("one")
    text = "feeds: [{opml: '${DIR:-.}/my feeds.opml'}]\nslack: {token: '${file:secret}'}\n" + RULES
    seen = [load(file, text).fingerprint]
    assert config.fingerprint_of(file, {}) == seen[0]
    for change in (
        lambda: opml.write_text("<opml><outline xmlUrl='https://example.org/b'/></opml>"),
        lambda: secret.write_text("two"),
        lambda: secret.unlink(),
        lambda: file.write_text(text + "# more"),
        lambda: file.unlink(),
    ):
        change()
        seen.append(config.fingerprint_of(file, {}))
    assert len(set(seen)) == 6


def test_a_change_shows_in_rule_files_and_the_lists_they_name(file: Path) -> None:
    write(file.parent, {"rules/a.yaml": "sets: {p: {file: p.txt}}\nrules: [$p]\n", "rules/p.txt": "Ali"})
    seen = [load(file, f"{FEEDS}rules: [{{file: rules/*.yaml}}]\n").fingerprint]
    changes: list[dict[str, str | bytes]] = [
        {"rules/a.yaml": "sets: {p: {file: p.txt}}\nrules: [$p, b]\n"},
        {"rules/p.txt": "Hassan"},
        {"rules/b.yaml": "[c]"},
        {"rules/p.txt": "Ali\n"},
    ]
    for change in changes:
        write(file.parent, change)
        seen.append(config.fingerprint_of(file, {}))
    assert len(set(seen)) == 5
    assert config.load(file, {}).fingerprint == seen[-1]


@pytest.mark.parametrize(
    "written", ["feeds.opml", '"feeds.opml"', "'feeds.opml'", "${D}/feeds.opml", "feeds.opml # x"]
)
def test_an_opml_file_is_found_however_it_is_written(file: Path, written: str) -> None:
    (file.parent / "feeds.opml").write_text("<opml/>")
    file.write_text(f"feeds:\n  - opml: {written}\n")
    before = config.fingerprint_of(file, {"D": "."})
    (file.parent / "feeds.opml").write_text("<opml></opml>")
    assert config.fingerprint_of(file, {"D": "."}) != before
