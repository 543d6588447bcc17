"""gunicorn's settings for the web processes of production."""

import os

bind = "0.0.0.0:8000"
worker_class = "config.web_worker.WebWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
timeout = 60  # seconds without a sign of life from a worker's loop; requests end sooner, at the database's timeouts
graceful_timeout = 15  # above the worker's own ten seconds for open streams
# Whose X-Forwarded-* headers are believed: the proxy in front, by its address (keys may be bound to networks).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
control_socket_disable = True
