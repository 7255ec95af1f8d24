"""Which words are seen as which place, figures and weather, and which are worth big letters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PLACES: dict[str, str] = {
    "disco": "disco club party nightclub dancefloor",
    "stage": "stage concert sing sings singer song songs band music festival theatre theater show audience guitar "
    "orchestra ballet opera musician musicians piano violin choir",
    "space": "space rocket mars moon planet planets galaxy astronaut astronauts orbit universe cosmos comet "
    "satellite spaceship alien aliens jupiter saturn stars star",
    "beach": "beach beaches coast shore island sandcastle holiday vacation surfer palm",
    "underwater": "underwater fish fishes coral reef whale shark dolphin octopus submarine diver mermaid aquarium",
    "sea": "sea ocean ship ships boat boats sail sails wave waves harbour harbor river lake "
    "sailor captain lighthouse",
    "city": "city cities street streets town building buildings skyscraper traffic car cars taxi taxis office "
    "company urban bus metro road highway startup neighbourhood avenue",
    "forest": "forest forests wood woods jungle tree trees leaf leaves autumn fox wolf bear owl deer",
    "meadow": "meadow garden gardens park flower flowers butterfly butterflies bee bees spring farm farmer field "
    "fields grass nature plant plants picnic dog dogs horse horses bird birds village seed seeds summer airport airplane football goal kite",
    "mountains": "mountain mountains hill hills snow summit valley climb climber cliff peak alps hike hiker winter "
    "glacier ice ski eagle",
    "savanna": "savanna lion lions africa elephant elephants zebra giraffe safari tiger rhino",
    "desert": "desert dune dunes sand camel cactus egypt pyramid sahara oasis",
    "home": "home house family kitchen room living sofa bed sleep sleeps baby window grandmother grandfather "
    "mother father bedroom couch cat cats pillow",
    "food": "food coffee cake bread cook cooking eat meal restaurant tea fruit apple chocolate dinner pizza wine "
    "breakfast lunch soup chef bakery recipe dessert table",
    "school": "school class classroom teacher teachers student students lesson learn learns learning university "
    "mathematics math maths history education exam photosynthesis explains homework",
    "hospital": "hospital doctor doctors nurse patient patients medicine health clinic surgery vaccine",
    "data": "data sales chart charts quarter quarterly growth profit money market finance number numbers bank "
    "report revenue budget invest investment interest stock stocks economy savings percent bitcoin crypto currency statistics",
    "product": "product phone lamp watch shoe shoes bottle brand buy launch device laptop camera bag smartphone "
    "offer gadget headphones design gift present parcel wallet jacket dress perfume",
    "lab": "science machine machines computer computers code factory engine technology laboratory lab ai electric "
    "invention scientist experiment software robots algorithm program chemistry physics energy",
    "castle": "castle king queen dragon knight knights prince princess kingdom tower medieval legend fairy tale",
    "people": "people crowd friend friends together community market square talk team neighbours neighbors "
    "world celebrate wedding festival",
}
FIGURES: dict[str, str] = {
    "robot": "robot robots android cyborg droid",
    "astronaut": "astronaut astronauts cosmonaut",
    "doctor": "doctor doctors nurse surgeon scientist",
    "teacher": "teacher teachers professor",
    "singer": "singer singers sings band musician orchestra choir concert pianist",
    "king": "king queen knight prince princess emperor",
    "elder": "grandmother grandma granny grandfather grandpa elder",
    "child": "child children kid kids boy girl baby son daughter student students pupil",
    "woman": "woman women mother mom wife she lady sister friends farmer dancer aunt",
    "man": "man men father dad husband he people person friend hero captain sailor chef driver brother uncle "
    "team hiker climber customer worker",
    "lion": "lion lions tiger tigers",
    "cat": "cat cats kitten kittens",
    "dog": "dog dogs puppy fox wolf",
    "horse": "horse horses pony camel donkey",
    "elephant": "elephant elephants",
    "owl": "owl owls",
    "bird": "bird birds gull eagle dove swan pigeon crow",
    "butterfly": "butterfly butterflies bee bees moth",
    "fish": "fish fishes salmon",
    "whale": "whale whales shark dolphin orca",
    "dragon": "dragon dragons dinosaur",
    "ship": "ship ships boat boats sailboat vessel",
    "rocket": "rocket rockets spaceship spacecraft",
    "plane": "plane planes airplane aeroplane aircraft flight pilot",
    "balloon": "balloon balloons",
    "train": "train trains locomotive railway",
    "car": "car cars taxi taxis traffic bus van truck",
    "cup": "coffee tea cup mug espresso cappuccino",
    "cake": "cake cakes dessert birthday bakery pie chocolate",
    "phone": "phone phones smartphone app device tablet",
    "lamp": "lamp lamps lantern bulb lightbulb",
    "book": "book books newspaper magazine story stories novel letter recipe",
    "flower": "flower flowers rose roses tulip seed seeds",
    "ball": "ball football soccer basketball",
    "shoe": "shoe shoes sneaker sneakers boot boots",
    "parcel": "parcel gift present product offer bag wallet bottle jacket dress headphones perfume",
    "kite": "kite kites",
    "submarine": "submarine submarines",
    "heart": "heart hearts love valentine",
}
_AIRS: dict[str, str] = {
    "rain": "rain rains rainy storm stormy thunder thunderstorm drizzle",
    "snow": "snow snows snowy snowflake winter blizzard",
    "leaves": "autumn leaf leaves",
}
_NIGHT = frozenset(
    "night midnight nights moonlight dark evening sleep sleeps sleeping moon dream dreams".split()
)
_DANCE = frozenset("dance dances dancing dancer danced disco party celebrate celebrates".split())
# What fills the air of a place when the words name no weather.
_AIR_OF = {
    "underwater": "bubbles",
    "disco": "sparks",
    "stage": "sparks",
    "meadow": "petals",
    "castle": "sparks",
}

# Nouns of other languages, by the English word that the lists above know.
_TRANSLATED: dict[str, dict[str, str]] = {
    "de": {
        "hund": "dog", "katze": "cat", "meer": "sea", "schiff": "ship", "stadt": "city", "wald": "forest",
        "berg": "mountain", "berge": "mountains", "löwe": "lion", "roboter": "robot", "rakete": "rocket",
        "haus": "house", "kaffee": "coffee", "kuchen": "cake", "kind": "child", "kinder": "children",
        "frau": "woman", "mann": "man", "vogel": "bird", "fisch": "fish", "pferd": "horse", "zug": "train",
        "auto": "car", "schule": "school", "lehrer": "teacher", "lehrerin": "teacher", "arzt": "doctor",
        "schloss": "castle", "drache": "dragon", "nacht": "night", "regen": "rain", "schnee": "snow",
        "mond": "moon", "blume": "flower", "blumen": "flowers", "buch": "book", "herz": "heart", "liebe": "love",
        "garten": "garden", "wüste": "desert", "tanzt": "dances", "familie": "family", "könig": "king",
    },
    "es": {
        "perro": "dog", "gato": "cat", "mar": "sea", "barco": "ship", "ciudad": "city", "bosque": "forest",
        "montaña": "mountain", "montañas": "mountains", "león": "lion", "robot": "robot", "cohete": "rocket",
        "casa": "house", "café": "coffee", "pastel": "cake", "niño": "child", "niña": "girl", "niños": "children",
        "mujer": "woman", "hombre": "man", "pájaro": "bird", "pez": "fish", "caballo": "horse", "tren": "train",
        "coche": "car", "escuela": "school", "profesora": "teacher", "médico": "doctor", "castillo": "castle",
        "dragón": "dragon", "noche": "night", "lluvia": "rain", "nieve": "snow", "luna": "moon", "flor": "flower",
        "flores": "flowers", "libro": "book", "corazón": "heart", "amor": "love", "jardín": "garden",
        "desierto": "desert", "baila": "dances", "familia": "family", "rey": "king", "reina": "queen",
    },
    "fr": {
        "chien": "dog", "chat": "cat", "mer": "sea", "bateau": "ship", "ville": "city", "rue": "street",
        "forêt": "forest", "montagne": "mountain", "montagnes": "mountains", "lion": "lion", "fusée": "rocket",
        "maison": "house", "café": "coffee", "gâteau": "cake", "enfant": "child", "enfants": "children",
        "femme": "woman", "homme": "man", "oiseau": "bird", "poisson": "fish", "cheval": "horse", "train": "train",
        "voiture": "car", "école": "school", "professeur": "teacher", "médecin": "doctor", "château": "castle",
        "dragon": "dragon", "nuit": "night", "pluie": "rain", "neige": "snow", "lune": "moon", "fleur": "flower",
        "fleurs": "flowers", "livre": "book", "cœur": "heart", "amour": "love", "jardin": "garden",
        "désert": "desert", "danse": "dances", "famille": "family", "roi": "king", "reine": "queen",
    },
}  # fmt: skip
_PLACES_OF = {word: place for place, words in PLACES.items() for word in words.split()}
_FIGURE_OF = {word: figure for figure, words in FIGURES.items() for word in words.split()}
_EMPTY = frozenset(
    (
        "a an the and or but of in on at to for with from by as is are was were be been it its this that these "
        "those he she they we you i my your his her their our into over under through not no so very then when "
        "while who what where there here all any some more most than about across around above below behind "
        "between without within after before during until against along every each both one two three four "
        "have has had will can could would should may might must do does did now just only also again always "
        "never ever new good old small big deep fresh quiet begins begin begun ends end falls fall leaves finds "
        "find sees see goes go comes come takes take makes make gets get says say said tells tell let lets keeps "
        "keep waits wait wakes wake meet meets talk talks rise rises lies lie grew grow grows steps step rolls "
        "der die das ein eine einen und oder mit von zu im am ist sind den dem des durch für auf "
        "el la los las un una y o de en con es por para del al le les des et du sous sur dans est une au aux"
    ).split()
)
# Words that are often something else, or elsewhere.
_WEAK = frozenset("leaves leaf plants plant family sleep sleeps table festival watch river lake window world team "
    "design light show play field learn learns energy baby".split())  # fmt: skip
_DETERMINERS = frozenset("a an the this that these those my your his her its our their one two three every no "
    "der die das ein eine el la los las un una le les une du des".split())  # fmt: skip
_SEVERAL = frozenset(
    "two three four five six seven many several both zwei drei viele dos tres muchos deux trois plusieurs".split()
)
# Figures that are drawn as several already.
_SHOALS = frozenset(["fish"])
# Who stands in a place that would be empty without anybody.
_HOSTS = {"stage": "singer", "product": "parcel"}
MOST_FIGURES = 2
HEADLINE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sentence shows."""

    place: str
    figures: Sequence[str]
    air: str = "dust"
    night: bool = False
    dances: bool = False


