"""`python -m tests.quality` measures anew and raises the floors of what rose. It lowers none."""

import json
import math
import sys
from collections.abc import Mapping

from tests.quality import (
    test_articles,
    test_clitics,
    test_dates,
    test_feeds,
    test_languages,
    test_related,
    test_sentences,
    test_stories,
)
from tests.quality.corpora import FLOORS, HERE, corpus

TEXTS = (test_clitics, test_sentences, test_languages, test_feeds, test_stories)
MEASURES = (*TEXTS, test_articles, test_related, test_dates)


def raised(floors: Mapping[str, float], measured: Mapping[str, float]) -> dict[str, float]:
    """To three digits, so that a number may shake where it does not matter."""
    return {
        what: max(floors.get(what, 0), math.floor(value * 1000) / 1000) for what, value in measured.items()
    }


def main() -> None:
    for measure in MEASURES:
        floors, corpora = FLOORS[measure.NAME], getattr(measure, "CORPORA", {})
        for language in measure.LANGUAGES:
            folder = corpus(corpora.get(language) or getattr(measure, "CORPUS", measure.NAME))
            numbers = measure.measured(folder, language)
            sys.stdout.write(
                f"{language} {json.dumps({what: round(value, 4) for what, value in numbers.items()})}\n"
            )
            floors[language] = raised(floors[language], numbers)
    own = FLOORS[test_stories.OWN] | {"fingerprint": test_stories.own_fingerprint()}
    for language, numbers in test_stories.own_measured().items():
        own[language] = raised(own.get(language, {}), numbers)
    FLOORS[test_stories.OWN] = own
    (HERE / "floors.json").write_text(json.dumps(FLOORS, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
