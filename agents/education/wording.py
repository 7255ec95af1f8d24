"""The words around the text's own: tasks and questions, in the languages we can write."""

from dataclasses import dataclass

GAP = "____"


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences with places for what comes from the text."""

    explain: str
    describe: str
    compare: str
    fill: str
    which_term: str
    what_is: str


_ENGLISH = Wording(
    explain="Explain the term “{term}”.",
    describe="Describe what the text says about “{term}”.",
    compare="Tell “{term}” from “{other}”.",
    fill="Fill the gap: {sentence}",
    which_term="Which term does the text describe so: “{meaning}”?",
    what_is="What does the text say “{term}” is?",
)
_BY_LANGUAGE = {
    "en": _ENGLISH,
    "de": Wording(
        explain="Den Begriff „{term}“ erklären.",
        describe="Beschreiben, was der Text über „{term}“ sagt.",
        compare="„{term}“ von „{other}“ unterscheiden.",
        fill="Die Lücke füllen: {sentence}",
        which_term="Welchen Begriff beschreibt der Text so: „{meaning}“?",
        what_is="Was ist „{term}“ laut dem Text?",
    ),
    "es": Wording(
        explain="Explicar el término «{term}».",
        describe="Describir lo que dice el texto sobre «{term}».",
        compare="Distinguir «{term}» de «{other}».",
        fill="Completar el hueco: {sentence}",
        which_term="¿Qué término describe el texto así: «{meaning}»?",
        what_is="Según el texto, ¿qué es «{term}»?",
    ),
    "fr": Wording(
        explain="Expliquer le terme « {term} ».",
        describe="Décrire ce que le texte dit de « {term} ».",
        compare="Distinguer « {term} » de « {other} ».",
        fill="Compléter : {sentence}",
        which_term="Quel terme le texte décrit-il ainsi : « {meaning} » ?",
        what_is="Selon le texte, qu'est-ce que « {term} » ?",
    ),
    "ru": Wording(
        explain="Объяснить термин «{term}».",
        describe="Рассказать, что в тексте говорится о «{term}».",
        compare="Отличить «{term}» от «{other}».",
        fill="Заполнить пропуск: {sentence}",
        which_term="Какой термин описан в тексте так: «{meaning}»?",
        what_is="Что такое «{term}» согласно тексту?",
    ),
    "zh": Wording(
        explain="解释“{term}”这一术语。",
        describe="说明文中关于“{term}”的内容。",
        compare="区分“{term}”和“{other}”。",
        fill="填空：{sentence}",
        which_term="文中这样描述的是哪个术语：“{meaning}”？",
        what_is="根据文章，“{term}”是什么？",
    ),
}


def wording(language: str | None) -> Wording:
    """Return the words of a language by its tag (BCP 47); English when we cannot write it."""
    primary = (language or "en").partition("-")[0].lower()
    return _BY_LANGUAGE.get(primary, _ENGLISH)