def see(sentence: str, whole: str, topic: str, language: str = "en") -> Seen:
    """Choose the place by the sentence's words, else by the whole text's, else by the topic; figures likewise."""
    own, all_words = _words(sentence, language), _words(whole, language)
    place = _place(own) or _place(all_words) or _place(_words(topic, language)) or "abstract"
    figures = _figures(own) or _figures(all_words)[:1]
    dances = bool(_DANCE.intersection(own))
    if dances and not figures:
        figures = ["woman"]
    if not figures and place in _HOSTS:
        figures = [_HOSTS[place]]
    if place == "abstract" and figures:
        place = "people" if figures[0] in {"man", "woman", "child", "elder"} else "meadow"
    air = next((air for air, words in _AIRS.items() if set(words.split()).intersection(own)), None)
    outside = place in {
        "city",
        "sea",
        "beach",
        "forest",
        "meadow",
        "mountains",
        "castle",
        "people",
        "savanna",
        "desert",
    }
    if air is None or not outside:
        air = _AIR_OF.get(place, "dust")
    return Seen(place, figures, air, bool(_NIGHT.intersection(own)), dances)


def headline(sentence: str, language: str = "en") -> list[str]:
    """Return up to three words that carry the sentence, in their order.

    Words that are seen in the picture come first, then what follows an article, then the longest.
    """
    words = [word.strip(".,;:!?\"'()…«»„“”") for word in sentence.split()]
    known = _dictionary([word.lower() for word in words], language)
    worth: dict[str, float] = {}
    for number, word in enumerate(words):
        plain = word.lower()
        if len(plain) < 3 or plain in _EMPTY:
            continue
        seen = _is_seen(_named(known.get(plain, plain)))
        led = number > 0 and words[number - 1].lower() in _DETERMINERS
        last = number == len(words) - 1
        worth.setdefault(word, 6 * seen + 3 * led + 2 * last + min(len(word), 12) / 6)
    chosen = sorted(worth, key=lambda word: worth[word], reverse=True)[:HEADLINE_WORDS]
    kept = [word for word in worth if word in chosen]
    return kept or [word for word in words if word][:HEADLINE_WORDS]


