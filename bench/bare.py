"""The limit of ``POST /core``: the least a FastAPI application with the same models does."""

from fastapi import FastAPI

from core_integrator.contracts.envelope import CoreAnswer, CoreRequest

app = FastAPI()


@app.post("/core")
async def core(request: CoreRequest) -> CoreAnswer:
    """Count words and keep nothing."""
    count = len(request.data["text"].split())
    return CoreAnswer(status="success", message=f"{count} words", result={"word_count": count})


@app.get("/system/live")
async def live() -> dict[str, str]:
    """Say that it runs."""
    return {"status": "live"}
