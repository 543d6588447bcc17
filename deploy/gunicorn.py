"""gunicorn's settings for the web processes of production."""

import os

bind = "0.0.0.0:8000"
worker_class = "config.web_worker.WebWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
timeout = 60  # seconds without a sign of life from a worker's loop; requests end sooner, at the database's timeouts
graceful_timeout = 15  # above the worker's own ten seconds for open streams
# The proxy in front is the only way in, so its X-Forwarded-* headers may be believed.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "*")
control_socket_disable = True
