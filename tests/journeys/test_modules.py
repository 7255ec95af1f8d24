"""What a user did with several modules, as it is remembered (CI-03)."""

import httpx

from tests.api.calls import core, error_of

TEXT = "A lamp is a thing that gives light. A cable is a thing that carries current. The lamp needs 5 watts."


def calculate(client: httpx.Client, years: int) -> None:
    """Call finance once."""
    params = {"principal": 1000, "annual_rate": 5, "years": years}
    data = {"calculation": "simple_interest", "params": params}
    assert core(client, "finance", "calculate", data, user="a").status_code == 200


def test_history_holds_five_of_each_module_and_context_the_three_newest(client: httpx.Client) -> None:
    """Six finance calls leave five; three of education join them; nobody else sees any."""
    for years in range(1, 7):
        calculate(client, years)
    only_finance = client.get("/get-history?user_id=a").json()
    for level in ("beginner", "intermediate", "advanced"):
        lesson = {"topic": "Lamps", "level": level, "source_text": TEXT}
        assert core(client, "education", "generate", lesson, user="a").status_code == 200
    both = client.get("/get-history?user_id=a").json()
    context = client.get("/get-context?user_id=a").json()

    years = [row["request"]["data"]["params"]["years"] for row in only_finance]
    assert years == [6, 5, 4, 3, 2]
    assert [row["module"] for row in both] == ["education"] * 3 + ["finance"] * 5
    assert [row["request"]["data"]["level"] for row in context] == ["advanced", "intermediate", "beginner"]
    assert "source_text" not in context[0]["request"]["data"]
    assert client.get("/get-history?user_id=b").json() == []
    assert client.get("/get-context?user_id=b").json() == []
    everybody = client.get("/creator/history?user_id=all")
    assert (everybody.status_code, error_of(everybody)["code"]) == (400, "invalid_argument")
