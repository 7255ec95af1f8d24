"""Advertisements: hook, body, call to action."""

from services.creatorcore.writing.material import Material
from services.creatorcore.writing.pen import parts


def write(words: Material) -> str:
    """Return an advertisement for the topic."""
    say, paragraph = words.pen.say, words.pen.paragraph
    return parts(
        hook=say(
            "What if {topic} {was} the one thing missing from your day?",
            "Some things you try once. {Topic} you keep.",
            "You have heard of {topic}. Now see what the talk is about.",
            "Think of {a}. Now think of {topic}.",
        ),
        body=paragraph(
            say(
                "{Topic} {does} not ask for much: a little room, a little curiosity, and you.",
                "{Topic} {is} made for people who look twice before they choose.",
                "With {topic}, the day begins where you want it to.",
            ),
            say("You may know {it} under a longer name: “{full}”."),
            *words.statements[:3],
            say(
                "It starts with {a}, and it does not stop at {b}.",
                "Look at {a} first. Then look at {b}, and you will see why people stay with {topic}.",
                "Ask about {a}, ask about {b}: {topic} {has} an answer for both.",
            ),
            say(
                "What people say about it can be put in one line: “{borrowed}”.",
                "We have said it before, and {topic} {is} the reason to say it again: “{borrowed}”.",
            ),
            *words.statements[3:],
            say(
                "We say it openly: we tell you about {topic} {aim}.",
                "And yes, this is here {aim}, because {topic} can stand an honest word.",
            ),
        ),
        call_to_action=paragraph(
            say(
                "See {topic} for yourself today.",
                "Try {topic} today, and decide tonight.",
                "Do not only read about {topic}: go and meet {it}.",
            ),
            say(
                "Start with {c}, and tell us what you find.",
                "Bring one question about {c}, and take {topic} home with the answer.",
            ),
        ),
    )
