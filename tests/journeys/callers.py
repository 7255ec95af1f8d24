"""Who calls a hub that wants to know: users signed in, and the first admin."""

import subprocess
import sys

import httpx

from config import Settings
from tests.api.calls import error_of

PASSWORD = "Correct-Horse-7"

_CLIENTS: list[httpx.Client] = []


def client_of(url: str, token: str) -> httpx.Client:
    """Return a client that shows a token; it is closed with the test."""
    client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    _CLIENTS.append(client)
    return client


def registered(url: str, name: str) -> tuple[str, httpx.Client]:
    """Make an account; return its id and a client signed in as its user."""
    wish = {"email": f"{name}@example.org", "password": PASSWORD, "username": name, "full_name": name}
    answer = httpx.post(f"{url}/api/v1/auth/register", json=wish)
    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert (token["token_type"].lower(), token["expires_in"]) == ("bearer", 1800)
    return token["user_id"], client_of(url, token["access_token"])


def integrator(settings: Settings, *arguments: str, typed: str = "") -> str:
    """Run the command as an operator would."""
    command = [sys.executable, "-m", "core_integrator", *arguments, "--data-dir", str(settings.data_dir)]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def admin_of(settings: Settings, url: str) -> httpx.Client:
    """Make the first admin by the command, and sign in."""
    integrator(
        settings, "users", "add", "--email", "root@example.org", "--username", "root", "--role", "admin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    sign_in = {"email": "root@example.org", "password": PASSWORD}
    token = httpx.post(f"{url}/api/v1/auth/login", json=sign_in).json()["access_token"]
    return client_of(url, token)


def code(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the error's code."""
    return answer.status_code, error_of(answer)["code"]


def close_clients() -> None:
    """Close every client that was given out."""
    while _CLIENTS:
        _CLIENTS.pop().close()
