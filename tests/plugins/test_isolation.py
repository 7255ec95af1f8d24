"""A module that misbehaves is a problem of its own callers only."""

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest

from config import Settings
from core_integrator import hookimpl
from core_integrator.registry import Plugin, installed_plugins
from tests import sample_modules
from tests.api.calls import core, error_of
from tests.servers import hub_in_thread


def test_a_module_that_raises_is_an_error_without_its_words(client: httpx.Client) -> None:
    """Exception texts hold paths and secrets; they go to the log."""
    answer = core(client, "rude", "raises")

    assert answer.status_code == 500
    assert error_of(answer)["code"] == "internal_error"
    assert "rude" in answer.json()["message"]
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "intent",
    ["rubbish_none", "rubbish_nan", "rubbish_object", "rubbish_surrogate", "breaks_promise", "exits"],
)
def test_rubbish_is_never_passed_on(client: httpx.Client, intent: str) -> None:
    """What is no reply, no JSON, or not what was promised, is the module's defect."""
    answer = core(client, "rude", intent)

    assert answer.status_code == 500
    assert error_of(answer)["code"] == "internal_error"
    assert client.get("/get-history", params={"user_id": "ada"}).json() == []


@pytest.mark.parametrize("intent", ["hangs", "hangs_in_thread"])
def test_a_module_that_hangs_delays_only_its_own_callers(client: httpx.Client, intent: str) -> None:
    """The hanging call ends in time; the others never wait for it."""
    sample_modules.release_hung.clear()
    with ThreadPoolExecutor(20) as pool:
        hanging = [pool.submit(core, client, "rude", intent) for _ in range(10)]
        others = [pool.submit(core, client, "sample_text", "generate", {"text": "a"}) for _ in range(10)]
        assert {answer.result().status_code for answer in others} == {200}
        answers = [answer.result() for answer in hanging]
    sample_modules.release_hung.set()

    assert {answer.status_code for answer in answers} == {504}
    assert error_of(answers[0])["code"] == "upstream_timeout"


def test_a_module_can_use_up_its_own_places_only(settings: Settings) -> None:
    """When all its places hang, it says so at once, and its neighbours go on."""
    sample_modules.release_hung.clear()
    tight = settings.model_copy(update={"module_concurrency": 2, "module_queue_s": 0.1})
    plugins = [*installed_plugins(), Plugin("samples", "1", lambda: sample_modules)]
    with hub_in_thread(tight, plugins=plugins) as url, httpx.Client(base_url=url, timeout=30) as client:
        for _ in range(2):
            assert core(client, "rude", "hangs_in_thread").status_code == 504

        full = core(client, "rude", "hangs_in_thread")
        neighbour = core(client, "polite", "echo")
        abandoned = {
            m["name"]: m.get("abandoned_calls") for m in client.get("/system/diagnostics").json()["modules"]
        }
        sample_modules.release_hung.set()

    assert full.status_code == 503
    assert error_of(full)["code"] == "module_unavailable"
    assert neighbour.status_code == 200
    assert abandoned["rude"] == 2


def test_a_plain_function_runs_in_a_thread(client: httpx.Client) -> None:
    """An author may write blocking code without stopping the hub."""
    assert core(client, "polite", "plain").json()["result"]["thread"] == "call-polite"


def test_the_older_forms_still_work(client: httpx.Client) -> None:
    """process(data, context) and handle_request(intent, data, context) are adapted."""
    added = core(client, "old", "add", {"numbers": [1, 2, 3]})
    refused = core(client, "old", "add", {})
    asked = core(client, "older", "else", {"x": 1})

    assert added.json()["result"] == {"sum": 6}
    assert added.json()["message"] == "added"
    assert refused.status_code == 400
    assert refused.json()["message"] == "numbers are missing"
    assert asked.json()["result"] == {"intent": "else", "user": "ada", "data": {"x": 1}}


def broken_import() -> object:
    """Fail as an import with a missing dependency does."""
    raise ModuleNotFoundError("No module named 'torch'")


def exiting_import() -> object:
    """End the process, or try to."""
    raise SystemExit("no licence")


def hanging_import() -> object:
    """Never come back."""
    while True:
        time.sleep(0.05)


class TypoPlugin:
    """Implements a hook that does not exist."""


def typo_plugin() -> object:
    """Return a plugin with a typing error in its hook's name."""
    from core_integrator import hookimpl

    class Plugin:
        @hookimpl
        def register_agent(self, register):
            """Misspelt."""

    return Plugin()