def _place(words: Sequence[str]) -> str | None:
    worth: dict[str, int] = {}
    for word in words:
        if word in _PLACES_OF:
            place = _PLACES_OF[word]
            worth[place] = worth.get(place, 0) + _weight(word)
    return max(worth, key=lambda place: worth[place]) if worth else None


def _weight(word: str) -> int:
    """Return how sure a word is of its place: "a dog in the forest" is in the forest."""
    if word in _WEAK:
        return 1
    return 2 if word in _FIGURE_OF else 3


def _figures(words: Sequence[str]) -> list[str]:
    """Return the figures that are named; where several of one kind are all there is, two are seen."""
    named = {number: _FIGURE_OF[word] for number, word in enumerate(words) if word in _FIGURE_OF}
    found = list(dict.fromkeys(named.values()))[:MOST_FIGURES]
    first = next(iter(named), 0)
    if (
        len(found) == 1
        and found[0] not in _SHOALS
        and _SEVERAL.intersection(words[max(0, first - 2) : first])
    ):
        found *= 2
    return found


def _words(text: str, language: str) -> list[str]:
    """Return the words of a text, as English words where they are known."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    known = _dictionary(words, language)
    return [_named(known.get(word, word)) for word in words]


def _dictionary(words: Sequence[str], language: str) -> Mapping[str, str]:
    """Return the words of the text's language; what names nothing in its own is looked up in the others."""
    own = _TRANSLATED.get(language.split("-")[0], {})
    if any(_is_seen(_named(own.get(word, word))) for word in words):
        return own
    return max(_TRANSLATED.values(), key=lambda known: sum(word in known for word in words))


def _named(word: str) -> str:
    """Return the singular of a word that is only known so."""
    if not _is_seen(word) and word.endswith("s"):
        for singular in (word[:-1], word[:-2]):
            if _is_seen(singular):
                return singular
    return word


def _is_seen(word: str) -> bool:
    return word in _FIGURE_OF or word in _PLACES_OF
