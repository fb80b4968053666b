"""Five ways in which a newsroom prints another's text."""

import random
from collections.abc import Callable, Sequence

from rules import sentences

ABOVE = "Sign up for our morning letter and get the day's news before everyone else."
BELOW = """This text was edited by our staff. All rights reserved. Follow us for more, tell your friends,
and read our terms of use and our privacy policy."""


def boilerplate(text: str, chance: random.Random, words: Sequence[str]) -> str:
    return f"{ABOVE}\n{text}\n{BELOW}"


def half(text: str, chance: random.Random, words: Sequence[str]) -> str:
    return _cut(text, 0.5)


def fewer_sentences(text: str, chance: random.Random, words: Sequence[str]) -> str:
    """Three of ten are dropped."""
    kept = [text[start:end] for start, end in sentences(text) if chance.random() > 0.3]
    return " ".join(kept) or text


def other_words(text: str, chance: random.Random, words: Sequence[str]) -> str:
    """One of ten is another."""
    return " ".join(chance.choice(words) if chance.random() < 0.1 else word for word in text.split())


def cut_and_reworded(text: str, chance: random.Random, words: Sequence[str]) -> str:
    return other_words(_cut(text, 0.7), chance, words)


def _cut(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: round(len(words) * share)])


Edit = Callable[[str, random.Random, Sequence[str]], str]
EDITS: tuple[Edit, ...] = (boilerplate, half, fewer_sentences, other_words, cut_and_reworded)
