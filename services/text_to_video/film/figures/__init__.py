"""Figures in front of a place, drawn in a cycle of poses so that they move."""

from functools import partial

from services.text_to_video.film.figures import animals, people, things
from services.text_to_video.film.figures.casting import CYCLE_S, POSES, Casting, Figure, Way

__all__ = ["CASTINGS", "CYCLE_S", "POSES", "Casting", "Figure", "Way"]

# Height is a share of the short side; the foot's level a share of the frame's height.
CASTINGS: dict[str, Casting] = {
    "robot": Casting(people.robot, 0.62, 0.85),
    "man": Casting(partial(people.person, people.Look()), 0.56, 0.845, Way.WALKS),
    "woman": Casting(partial(people.person, people.WOMAN), 0.54, 0.845, Way.WALKS),
    "child": Casting(partial(people.person, people.CHILD), 0.42, 0.85, Way.WALKS),
    "elder": Casting(partial(people.person, people.ELDER), 0.5, 0.845, Way.STANDS),
    "doctor": Casting(partial(people.person, people.DOCTOR), 0.56, 0.845, Way.STANDS),
    "teacher": Casting(partial(people.person, people.TEACHER), 0.56, 0.84, Way.STANDS),
    "singer": Casting(partial(people.person, people.SINGER), 0.5, 0.84, Way.STANDS),
    "king": Casting(partial(people.person, people.KING), 0.54, 0.85, Way.WALKS),
    "astronaut": Casting(partial(people.person, people.ASTRONAUT), 0.52, 0.87, Way.WALKS),
    "lion": Casting(animals.lion, 0.52, 0.85, Way.WALKS),
    "cat": Casting(animals.cat, 0.4, 0.86, Way.WALKS),
    "dog": Casting(animals.dog, 0.44, 0.86, Way.WALKS),
    "horse": Casting(animals.horse, 0.56, 0.85, Way.WALKS),
    "elephant": Casting(animals.elephant, 0.62, 0.85, Way.WALKS),
    "bird": Casting(animals.bird, 0.28, 0.5, Way.FLIES),
    "owl": Casting(animals.owl, 0.4, 0.85, Way.STANDS),
    "butterfly": Casting(animals.butterfly, 0.24, 0.62, Way.FLIES),
    "fish": Casting(animals.fish, 0.32, 0.7, Way.FLIES),
    "whale": Casting(animals.whale, 0.62, 0.76, Way.FLIES),
    "dragon": Casting(animals.dragon, 0.66, 0.78, Way.FLIES),
    "ship": Casting(things.ship, 0.56, 0.82, Way.DRIVES),
    "rocket": Casting(things.rocket, 0.62, 0.84, Way.RISES),
    "plane": Casting(things.plane, 0.44, 0.66, Way.FLIES),
    "balloon": Casting(things.balloon, 0.5, 0.72, Way.RISES),
    "car": Casting(things.car, 0.5, 0.89, Way.DRIVES),
    "train": Casting(things.train, 0.66, 0.87, Way.DRIVES),
    "cup": Casting(things.cup, 0.4, 0.86, Way.STANDS),
    "cake": Casting(things.cake, 0.46, 0.86, Way.STANDS),
    "phone": Casting(things.phone, 0.56, 0.845, Way.STANDS),
    "lamp": Casting(things.lamp, 0.58, 0.855, Way.STANDS),
    "book": Casting(things.book, 0.46, 0.86, Way.STANDS),
    "flower": Casting(things.flower, 0.48, 0.87, Way.STANDS),
    "ball": Casting(things.ball, 0.2, 0.87, Way.DRIVES),
    "shoe": Casting(things.shoe, 0.5, 0.845, Way.STANDS),
    "parcel": Casting(things.parcel, 0.5, 0.845, Way.STANDS),
    "kite": Casting(things.kite, 0.46, 0.6, Way.FLIES),
    "submarine": Casting(things.submarine, 0.54, 0.68, Way.FLIES),
    "heart": Casting(things.heart, 0.42, 0.78, Way.STANDS),
}
