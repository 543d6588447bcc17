"""The ASGI entry point: `uvicorn config.asgi:application`. Refuses to start on a database that is not safe."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from config.checks import refuse_unsafe_database  # noqa: E402  (needs the settings)

with ThreadPoolExecutor(1) as _thread:  # the server imports this inside its event loop, where no query may run
    _thread.submit(refuse_unsafe_database).result()
