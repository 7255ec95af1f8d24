"""Which words are seen as which place and which figures, and which are worth big letters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PLACES: dict[str, str] = {
    "disco": "disco dance dancing dances dancer club party music concert stage song sing band dj festival show",
    "space": "space rocket mars moon planet planets star stars galaxy astronaut orbit universe cosmos comet satellite",
    "sea": "sea ocean ship boat sail sails wave waves island fish whale beach harbour water storm stormy river lake",
    "city": "city street streets town building buildings skyscraper traffic car cars office company shop urban night",
    "forest": "forest tree trees wood woods jungle leaf leaves autumn garden plant plants park nature bird birds",
    "mountains": "mountain mountains hill hills snow summit valley climb cliff peak alps hike winter cloud clouds",
    "savanna": "savanna lion lions grass desert africa elephant zebra giraffe sunset safari camel tiger horse",
    "home": "home house family kitchen room living sofa child children mother father bed sleep baby window friend",
    "food": "food coffee cake bread cook cooking eat meal restaurant tea fruit apple chocolate dinner pizza wine",
    "data": "data sales chart charts quarter quarterly growth profit money market finance number numbers bank report",
    "product": "product phone lamp solar watch shoe shoes bottle brand buy new launch device laptop camera bag",
    "lab": "science machine machines computer code factory engine technology laboratory ai electric invention",
}
FIGURES: dict[str, str] = {
    "robot": "robot robots android cyborg droid",
    "person": "person people man woman boy girl child children mother father family friend friends dancer he she "
    "team hero king queen teacher student astronaut doctor baby sailor",
    "lion": "lion lions tiger cat cats",
    "ship": "ship boat sail sails sailor",
    "rocket": "rocket spaceship launch astronaut",
    "cup": "coffee tea cup mug cake chocolate",
    "phone": "phone device app camera laptop",
    "lamp": "lamp solar bulb light",
    "bird": "bird birds gull eagle dove",
    "car": "car cars traffic taxi drive",
}
_PLACE_OF = {word: place for place, words in PLACES.items() for word in words.split()}
_FIGURES_OF = {
    word: tuple(figure for figure, words in FIGURES.items() if word in words.split())
    for words in FIGURES.values()
    for word in words.split()
}
_EMPTY = frozenset(
    (
        "a an the and or but of in on at to for with from by as is are was were be been it its this that "
        "these those he she they we you i my your his her their our into over under through not no so "
        "very then when while who what der die das ein eine und oder mit von zu im am ist sind el la los "
        "las un una y o de en con es le les des et du has have had will can could would should there "
        "here all any some more most than about "
    ).split()
)
MOST_FIGURES = 2
HEADLINE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sentence shows."""

    place: str
    figures: Sequence[str]


def see(sentence: str, whole: str, topic: str) -> Seen:
    """Choose the place by the sentence's words, else by the whole text's, else by the topic; figures likewise."""
    for source in (sentence, whole, topic):
        words = _plain_words(source)
        places = [_PLACE_OF[word] for word in words if word in _PLACE_OF]
        if places:
            place = max(dict.fromkeys(places), key=places.count)
            break
    else:
        place = "abstract"
    return Seen(place, _figures(sentence) or _figures(whole)[:1])


def headline(sentence: str) -> list[str]:
    """Return up to three content words, in their order; the longest are taken to carry most."""
    words = [word.strip(".,;:!?\"'()…") for word in sentence.split()]
    content = [word for word in words if len(word) > 2 and word.lower() not in _EMPTY]
    chosen = sorted(content or words, key=len, reverse=True)[:HEADLINE_WORDS]
    return [word for word in dict.fromkeys(content or words) if word in chosen][:HEADLINE_WORDS]


def _figures(text: str) -> list[str]:
    found = [figure for word in _plain_words(text) for figure in _FIGURES_OF.get(word, ())]
    return list(dict.fromkeys(found))[:MOST_FIGURES]


def _plain_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())