def claiming_plugin() -> object:
    """Return a plugin that claims a name that is taken."""
    from core_integrator import hookimpl

    class Plugin:
        @hookimpl
        def register_agents(self, register):
            register("mine", lambda: None)
            register("sample_text", lambda: None)

    return Plugin()


def unopenable_plugin() -> object:
    """Return a plugin whose agent cannot be opened."""
    from core_integrator import hookimpl

    class Plugin:
        @hookimpl
        def register_agents(self, register):
            def fail():
                raise ConnectionError("no database")

            register("unopenable", fail)

    return Plugin()


def registering(module: str, open_agent) -> object:
    """Return a plugin that offers one module."""

    class Plugin:
        @hookimpl
        def register_agents(self, register):
            register(module, open_agent)

    return Plugin()


@contextlib.asynccontextmanager
async def never_opens():
    """Wait for something that does not come."""
    await asyncio.sleep(3600)
    yield None


BROKEN = {
    "broken": (broken_import, "ModuleNotFoundError: No module named 'torch'"),
    "exiting": (exiting_import, "SystemExit: no licence"),
    "hanging": (hanging_import, "loading took longer than 2 s"),
    "typo": (typo_plugin, "unknown hook 'register_agent'"),
    "claiming": (claiming_plugin, "module 'sample_text' is claimed by 'sample_text' and by 'claiming'"),
    "no_plugin": (lambda: object(), "implements no hook"),
    "unopenable": (unopenable_plugin, "ConnectionError: no database"),
    "never_opens": (lambda: registering("never_opens", never_opens), "opening took longer than 2 s"),
    "no_agent": (lambda: registering("no_agent", object), "object.intents is not a dictionary of intents"),
    "no_intent": (
        lambda: registering("no_intent", lambda: SimpleNamespace(intents={"x": 5})),
        "intent 'x' is not an Intent",
    ),
    "Bad-Name": (lambda: registering("Bad-Name", object), "is not a module name"),
}


def test_a_broken_plugin_is_set_aside_and_named(settings: Settings) -> None:
    """The hub starts whatever the plugins do, and tells the operator which one failed and why."""
    plugins = [*installed_plugins(), *(Plugin(name, "9", load) for name, (load, _) in BROKEN.items())]
    with hub_in_thread(settings, plugins=plugins) as url, httpx.Client(base_url=url, timeout=30) as client:
        listed = {module["name"]: module for module in client.get("/modules").json()["modules"]}
        call = core(client, "broken", "anything")
        health = client.get("/system/health").json()
        good = core(client, "sample_text", "generate", {"text": "a"})
        half = core(client, "mine", "anything")

    for name, (_, reason) in BROKEN.items():
        assert listed[name]["state"] == "unavailable"
        assert reason in listed[name]["reason"]
    assert call.status_code == 503
    assert error_of(call)["code"] == "module_unavailable"
    assert "torch" not in call.text
    assert health["status"] == "degraded"
    assert good.status_code == 200
    assert half.status_code == 404


def test_a_plugin_can_be_switched_off(settings: Settings) -> None:
    """Built-ins too; an operator's choice is no fault."""
    chosen = settings.model_copy(update={"plugins_off": frozenset({"video", "creator"})})
    with hub_in_thread(chosen) as url, httpx.Client(base_url=url, timeout=30) as client:
        listed = {module["name"]: module["state"] for module in client.get("/modules").json()["modules"]}
        health = client.get("/system/health").json()

    assert {name for name, state in listed.items() if state == "unavailable"} == {"video", "creator"}
    assert {name for name, state in listed.items() if state == "ready"} == {
        "education",
        "finance",
        "sample_text",
    }
    assert health["status"] == "healthy"


def test_a_failing_telemetry_sink_disturbs_nobody(settings: Settings) -> None:
    """Telemetry fails open, and the diagnostics say that it does."""
    from core_integrator import hookimpl

    class Sink:
        @hookimpl
        def track_event(self, event):
            raise RuntimeError("collector away")

    plugins = [*installed_plugins(), Plugin("sink", "1", Sink)]
    with hub_in_thread(settings, plugins=plugins) as url, httpx.Client(base_url=url, timeout=30) as client:
        answer = core(client, "sample_text", "generate", {"text": "a"})
        failures = client.get("/system/diagnostics").json()["telemetry_failures"]

    assert answer.status_code == 200
    assert failures["sink"] >= 1
