"""The web worker of production: `gunicorn --worker-class config.web_worker.WebWorker config.asgi:application`."""

from __future__ import annotations

from uvicorn.workers import UvicornWorker


class WebWorker(UvicornWorker):
    """uvicorn under gunicorn, with an end to open event streams: they would hold a restart up for ever."""

    CONFIG_KWARGS = {"timeout_graceful_shutdown": 10, "lifespan": "off", "ws": "none", "loop": "asyncio"}
