"""Painters of places: each draws a back, a middle and a front, from far to near."""

from services.text_to_video.film.places import idea, indoors, nature, town
from services.text_to_video.film.places.setting import Painter, Setting

__all__ = ["PAINTERS", "Painter", "Setting"]

PAINTERS: dict[str, Painter] = {
    "space": nature.space,
    "sea": nature.sea,
    "beach": nature.beach,
    "underwater": nature.underwater,
    "forest": nature.forest,
    "meadow": nature.meadow,
    "mountains": nature.mountains,
    "savanna": nature.savanna,
    "desert": nature.desert,
    "city": town.city,
    "people": town.people,
    "castle": town.castle,
    "disco": indoors.disco,
    "stage": indoors.stage,
    "home": indoors.home,
    "food": indoors.food,
    "school": indoors.school,
    "hospital": indoors.hospital,
    "lab": indoors.lab,
    "product": idea.product,
    "data": idea.data,
    "abstract": idea.abstract,
}
