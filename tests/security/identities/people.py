"""What people type, and what they get."""

import re
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import httpx

from tests.servers import until

PASSWORD = "Correct1horse"
ADA = {"email": "ada@example.com", "password": PASSWORD, "username": "ada_l", "full_name": "Ada Lovelace"}


def person(name: str) -> dict[str, str]:
    """Return somebody who wants an account."""
    return {"email": f"{name}@example.com", "password": PASSWORD, "username": name, "full_name": name}


def bearing(tokens: dict[str, str]) -> dict[str, str]:
    """Return the header that shows an access token."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def registered(client: httpx.Client, name: str = "ada_l") -> dict[str, str]:
    """Make an account and return its tokens."""
    answer = client.post("/register", json=person(name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def signed_in(client: httpx.Client, name: str = "ada_l", password: str = PASSWORD) -> dict[str, str]:
    """Sign in and return the tokens."""
    answer = client.post("/login", json={"email": f"{name}@example.com", "password": password})
    assert answer.status_code == 200, answer.text
    return answer.json()


def knows(client: httpx.Client, tokens: dict[str, str]) -> int:
    """Return the status of the simplest question that needs a token."""
    return client.get("/profile", headers=bearing(tokens)).status_code


def letters(data_dir: Path) -> list[str]:
    """Return the texts of all letters, oldest first."""
    files = sorted((data_dir / "outbox").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=SMTP).get_content() for file in files]


def newest_ticket(data_dir: Path, count: int = 1) -> str:
    """Wait for so many letters, and return the ticket in the newest."""
    until(lambda: len(letters(data_dir)) >= count, f"{count} letters")
    return re.search(r"hub_ticket_\S+", letters(data_dir)[-1])[0]


def fault(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a failure, which has the hub's shape."""
    return answer.status_code, answer.json()["result"]["error"]["code"]


def fields(answer: httpx.Response) -> set[str]:
    """Return which fields of a body were refused."""
    return {each["path"] for each in answer.json()["result"]["error"]["details"]["fields"]}
