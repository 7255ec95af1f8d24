"""Podcast scripts: introduction, main content, conclusion."""

from services.creatorcore.writing.material import Material
from services.creatorcore.writing.pen import parts


def write(words: Material) -> str:
    """Return the script of an episode about the topic."""
    say, paragraph = words.pen.say, words.pen.paragraph
    return parts(
        introduction=paragraph(
            say(
                "Welcome, and thank you for listening. Today we talk about {topic}.",
                "Hello and welcome. This episode belongs to {topic}.",
                "Good to have you with us. If {topic} ever made you wonder, this is your episode.",
            ),
            say("Our subject in full: “{full}”."),
            say(
                "We are here {aim}, and we will take {topic} slowly.",
                "Everything you will hear about {topic} is meant {aim}.",
            ),
            say(
                "On the way we will meet {a} and {b}.",
                "We will come to {a}, and we will not leave out {b}.",
            ),
        ),
        main_content="\n\n".join(filter(None, (_opening(words), _deeper(words)))),
        conclusion=paragraph(
            say(
                "That was our look at {topic}.",
                "Let us leave {topic} here for today.",
                "So much for {topic}, at least until you write to us.",
            ),
            say(
                "If you remember one thing, let it be {a}.",
                "Keep {b} in mind the next time somebody brings up {topic}.",
            ),
            say(
                "We set out {aim}; tell us whether {topic} sounds different to you now.",
                "If you pass this on, pass it on {aim}.",
                "Tell us what we missed about {topic}, and until then: keep listening.",
            ),
        ),
    )


def _opening(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "Let us begin with {a}.",
            "The place to begin is {a}.",
            "Most people who come to {topic} come by way of {a}.",
        ),
        say(
            "Ask around, and you will find that hardly anybody thinks of {topic} without it.",
            "It looks like a side road, and it leads straight to {topic}.",
        ),
        *words.statements[:3],
        say(
            "An earlier episode put it like this: “{borrowed}”. That still holds, and {topic} {is} why.",
            "You may remember a line from before, “{borrowed}”. Keep it in mind while we go on with {topic}.",
        ),
    )


def _deeper(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "Now to {b}. A listener might ask what that has to do with {topic}, and the question is fair.",
            "Opinions about {topic} part at {b}.",
        ),
        say(
            "Take away {c}, and {topic} would not be the same.",
            "Look at {c}, and you have half of the answer about {topic}.",
            "My own way to {topic} was {c}, and only later {d}.",
        ),
        *words.statements[3:],
        say(
            "And {d}? We keep that for the end of the walk around {topic}, where the rest comes together.",
            "What remains is {d}, the part of {topic} that people write to us about.",
        ),
    )
