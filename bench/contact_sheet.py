"""Draws one still of many prompts on a sheet, to be looked at: ``make sheet``.

Every still is the frame a film would have there; no film is written.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from services.text_to_video.film.order import ASPECTS, STYLES, FilmOrder
from services.text_to_video.film.plan import plan
from services.text_to_video.film.planes import to_rgb
from services.text_to_video.film.render import Reel

PROMPTS = (
    "A robot dancing in a disco.",
    "A rocket leaves the earth and finds a new planet.",
    "A small ship crosses the stormy sea.",
    "Night falls over the city and the taxis race home.",
    "Deep in the forest an owl watches the autumn leaves.",
    "Snow lies on the mountains above the quiet valley.",
    "A lion walks across the savanna at sunset.",
    "A singer steps on the stage and the concert begins.",
    "Grandmother reads a story to the children on the sofa.",
    "Fresh coffee and chocolate cake wait on the table.",
    "Our sales grew every quarter this year.",
    "The machine in the laboratory wakes up.",
    "Friends meet and talk about the good old days.",
    "Meet the solar lamp that lights a whole village.",
    "Time is a river without a shore.",
    "Three fish swim around the coral under the waves.",
    "A dog chases a ball in the park.",
    "The teacher explains photosynthesis to her class.",
    "An astronaut plants a flag on Mars.",
    "Butterflies rise from the flowers in the spring garden.",
    "The train rolls through the desert.",
    "The new phone has a camera that sees in the dark.",
    "A cat sleeps by the window while rain falls.",
    "Le chat noir traverse la rue sous la pluie.",
    "Two children fly a kite on the beach.",
    "The old castle guards a sleeping dragon.",
    "An elephant family drinks at the river.",
    "Two doctors save a life in the hospital.",
)

GAP = 8


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of the sheet: what is asked, and how."""

    text: str
    style: str
    aspect: str
    share: float
    seed: int = 1


def draw(still: Still) -> Image.Image:
    """Return the frame at a share of an eight second film, as a player would show it."""
    order = FilmOrder(
        text=still.text,
        topic="",
        language="en",
        duration_s=8,
        style=still.style,
        aspect=still.aspect,
        resolution="480p",
        seed=still.seed,
    )
    reel = Reel(order, plan(order))
    return to_rgb(reel.frame(int(order.frames * still.share)))


def sheet(stills: Sequence[Still], width: int, rows: Sequence[int]) -> Image.Image:
    """Return all stills, so many in each row, each with its style and prompt below it."""
    with ProcessPoolExecutor() as pool:
        pictures = list(pool.map(draw, stills))
    font = ImageFont.load_default(13)
    strips = []
    for count in rows:
        cell = (width - GAP) // count - GAP
        taken, pictures = pictures[:count], pictures[count:]
        labels, stills = stills[:count], stills[count:]
        small = [
            picture.resize((cell, round(picture.height * cell / picture.width)), Image.Resampling.LANCZOS)
            for picture in taken
        ]
        strip = Image.new("RGB", (width, max(picture.height for picture in small) + 30), (24, 24, 28))
        pen = ImageDraw.Draw(strip)
        for number, (still, picture) in enumerate(zip(labels, small, strict=True)):
            x = GAP + number * (cell + GAP)
            strip.paste(picture, (x, GAP))
            label = f"{still.style}: {still.text}"
            while pen.textlength(label, font) > cell:
                label = label[:-2]
            pen.text((x, picture.height + GAP + 3), label, (200, 200, 205), font)
        strips.append(strip)
    whole = Image.new("RGB", (width, sum(strip.height for strip in strips) + GAP), (24, 24, 28))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def main() -> None:
    """Write the sheet: wide films, then tall ones, then square ones."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("path", type=Path)
    arguments.add_argument("--share", type=float, default=0.22, help="where in the film, 0 to 1")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--aspect", choices=ASPECTS, help="one shape for all")
    given = arguments.parse_args()
    shapes = [given.aspect] * len(PROMPTS) if given.aspect else ["16:9"] * 16 + ["9:16"] * 7 + ["1:1"] * 5
    stills = [
        Still(text, STYLES[number % len(STYLES)], shape, given.share, given.seed)
        for number, (text, shape) in enumerate(zip(PROMPTS, shapes, strict=True))
    ]
    sheet(stills, 1440, [7] * 4 if given.aspect else [4, 4, 4, 4, 7, 5]).save(given.path, quality=84)


if __name__ == "__main__":
    main()
