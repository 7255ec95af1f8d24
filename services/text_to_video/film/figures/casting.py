"""What a figure is: its drawing, its size, its place, and how it goes through a scene."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.palette import Palette

# Poses of one cycle; a figure goes through them in CYCLE_S seconds.
POSES = 24
CYCLE_S = 1.6

# Draws one pose on a square canvas; ``beat`` goes from 0 to 2π through the cycle; ``dances`` asks for it.
Figure = Callable[[Canvas, Palette, float, bool], None]


class Way(Enum):
    """How a figure goes through its scene."""

    STANDS = auto()
    WALKS = auto()
    DRIVES = auto()
    FLIES = auto()
    RISES = auto()


@dataclass(frozen=True, slots=True)
class Casting:
    """A figure, its height as a share of the short side, and where its foot stands."""

    draw: Figure
    high: float
    foot: float
    way: Way = Way.STANDS
