"""The film itself: its length, its sound, its pictures, and that the same order is the same film."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from services.text_to_video.film import (
    Cancelled,
    FilmFacts,
    FilmOrder,
    UnsupportedScript,
    check,
    lexicon,
    render,
)
from services.text_to_video.film.camera import Layer, View
from services.text_to_video.film.canvas import Canvas
from services.text_to_video.film.figures import CASTINGS
from services.text_to_video.film.lexicon import see
from services.text_to_video.film.palette import PLACES, palette
from services.text_to_video.film.places import PAINTERS, Setting
from services.text_to_video.film.plan import plan
from services.text_to_video.film.planes import black, from_rgba
from services.text_to_video.film.render import Reel

ROBOT = FilmOrder("A robot dancing in a disco", "general", "cinematic", 2, "en", "16:9", "480p", 7)


def make(order: FilmOrder, folder: Path, *, cancelled: Callable[[], bool] = lambda: False) -> FilmFacts:
    """Render an order into a folder."""
    folder.mkdir(exist_ok=True)
    return render(order, folder, on_progress=lambda share, stage: None, cancelled=cancelled)


def pictures(path: Path) -> list[np.ndarray]:
    """Decode every frame."""
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


@pytest.mark.parametrize(
    ("aspect", "resolution", "size"),
    [
        ("16:9", "480p", (848, 480)),
        ("9:16", "480p", (480, 848)),
        ("1:1", "480p", (480, 480)),
        ("16:9", "720p", (1280, 720)),
    ],
)
def test_a_film_has_the_asked_shape_and_length(
    tmp_path: Path, aspect: str, resolution: str, size: tuple[int, int]
) -> None:
    """Duration asked is duration delivered; H.264 and AAC at 24 frames a second."""
    order = replace(ROBOT, aspect=aspect, resolution=resolution, duration_s=1.3)

    facts = make(order, tmp_path)

    with av.open(str(tmp_path / "film.mp4")) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == size
        assert video.average_rate == 24
        assert sum(1 for _ in film.decode(video)) == facts.frames == 31
        assert abs(float(audio.duration * audio.time_base) - 31 / 24) < 0.05
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.size == size


def test_the_same_order_is_the_same_film(tmp_path: Path) -> None:
    """Byte for byte, so that a cache and a repeat are honest."""
    first = make(ROBOT, tmp_path / "a")
    again = make(ROBOT, tmp_path / "b")
    other_seed = make(replace(ROBOT, seed=8), tmp_path / "c")

    assert first.sha256 == again.sha256
    assert other_seed.sha256 != first.sha256


def test_other_words_are_other_pictures(tmp_path: Path) -> None:
    """The picture depends on the text."""
    make(ROBOT, tmp_path / "a")
    make(replace(ROBOT, text="A ship on the sea"), tmp_path / "b")

    ours, theirs = pictures(tmp_path / "a" / "film.mp4"), pictures(tmp_path / "b" / "film.mp4")

    assert np.abs(ours[24].astype(int) - theirs[24].astype(int)).mean() > 15


def test_the_picture_moves(tmp_path: Path) -> None:
    """A robot that dances does not stand still."""
    make(ROBOT, tmp_path)

    frames = pictures(tmp_path / "film.mp4")

    for one, next_one in zip(frames[10:40:6], frames[16:46:6], strict=True):
        assert np.abs(one.astype(int) - next_one.astype(int)).mean() > 0.5


@pytest.mark.parametrize(
    ("text", "place", "figures"),
    [
        ("A robot dancing in a disco", "disco", ["robot"]),
        ("A lion walks through the savanna", "savanna", ["lion"]),
        ("The ship sails over the stormy sea", "sea", ["ship"]),
        ("A rocket flies to Mars", "space", ["rocket"]),
        ("Coffee and cake", "food", ["cup", "cake"]),
        ("Quarterly sales are growing", "data", []),
        ("The father is at home with his child", "home", ["man", "child"]),
        ("Three fish swim around the coral", "underwater", ["fish"]),
        ("The singer steps on the stage", "stage", ["singer"]),
        ("The doctor helps her patients", "hospital", ["doctor"]),
        ("A dragon sleeps near the castle", "castle", ["dragon"]),
        ("The old train rolls through the desert", "desert", ["train"]),
        ("Somebody dances", "people", ["woman"]),
        ("A dog runs through the forest", "forest", ["dog"]),
        ("An astronaut plants a flag on Mars", "space", ["astronaut"]),
        ("A rocket leaves for another planet", "space", ["rocket"]),
        ("An elephant family drinks at the river", "savanna", ["elephant"]),
        ("Two children play on the beach", "beach", ["child", "child"]),
        ("Two children fly a kite", "meadow", ["child", "kite"]),
        ("Meet our new shoes", "product", ["shoe"]),
        ("Our best offer is a surprise", "product", ["parcel"]),
        ("A submarine dives beside a whale", "underwater", ["submarine", "whale"]),
        ("Thunderstorm over the skyscrapers", "city", []),
        ("The orchestra plays Beethoven", "stage", ["singer"]),
        ("What is freedom?", "abstract", []),
    ],
)
def test_what_is_named_is_seen(text: str, place: str, figures: list[str]) -> None:
    """A subject of the text becomes a place and figures of the picture."""
    seen = see(text, text, "general")

    assert (seen.place, list(seen.figures)) == (place, figures)


@pytest.mark.parametrize(
    ("text", "language", "place", "figure"),
    [
        ("Der Hund läuft durch den Wald", "de", "forest", "dog"),
        ("Le chat dort dans le jardin", "fr-FR", "meadow", "cat"),
        ("El barco cruza el mar", "es", "sea", "ship"),
        ("Le chat noir traverse la rue", "en", "city", "cat"),
    ],
)
def test_other_languages_are_seen_too(text: str, language: str, place: str, figure: str) -> None:
    """The commonest nouns of German, Spanish and French choose the picture, told the language or not."""
    seen = see(text, text, "general", language)

    assert (seen.place, list(seen.figures)) == (place, [figure])


@pytest.mark.parametrize(
    ("text", "air", "night"),
    [
        ("Rain falls on the city at night", "rain", True),
        ("Snow lies on the mountains", "snow", False),
        ("Autumn comes to the forest", "leaves", False),
        ("The cat watches the rain from the sofa", "dust", False),
    ],
)
def test_weather_is_seen_outside(text: str, air: str, night: bool) -> None:
    """It rains in the street, not in the living room."""
    seen = see(text, text, "general")

    assert (seen.air, seen.night) == (air, night)


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
@pytest.mark.parametrize("place", sorted(PAINTERS))
def test_every_place_fills_the_picture(place: str, aspect: str) -> None:
    """No empty scene, and no hole in one, in any shape."""
    canvases = [Canvas(240, 136) if aspect == "16:9" else Canvas(136, 240 if aspect == "9:16" else 136)]
    canvases += [Canvas(canvases[0].width // 2, canvases[0].height // 2) for _ in range(2)]
    dice = np.random.default_rng(4)

    PAINTERS[place](canvases, Setting(palette(place, "default", dice), dice))

    pixels = np.asarray(canvases[0].image)
    assert pixels[..., 3].min() == 255
    colours = len(np.unique((np.asarray(canvases[0].opaque()) // 8).reshape(-1, 3), axis=0))
    assert colours > 12
    assert any(canvas.painted() for canvas in canvases[1:])


@pytest.mark.parametrize("name", sorted(CASTINGS))
def test_every_figure_is_drawn_inside_its_frame_and_moves(name: str) -> None:
    """Something substantial, in poses that differ."""
    colours = palette("city", "default", np.random.default_rng(1))
    poses = []
    for beat in (0.0, 1.3, 2.9):
        canvas = Canvas(120, 120)
        CASTINGS[name].draw(canvas, colours, beat, False)
        poses.append(np.asarray(canvas.image.reduce(2)))

    assert (poses[0][..., 3] > 128).mean() > 0.03
    assert not (poses[0] == poses[1]).all() or not (poses[0] == poses[2]).all()


def test_every_word_that_is_known_leads_somewhere() -> None:
    """The lexicon names only places that are painted and figures that are drawn."""
    assert set(lexicon.PLACES) == set(PAINTERS) - {"abstract"} == set(PLACES) - {"abstract"}
    assert set(lexicon.FIGURES) == set(CASTINGS)


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
@pytest.mark.parametrize(
    "text",
    [
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "Extraordinary responsibilities notwithstanding",
        "Ω",
    ],
)
def test_no_letter_is_cut(text: str, aspect: str) -> None:
    """Words that are too long for the picture are written smaller, never over its edge."""
    order = replace(ROBOT, text=text, aspect=aspect)
    reel = Reel(order, plan(order))

    def written(edge: slice, on: int) -> int:
        still = np.asarray(reel.frame(30).luma).astype(int)
        bare = np.asarray(reel.frame(30, words=False).luma).astype(int)
        return int(np.abs(np.take(still - bare, range(*edge.indices(still.shape[on])), axis=on)).max())

    assert written(slice(None), 0) > 60
    for axis in (0, 1):
        assert written(slice(0, 6), axis) < 8
        assert written(slice(-6, None), axis) < 8


def test_the_camera_does_not_judder() -> None:
    """What a camera passes slowly moves by parts of a pixel: second differences stay far below one."""
    canvas = Canvas(160, 120)
    canvas.disc((0.5, 0.5), 0.1, (255, 255, 255))
    painted = canvas.painted()
    assert painted is not None
    part, left, top = painted
    disc = View(Layer(from_rgba(part), left - 80, top - 60), (120, 80), (100, 100))
    places = []
    for number in range(30):
        whole = black((120, 80))
        disc.enter(whole, 66 - 0.37 * number, 44 + 0.05 * number, 1.0 + 0.001 * number)
        light = np.asarray(whole.luma, dtype=float) - 16
        places.append(float((light.sum(axis=0) * np.arange(120)).sum() / light.sum()))

    assert places[0] - places[-1] > 8
    assert float(np.sqrt(np.mean(np.diff(places, n=2) ** 2))) < 0.05


@pytest.mark.parametrize(
    ("text", "style", "language"),
    [
        ("The robot is dancing. The music plays all night long.", "cinematic", "en"),
        ("Hallo, kleiner Hund!", "playful", "de"),
        ("Nobody speaks in this film, only the music plays.", "noir", "tlh"),
    ],
)
def test_every_film_is_as_loud(tmp_path: Path, text: str, style: str, language: str) -> None:
    """At the loudness of online video, within two units (EBU R 128: integrated, LUFS)."""
    make(replace(ROBOT, text=text, style=style, language=language, duration_s=6), tmp_path)

    assert -18 <= _integrated_loudness(tmp_path / "film.mp4") <= -14


def test_a_film_is_heard(tmp_path: Path) -> None:
    """All words are spoken when there is time for them."""
    order = replace(ROBOT, text="The robot is dancing. The music plays all night long.", duration_s=6)
    facts = make(order, tmp_path)

    assert facts.spoken
    assert facts.words_spoken == 10


def _integrated_loudness(path: Path) -> float:
    graph = av.filter.Graph()
    loudness = float("nan")
    with av.open(str(path)) as film:
        audio = film.streams.audio[0]
        source = graph.add_abuffer(template=audio)
        meter = graph.add("ebur128", "metadata=1")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        for frame in film.decode(audio):
            graph.push(frame)
            while True:
                try:
                    measured = graph.pull()
                except (av.BlockingIOError, av.EOFError):
                    break
                loudness = float(measured.metadata.get("lavfi.r128.I", loudness))
    return loudness


def test_captions_hold_the_spoken_words(tmp_path: Path) -> None:
    """Who cannot hear reads the same, at the same time."""
    order = replace(ROBOT, text="One two three four. Five six seven eight nine ten eleven.", duration_s=7)
    make(order, tmp_path)

    text = (tmp_path / "captions.vtt").read_text()
    times = re.findall(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})", text)
    words = [line for line in text.splitlines() if line and "-->" not in line and line != "WEBVTT"]

    assert " ".join(words) == order.text
    assert all(len(line.split()) <= 7 for line in words)
    starts = [float(time[2]) for time in times]
    assert starts == sorted(starts)


def test_a_text_that_is_too_long_ends_with_a_whole_word() -> None:
    """Nothing is spoken too fast or cut; what was left out is told."""
    long = replace(ROBOT, text="This is a sentence with quite a few words. " * 20, duration_s=5)

    planned = plan(long)

    assert 0 < planned.words_spoken < planned.words_given == 180
    assert planned.scenes[-1].words[-1].end_s <= 5
    assert planned.scenes[0].first == 0
    assert [scene.end for scene in planned.scenes[:-1]] == [scene.first for scene in planned.scenes[1:]]
    assert planned.scenes[-1].end == long.frames


def test_a_language_without_a_voice_is_a_silent_film(tmp_path: Path) -> None:
    """Captions still come; the narration is honestly missing."""
    facts = make(replace(ROBOT, language="tlh", duration_s=1), tmp_path)

    assert facts.spoken is False
    assert facts.words_spoken > 0


@pytest.mark.parametrize(
    ("text", "script"),
    [("สวัสดีชาวโลก", "Thai"), ("你好世界", "Chinese"), ("مرحبا", "Arabic"), ("A robot नमस्ते", "Devanagari")],
)
def test_letters_no_font_has_are_refused_by_name(text: str, script: str) -> None:
    """Better a clear no than a film full of boxes."""
    with pytest.raises(UnsupportedScript, match=script):
        check(replace(ROBOT, text=text))


@pytest.mark.parametrize(
    "text", ["Ein Bär tanzt über die Straße", "Привет, робот", "Καλημέρα", "A robot 🤖 dances"]
)
def test_letters_the_fonts_have_are_welcome(text: str) -> None:
    """Latin, Cyrillic and Greek; pictures in the text are left out."""
    check(replace(ROBOT, text=text))


def test_a_text_without_letters_is_refused() -> None:
    """There would be nothing to show or say."""
    with pytest.raises(UnsupportedScript):
        check(replace(ROBOT, text="🤖 🎉 !!!"))


def test_a_cancelled_film_leaves_nothing(tmp_path: Path) -> None:
    """No half file is ever found."""
    asked = iter(range(100))

    with pytest.raises(Cancelled):
        make(ROBOT, tmp_path, cancelled=lambda: next(asked) > 5)

    assert list(tmp_path.iterdir()) == []


def test_progress_is_true_and_never_falls(tmp_path: Path) -> None:
    """It starts at nothing, ends at all, and goes with the frames."""
    told: list[float] = []

    render(ROBOT, tmp_path, on_progress=lambda share, stage: told.append(share), cancelled=lambda: False)

    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)
    assert len(set(told)) > ROBOT.frames


def test_a_film_starts_before_it_has_arrived(tmp_path: Path) -> None:
    """The index stands before the pictures, and the film says what made it."""
    make(ROBOT, tmp_path)

    data = (tmp_path / "film.mp4").read_bytes()

    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data)) as film:
        assert "not an AI model" in film.metadata["comment"]
