"""Takes a text apart, and says what could be better: every word of advice names its figure and its mark."""

from collections.abc import Mapping
from dataclasses import asdict

from agents.creator.overlap import overlap
from agents.creator.payloads import Advice, Analysis, Review
from agents.creator.readability import Readability, readability
from agents.creator.structure import Structure, TextType, structure
from agents.creator.tone import Tone, tone

SHORTEST_WORDS = 40
LONGEST_SENTENCE = 30
HARDEST_EASE = 50.0
MOST_REPEATED = 0.3


def analysed(
    text: str, *, expected: TextType | None, earlier: Mapping[str, str], generation_id: str | None
) -> Analysis:
    """Measure a text; ``earlier`` are the user's other texts by id."""
    built, read, mood = structure(text, expected), readability(text), tone(text)
    repeated = overlap(text, earlier)
    lengths = asdict(read)
    eases = {name: lengths.pop(name) for name in ("reading_ease", "level")}
    if eases["reading_ease"] is None:
        eases["reason"] = "the formula is for English words"
    return Analysis(
        generation_id=generation_id,
        structure={"type": built.type, "parts": list(built.found), "missing": list(built.missing)},
        length=lengths,
        readability=eases,
        sentiment=asdict(mood),
        overlap=None if repeated is None else asdict(repeated),
    )


def reviewed(
    text: str, *, expected: TextType | None, earlier: Mapping[str, str], generation_id: str | None
) -> Review:
    """Say what to mend about a text, and what is well."""
    read = readability(text)
    checks = [
        _structure(structure(text, expected)),
        _length(read),
        _sentences(read),
        _ease(read),
        _mood(tone(text)),
        _repeats(text, earlier),
    ]
    advice = [found for found in checks if isinstance(found, Advice)]
    strengths = [found for found in checks if isinstance(found, str)]
    verdict = f"{len(advice)} things to mend" if advice else "nothing to mend by these measures"
    return Review(
        generation_id=generation_id,
        verdict="one thing to mend" if len(advice) == 1 else verdict,
        advice=advice,
        strengths=strengths,
    )


def _structure(built: Structure) -> Advice | str | None:
    if built.type is None:
        return None
    figure = {"type": built.type, "parts": list(built.found), "missing": list(built.missing)}
    if built.missing:
        return Advice(about="structure", advice=f"add the {built.missing[0]}", figure=figure)
    return f"all parts of a text of type {built.type} are there"


def _length(read: Readability) -> Advice | str:
    if read.words < SHORTEST_WORDS:
        figure = {"words": read.words, "at_least": SHORTEST_WORDS}
        return Advice(about="length", advice="say more: it is a note rather than a text", figure=figure)
    return f"{read.words} words, {read.reading_time_s} s to read"


def _sentences(read: Readability) -> Advice | None:
    if read.longest_sentence <= LONGEST_SENTENCE:
        return None
    figure = {"longest_sentence": read.longest_sentence, "at_most": LONGEST_SENTENCE}
    return Advice(about="readability", advice="cut the longest sentence in two", figure=figure)


def _ease(read: Readability) -> Advice | str | None:
    if read.reading_ease is None:
        return None
    if read.reading_ease < HARDEST_EASE:
        figure = {"reading_ease": read.reading_ease, "at_least": HARDEST_EASE}
        return Advice(about="readability", advice="use shorter words and sentences", figure=figure)
    return f"reads well (Flesch reading ease {read.reading_ease:g})"


def _mood(mood: Tone) -> Advice | str | None:
    if mood.label == "negative":
        figure = {"score": mood.score, "negative": mood.negative, "positive": mood.positive}
        return Advice(about="sentiment", advice="the words of blame outweigh those of praise", figure=figure)
    return f"its tone is positive ({mood.score:g})" if mood.label == "positive" else None


def _repeats(text: str, earlier: Mapping[str, str]) -> Advice | None:
    repeated = overlap(text, earlier)
    if repeated is None or repeated.share <= MOST_REPEATED:
        return None
    figure = {**asdict(repeated), "at_most": MOST_REPEATED}
    return Advice(
        about="overlap", advice="much of it was said in an earlier text; say it anew", figure=figure
    )
