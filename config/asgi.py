"""The ASGI entry point: `uvicorn config.asgi:application`. Refuses to start on a database that is not safe."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from django.core.asgi import get_asgi_application

from core.body_limit import Application, limit_body
from core.garbage import spare_the_program

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_asgi_application()

from django.conf import settings  # noqa: E402  (named above)

from audit.doorbell import ring_in_background  # noqa: E402  (needs the settings)
from config.checks import refuse_unsafe_database  # noqa: E402  (needs the settings)

with ThreadPoolExecutor(1) as _thread:  # the server imports this inside its event loop, where no query may run
    _thread.submit(refuse_unsafe_database).result()

ring_in_background()
spare_the_program()
application = limit_body(cast("Application", _django), most=settings.UPLOAD_MAX_BYTES)
