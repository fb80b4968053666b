"""Bytes that look for new branches, read as rules, set members, articles and other programs' queries.

    make fuzz            or  python -m tests.fuzz.fuzz_rules -max_total_time=600

Nothing but RuleError may escape, its places lie inside the text, and what parses writes itself so that it
parses again. Begins with the rules and texts of the case table; what leads somewhere new, and what fails, is
kept in .fuzz/.
"""

import sys
from pathlib import Path

import atheris
import yaml

with atheris.instrument_imports(include=["rules"]):
    from rules import Document, RuleError, RuleErrors, compile, entry, parse, rule, sentences, words
    from rules.language.dialects import translate
    from rules.language.vendors import VENDORS

CASES = Path(__file__).parents[1] / "rules" / "cases"
WORDS = Path(__file__).with_name("rules.dict")
DIALECTS = tuple(VENDORS)
KEPT, SEEDS = Path(".fuzz/kept"), Path(".fuzz/seeds")
OPTIONS = ["-max_len=2000", "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1", f"-dict={WORDS}"]


def one(data: bytes) -> None:
    """The first byte says what the rest is, and whether broken letters stay so, as JSON may hold them."""
    if not data:
        return
    kind, text = data[0] % 4, data[1:].decode("utf-8", "surrogateescape" if data[0] > 127 else "replace")
    try:
        (as_rule, as_entry, as_article, as_query)[kind](text)
    except RuleErrors as errors:
        for error in errors.errors:
            well_told(error)
    except RuleError as error:
        well_told(error)


def as_rule(text: str) -> None:
    """Up to the first line that is empty; an article follows."""
    ours, _, article = text.partition("\n\n")
    tree = parse(ours)
    assert parse(str(tree)) == tree, str(tree)
    matched(ours, article)


def as_entry(text: str) -> None:
    entry(text)
    compile([rule("$it AND x", "r")], {"it": text.split("\n")})


def as_article(text: str) -> None:
    ends = [-1]
    for word in words(text):
        assert ends[-1] <= word.start < word.end <= len(text)
        ends.append(word.end)
    assert all(start < end for start, end in sentences(text))
    matched("missile NEAR/3 Iraq OR mis* OR /[a-z]+[0-9]/ OR sentence:(a NOT b)", text)


def as_query(text: str) -> None:
    """What a query becomes is a rule, in its own spelling."""
    found = translate(text, DIALECTS[len(text) % len(DIALECTS)])
    assert str(parse(found.text)) == found.text, found.text


def matched(ours: str, article: str) -> None:
    """In a language without a dictionary: reading one would take all the time."""
    ruleset = compile([rule(ours, "r")], {"a": ["missile", "b c"], "s": ["x"]})
    title, _, body = article.partition("\n")
    document = Document(title, body, frozenset({len(body) // 2}), ("zz",))
    found = ruleset.match(document)
    assert bool(found) is ruleset.why("r", document).holds
    for match in found:
        for span in match.spans:
            assert 0 <= span.start < span.end <= len(title if span.field == "title" else body)


def well_told(error: RuleError) -> None:
    assert error.problems and str(error)
    assert all(0 <= problem.start <= problem.end <= len(error.text) for problem in error.problems)


def seeds(folder: Path) -> None:
    """A file for each rule of the table with its text, for each text, and for each rule as a query."""
    number = 0
    for path in sorted(CASES.glob("*.yaml")):
        for record in yaml.safe_load(path.read_text(encoding="utf-8")):
            text = "\n".join([record.get("title", ""), record.get("text", "")])
            told = [row["rule"] for row in record["cases"]]
            for kind, content in [
                (2, text),
                *((0, f"{one}\n\n{text}") for one in told),
                *((3, one) for one in told),
            ]:
                number += 1
                (folder / f"seed-{number}").write_bytes(bytes([kind]) + content.encode())


def main() -> None:
    for folder in (KEPT, SEEDS):
        folder.mkdir(parents=True, exist_ok=True)
    seeds(SEEDS)
    atheris.Setup(
        [sys.argv[0], *OPTIONS, "-artifact_prefix=.fuzz/", *sys.argv[1:], str(KEPT), str(SEEDS)], one
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
