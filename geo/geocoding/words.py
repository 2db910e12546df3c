"""Addresses as words that can be compared: without letter case, accents, width and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from dispatch.errors import reject

MAX_CHARACTERS = 300
"""Longest address; a street address has less than 200."""
SIMILAR = 0.8
"""Two words at least so similar (`difflib` ratio, 1 = equal) may be one of them misspelt: one wrong letter in five."""

# Chinese, Japanese and Korean are written without spaces.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_])+")
_UNSPACED_WORD = re.compile(f"[{_UNSPACED}]")
_MARKS = re.compile(r"['’‘`´ʹʼʿ]")  # inside a word: Xi'an


def checked(address: str) -> str:
    """An address without space around it and with single spaces in it.

    Raises
    ------
    InputError
        ``geocoding.address``. The message does not repeat the address, which is personal data.
    """
    text = " ".join(address.split())
    if not text or not any(letter.isalnum() for letter in text):
        raise reject("geocoding.address", "an address must hold letters or digits", field="address")
    if len(text) > MAX_CHARACTERS:
        raise reject("geocoding.address", f"an address has at most {MAX_CHARACTERS} characters", field="address")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise reject("geocoding.address", "an address must not hold control characters", field="address")
    return text


def folded(text: str) -> str:
    """Text without letter case, accents, width and apostrophes."""
    if text.isascii():
        return text.casefold().replace("'", "").replace("`", "")
    wide = _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    parts = unicodedata.normalize("NFD", wide)
    return unicodedata.normalize(
        "NFC", "".join(sign for sign in parts if unicodedata.category(sign) not in ("Mn", "Cf"))
    )


def words_of(text: str) -> list[str]:
    """Folded words in order; a run of signs that are written without spaces is one word."""
    return _WORD.findall(folded(text))


def is_unspaced(word: str) -> bool:
    """Whether a word is a run of signs that are written without spaces."""
    return _UNSPACED_WORD.match(word) is not None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the names of a candidate hold: words, and pairs of neighbouring signs of runs without spaces."""

    words: frozenset[str]
    pairs: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """Vocabulary of all names of a candidate."""
        words = {word for text in texts for word in words_of(text)}
        runs = {word for word in words if is_unspaced(word)}
        pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
        return cls(frozenset(words - runs | {run for run in runs if len(run) == 1}), frozenset(pairs))


def agreement(
    words: Iterable[str], vocabulary: Vocabulary, *, codes: Iterable[str] = (), similar: bool = True
) -> float:
    """Share of the letters and digits of an address that the names of a candidate account for, 0..1.

    A word counts in full when a name holds it, or (`similar`) when it is an abbreviation of one; it counts in part when
    it is similar to one. Words with digits must be equal. Signs that are written without spaces count when a name holds
    them beside the same neighbour.

    Parameters
    ----------
    words : iterable of str
        Of :func:`words_of`.
    vocabulary : Vocabulary
        Of the candidate.
    codes : iterable of str
        Folded words of the address that count too, because they are a code of the candidate's country or state.
    similar : bool
        Whether abbreviations and misspelt words count.
    """
    total, found = 0, 0.0
    for word in words:
        total += len(word)
        if word in vocabulary.words or word in codes:
            found += len(word)
        elif is_unspaced(word):
            held = set()
            for at in range(len(word) - 1):
                if word[at : at + 2] in vocabulary.pairs:
                    held |= {at, at + 1}
            found += len(held)
        elif similar and not any(sign.isdigit() for sign in word):
            found += len(word) * _likeness(word, vocabulary.words)
    return found / total if total else 0.0


def _likeness(word: str, names: Iterable[str]) -> float:
    """1 for an abbreviation (the first two letters or more), the ratio for a similar word, else 0."""
    best = 0.0
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    for name in names:
        if len(word) >= 2 and name.startswith(word):
            return 1.0
        matcher.set_seq1(name)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= max(best, SIMILAR):
            best = max(best, matcher.ratio())
    return best if best >= SIMILAR else 0.0
