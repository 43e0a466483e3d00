"""Health checks, for whatever starts, watches and restarts this process."""

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from domain import health

PATIENCE = 5.0  # seconds

router = APIRouter(include_in_schema=False)
# Threads of their own: probes of a database that hangs must not use up those of the API.
_threads = CapacityLimiter(2)


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def alive() -> Response:
    """Answer while the process is alive; asks nobody else."""
    return JSONResponse({"status": "alive"})


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def ready() -> Response:
    """Answer 200 when every part is ready, 503 with the parts that are not."""
    parts = {"database": "no answer in time"}
    with anyio.move_on_after(PATIENCE):
        parts = await to_thread.run_sync(health.check, abandon_on_cancel=True, limiter=_threads)
    is_ready = set(parts.values()) == {health.READY}
    status = "ready" if is_ready else "not ready"
    return JSONResponse({"status": status, "parts": parts}, 200 if is_ready else 503)
