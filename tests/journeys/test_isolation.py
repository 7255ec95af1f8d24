"""CI-03 through HTTP, whatever the memory stands on: what is shown of several modules, and to whom."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from config import Settings
from tests.api.calls import core, error_of
from tests.mongowire import MongoProgram, mongo_program
from tests.servers import Program, creator_program, free_port, hub_in_thread, until, video_program

TEXT = "A lamp is a thing that gives light. A cable is a thing that carries current. The lamp needs 5 watts."
LAMP = {"topic": "solar lamp", "goal": "sell", "type": "ad"}
FILM = {"text": "A ship on the sea.", "duration": 1, "resolution": "480p"}
# Where the memory stands on each of these once the hub is up.
STORES = {"sqlite": "journal", "pymongo": "primary", "motor": "primary", "mongodb dead": "journal"}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The text-to-video service."""
    with video_program(tmp_path_factory.mktemp("video")) as program:
        yield program


@pytest.fixture(scope="module")
def creatorcore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The service that writes texts."""
    with creator_program(tmp_path_factory.mktemp("creatorcore")) as program:
        yield program


@pytest.fixture(scope="module")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoProgram]:
    """A MongoDB."""
    with mongo_program(tmp_path_factory.mktemp("mongo")) as program:
        yield program


@pytest.fixture(params=STORES)
def client(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    video: Program,
    creatorcore: Program,
    mongo: MongoProgram,
) -> Iterator[httpx.Client]:
    """A client of a hub with all modules, for each store in turn."""
    there = {"pymongo": mongo.url, "motor": mongo.url, "mongodb dead": f"mongodb://127.0.0.1:{free_port()}"}
    mongodb = {
        "use_mongodb": True,
        "mongodb_connection_string": there.get(request.param),
        "mongodb_database_name": request.param.replace(" ", "_"),
        "mongodb_driver": "motor" if request.param == "motor" else "pymongo",
    }
    settings = Settings(
        data_dir=tmp_path,
        video_service_url=video.url,
        creatorcore_base_url=creatorcore.url,
        log_level="WARNING",
        **(mongodb if request.param in there else {}),
    )
    with ExitStack() as stack:
        url = stack.enter_context(hub_in_thread(settings))
        opened = stack.enter_context(httpx.Client(base_url=url, timeout=30))
        until(lambda: mode(opened) == STORES[request.param], "the memory stands where it should")
        yield opened


def mode(client: httpx.Client) -> str:
    """Return where the memory stands."""
    return client.get("/system/health").json()["components"]["memory"]["mode"]


def calculate(client: httpx.Client, years: int, *, user: str) -> None:
    """Call finance once."""
    params = {"principal": 1000, "annual_rate": 5, "years": years}
    data = {"calculation": "simple_interest", "params": params}
    assert core(client, "finance", "calculate", data, user=user).status_code == 200


def learn(client: httpx.Client, level: str, *, user: str) -> None:
    """Call education once."""
    lesson = {"topic": "Lamps", "level": level, "source_text": TEXT}
    assert core(client, "education", "generate", lesson, user=user).status_code == 200


def get(client: httpx.Client, path: str, user: str, **wanted: int) -> list[dict]:
    """Return the exchanges that a path shows to a user."""
    answer = client.get(path, params={"user_id": user, **wanted})
    assert answer.status_code == 200, answer.text
    return answer.json()


def made(client: httpx.Client, module: str, data: dict, *, user: str) -> str:
    """Have something made and return its id."""
    answer = core(client, module, "generate", data, user=user)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]["generation_id"]


def test_history_shows_five_of_each_module_and_context_the_three_newest(client: httpx.Client) -> None:
    """All are kept; the windows are how they are read."""
    for years in range(1, 7):
        calculate(client, years, user="a")
    only_finance = get(client, "/get-history", "a")
    for level in ("beginner", "intermediate", "advanced"):
        learn(client, level, user="a")
        calculate(client, 9, user="c")
        learn(client, level, user="c")

    assert [row["request"]["data"]["params"]["years"] for row in only_finance] == [6, 5, 4, 3, 2]
    both = get(client, "/get-history", "a")
    assert [row["module"] for row in both] == ["education"] * 3 + ["finance"] * 5
    assert [row["request"]["data"]["level"] for row in get(client, "/get-context", "a")] == [
        "advanced",
        "intermediate",
        "beginner",
    ]
    assert "source_text" not in both[0]["request"]["data"]
    three_and_three = get(client, "/get-history", "c")
    assert [row["module"] for row in three_and_three] == ["education", "finance"] * 3
    assert len(get(client, "/get-history", "a", limit=200)) == 9
    everybody = client.get("/creator/history?user_id=all")
    assert (everybody.status_code, error_of(everybody)["code"]) == (400, "invalid_argument")


@dataclass(frozen=True)
class Traces:
    """What a user has made."""

    text: str
    film: str


def leave_traces(client: httpx.Client, user: str) -> Traces:
    """Use every module once."""
    calculate(client, 2, user=user)
    learn(client, "beginner", user=user)
    return Traces(
        made(client, "creator", LAMP, user=user),
        made(client, "video", FILM | {"text": f"A ship of {user}."}, user=user),
    )


def shown_to(client: httpx.Client, user: str) -> tuple[set[str], list[str], list[str]]:
    """Return whose exchanges a user sees, and which texts and films."""
    rows = [row for path in ("/get-history", "/get-context") for row in get(client, path, user)]
    texts = client.get("/creator/history", params={"user_id": user}).json()["result"]["items"]
    films = core(client, "video", "list_videos", {}, user=user).json()["result"]["videos"]
    return (
        {row["request"]["user_id"] for row in rows},
        [text["id"] for text in texts],
        [film["generation_id"] for film in films],
    )


def status_of(client: httpx.Client, film: str, *, user: str) -> int:
    """Ask how far a film is."""
    return core(client, "video", "get_status", {"generation_id": film}, user=user).status_code


def judge(client: httpx.Client, generation: str, *, user: str) -> httpx.Response:
    """Give a verdict."""
    return client.post("/feedback", json={"generation_id": generation, "command": "+1", "user_id": user})


def test_two_users_see_only_their_own_on_every_path(client: httpx.Client) -> None:
    """And one who is not there sees nothing; what one erases is nobody else's."""
    ada, bob = leave_traces(client, "ada"), leave_traces(client, "bob")

    assert shown_to(client, "ada") == ({"ada"}, [ada.text], [ada.film])
    assert shown_to(client, "bob") == ({"bob"}, [bob.text], [bob.film])
    assert shown_to(client, "eve") == (set(), [], [])
    assert status_of(client, ada.film, user="ada") == 200
    assert status_of(client, ada.film, user="bob") == 404
    for thing in (ada.text, ada.film):
        refused = judge(client, thing, user="bob")
        assert (refused.status_code, error_of(refused)["code"]) == (404, "not_found")
        assert judge(client, thing, user="ada").json()["result"]["new_score"] == 1

    client.delete("/users/bob/memory").raise_for_status()

    assert shown_to(client, "bob") == (set(), [], [])
    assert shown_to(client, "ada") == ({"ada"}, [ada.text], [ada.film])
    assert judge(client, bob.text, user="bob").status_code == 404
