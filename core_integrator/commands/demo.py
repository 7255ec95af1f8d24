"""The main story, told by a real stack: order a film, watch it grow, fetch it, rate it, see it remembered."""

import time
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from config import Settings
from core_integrator.commands.stack import Generators, free_port, running_stack

USER = "demo"
LIMIT_S = 300.0
LESSON = (
    "Photosynthesis is the process by which green plants make glucose from carbon dioxide and water. "
    "The energy comes from sunlight. "
    "Chlorophyll is the green pigment that absorbs light, mostly red and blue. "
    "Chloroplasts are the small structures in the cell that hold the chlorophyll. "
    "Stomata are tiny pores on the underside of the leaf that let carbon dioxide in and oxygen out."
)


class DemoProblem(Exception):
    """The story did not end well; the message says where."""


def play(settings: Settings, *, text: str, duration: float, console: Console) -> Path:
    """Run the story on free ports and return where the film lies.

    Raises:
        DemoProblem: A step failed.
        StackProblem: The stack did not come up.
    """
    generators = Generators(free_port(), free_port())
    chosen = settings.model_copy(
        update={
            "port": free_port(),
            "video_service_url": f"http://127.0.0.1:{generators.video_port}",
            "creatorcore_base_url": f"http://127.0.0.1:{generators.creator_port}",
        }
    )
    console.print("Starting the hub, the text-to-video service and CreatorCore …")
    with (
        running_stack(chosen, generators) as parts,
        httpx.Client(base_url=parts[-1].url, timeout=30, trust_env=False) as hub,
    ):
        return _tell(hub, chosen.data_dir, text, duration, console)


def _tell(hub: httpx.Client, folder: Path, text: str, duration: float, console: Console) -> Path:
    console.print(f'POST /core  video.generate  "{text}"', highlight=False, soft_wrap=True)
    order = {"text": text, "style": "cinematic", "duration": duration}
    film = _core(hub, "video", "generate", order)
    _ask_the_others(hub, console)
    finished = _watch(hub, film["generation_id"])
    path = _fetch(hub, finished["video_url"], folder)
    console.print(
        f"film      {path}  ({path.stat().st_size / 1e6:.1f} MB, {finished['duration']:g} s)", highlight=False
    )
    _rate(hub, film["generation_id"], console)
    _recall(hub, console)
    return path


def _ask_the_others(hub: httpx.Client, console: Console) -> None:
    """Put one question to each of the other modules while the film is made."""
    loan = {"principal": 200_000, "annual_rate": 6, "months": 360}
    paid = _core(hub, "finance", "calculate", {"calculation": "loan_payment", "params": loan})
    ad = _core(hub, "creator", "generate", {"topic": "solar lamp", "goal": "sell", "type": "ad"})
    lesson = _core(
        hub, "education", "generate", {"topic": "Photosynthesis", "source_text": LESSON, "level": "beginner"}
    )
    counted = _core(hub, "sample_text", "generate", {"text": LESSON})
    for module, said in (
        ("finance", f"200 000 at 6 % over 360 months: {paid['value']} a month"),
        ("creator", " ".join(ad["generated_text"].split())[:90] + " …"),
        ("education", lesson["key_points"][0]),
        ("sample_text", f"{counted['word_count']} words"),
    ):
        console.print(f"{module:<12} {said}", highlight=False, soft_wrap=True, markup=False)


def _core(hub: httpx.Client, module: str, intent: str, data: dict[str, Any]) -> dict[str, Any]:
    body = {"module": module, "intent": intent, "user_id": USER, "data": data}
    answer = hub.post("/core", json=body).json()
    if answer["status"] != "success":
        raise DemoProblem(f"{module}.{intent}: {answer['message']}")
    result: dict[str, Any] = answer["result"]
    return result


def _watch(hub: httpx.Client, film: str) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_S
    columns = (TextColumn("{task.description:<10}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn()) as progress:
        bar = progress.add_task("queued", total=100)
        while time.monotonic() < deadline:
            state = _core(hub, "video", "get_status", {"generation_id": film})
            progress.update(bar, completed=state["progress"], description=state["stage"] or state["status"])
            if state["status"] == "completed":
                return state
            if state["status"] in {"failed", "cancelled"}:
                raise DemoProblem(f"the film {state['status']}: {state['error']}")
            time.sleep(0.25)
    raise DemoProblem(f"the film was not finished within {LIMIT_S:g} s")


def _fetch(hub: httpx.Client, url: str, folder: Path) -> Path:
    path = folder / Path(url).name
    with hub.stream("GET", url) as answer, path.open("wb") as file:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            file.write(chunk)
    return path


def _rate(hub: httpx.Client, film: str, console: Console) -> None:
    verdict = {"generation_id": film, "rating": 5, "comment": "It dances!", "user_id": USER}
    receipt = hub.post("/feedback", json=verdict).json()["result"]
    console.print(
        f"rated     5 stars: stored {receipt['stored']}, forwarded {receipt['forwarded']}, "
        f"score {receipt['new_score']}",
        highlight=False,
    )


def _recall(hub: httpx.Client, console: Console) -> None:
    for row in hub.get("/get-context", params={"user_id": USER}).json():
        asked = row["request"]["data"]
        told = str(asked.get("text") or asked.get("topic") or "")[:60]
        console.print(
            f'remembered {row["timestamp"]} {row["module"]}.{row["intent"]} "{told}"', highlight=False
        )
    health = hub.get("/system/health").json()
    parts = ", ".join(f"{name} {part['status']}" for name, part in health["components"].items())
    console.print(f"health    {health['status']} ({parts})", highlight=False, soft_wrap=True)
