"""``/docs``: every request to try out, without a request to anybody but the hub."""

from importlib.resources import files
from typing import Literal

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

# Swagger UI writes styles into its elements; scripts come from files alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)
_KINDS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Core Integrator: the HTTP interface</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true});\n'

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def page() -> HTMLResponse:
    """Return the page."""
    return HTMLResponse(_PAGE)


@router.get("/docs/start.js")
async def start() -> Response:
    """Return what starts the page: no script stands in the page itself."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
def part(name: Literal["swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"]) -> Response:
    """Return a file of Swagger UI."""
    content = files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(content, media_type=_KINDS[name], headers={"Cache-Control": "max-age=86400"})
