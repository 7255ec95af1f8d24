"""From a text to scenes: what is said when, what is seen, what stands in big letters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.text_to_video.film import lexicon
from services.text_to_video.film.lettering import drawable
from services.text_to_video.film.order import FPS, FilmOrder
from services.text_to_video.film.speech import Utterance, speak

LONGEST_SCENE_WORDS = 14
LEAD_S = 0.35
TAIL_S = 0.55
SHORTEST_SCENE_S = 1.6
FASTEST = 1.25
SECONDS_A_WORD = 0.36


@dataclass(frozen=True, slots=True)
class Word:
    """A word and when it is said, in seconds from the film's start."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of the film: frames ``first`` up to ``end``, its words, and what is seen."""

    number: int
    first: int
    end: int
    text: str
    words: Sequence[Word]
    utterance: Utterance | None
    seen: lexicon.Seen
    headline: Sequence[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole film before anything is drawn."""

    scenes: Sequence[Scene]
    spoken: bool
    words_given: int

    @property
    def words_spoken(self) -> int:
        """How many words fit into the film."""
        return sum(len(scene.words) for scene in self.scenes)


def plan(order: FilmOrder) -> Plan:
    """Cut the text into scenes and give each its time; what does not fit is left out at the end."""
    text = drawable(order.text)
    room_s = order.frames / FPS - LEAD_S - TAIL_S
    sentences = _sentences(text)
    kept, utterances = _that_fit(order, sentences, max(room_s, 0.5))
    lengths = [
        utterance.length_s if utterance else len(sentence.split()) * SECONDS_A_WORD
        for sentence, utterance in zip(kept, utterances, strict=True)
    ]
    return Plan(_timed(order, kept, utterances, lengths), utterances[0] is not None, len(text.split()))


def _sentences(text: str) -> list[str]:
    whole = [part.strip() for part in re.split(r"(?<=[.!?…])\s+", text) if part.strip()]
    return [piece for sentence in whole for piece in _pieces(sentence)]


def _pieces(sentence: str) -> list[str]:
    words = sentence.split()
    if len(words) <= LONGEST_SCENE_WORDS:
        return [sentence]
    middle = range(4, len(words) - 3)
    commas = [n for n in middle if words[n - 1][-1] in ",;:"]
    cut = min(commas or middle, key=lambda n: abs(n - len(words) / 2))
    return _pieces(" ".join(words[:cut])) + _pieces(" ".join(words[cut:]))


def _that_fit(
    order: FilmOrder, sentences: list[str], room_s: float
) -> tuple[list[str], list[Utterance | None]]:
    most = max(1, int((room_s + LEAD_S + TAIL_S) / SHORTEST_SCENE_S))
    kept = sentences[:most]
    spoken = speak(kept, language=order.language, tempo=1.0)
    if spoken is None:
        return _without_voice(kept, room_s)
    total_s = sum(utterance.length_s for utterance in spoken)
    if total_s > room_s:
        spoken = speak(kept, language=order.language, tempo=min(FASTEST, total_s / room_s)) or spoken
    while len(kept) > 1 and sum(utterance.length_s for utterance in spoken) > room_s:
        kept, spoken = kept[:-1], spoken[:-1]
    while spoken[0].length_s > room_s and len(kept[0].split()) > 1:
        share = room_s / spoken[0].length_s
        words = kept[0].split()
        kept = [" ".join(words[: max(1, min(len(words) - 1, int(len(words) * share)))])]
        spoken = speak(kept, language=order.language, tempo=FASTEST) or spoken
    return kept, list(spoken)


def _without_voice(kept: list[str], room_s: float) -> tuple[list[str], list[Utterance | None]]:
    room = max(1, int(room_s / SECONDS_A_WORD))
    fitting: list[str] = []
    for sentence in kept:
        words = sentence.split()[:room]
        if words:
            fitting.append(" ".join(words))
        room -= len(words)
    return fitting, [None] * len(fitting)


def _timed(
    order: FilmOrder, sentences: list[str], utterances: list[Utterance | None], lengths: list[float]
) -> list[Scene]:
    total_s = order.frames / FPS
    slack_s = max(0.0, total_s - LEAD_S - TAIL_S - sum(lengths)) / len(sentences)
    scenes: list[Scene] = []
    speech_at = min(LEAD_S, total_s / 4)
    first = 0
    for number, (sentence, utterance, length_s) in enumerate(
        zip(sentences, utterances, lengths, strict=True)
    ):
        last = number == len(sentences) - 1
        next_at = speech_at + length_s + slack_s
        end = order.frames if last else min(order.frames - 1, round((next_at - 0.15) * FPS))
        words = _words(sentence, utterance, speech_at, length_s)
        scenes.append(
            Scene(
                number,
                first,
                max(first + 1, end),
                sentence,
                words,
                utterance,
                lexicon.see(sentence, order.text, order.topic, order.language),
                lexicon.headline(sentence, order.language),
            )
        )
        first, speech_at = scenes[-1].end, next_at
    return scenes


def _words(sentence: str, utterance: Utterance | None, at_s: float, length_s: float) -> list[Word]:
    texts = sentence.split()
    starts = utterance.starts_s if utterance else [length_s * n / len(texts) for n in range(len(texts))]
    ends = [*starts[1:], length_s]
    return [
        Word(text, at_s + start, at_s + end) for text, start, end in zip(texts, starts, ends, strict=True)
    ]
