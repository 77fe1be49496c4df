"""gunicorn on a site with PostgreSQL:  gunicorn -c deploy/gunicorn.conf.py 'risk_registry:create_app()'

Settings of the registry itself come from the environment (RISK_REGISTRY_…) and from config.toml in the data folder.
Without PostgreSQL use `risk-registry serve` instead: it is one process, which the embedded database likes best.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from risk_registry.web import logs

#: A socket that only nginx reaches; a port of this machine where there is none (container, test).
bind = os.environ.get("GUNICORN_BIND", "unix:/run/risk-registry/gunicorn.sock")
umask = 0o007

worker_class = "gthread"
workers = int(os.environ.get("GUNICORN_WORKERS", min(8, 2 * (os.cpu_count() or 1) + 1)))
#: Each thread may hold one connection to the database: workers × threads of them at most.
threads = 4

#: A request that takes longer has gone astray: long work runs in processes of its own.
timeout = 120
graceful_timeout = 30
keepalive = 5
#: Workers are replaced in turn, so that memory once taken comes back.
max_requests = 20000
max_requests_jitter = 2000

#: Signs of life in memory, not on a disk that may be busy.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

#: Nobody steers this server through a socket: it is stopped and reloaded by its supervisor.
control_socket_disable = True

#: nginx writes the log of requests; this one says what went wrong, a JSON object a line.
accesslog = None
errorlog = "-"


def post_worker_init(_worker: Any) -> None:
    """Log lines of the application, with the number of the request, to the supervisor's journal."""
    logs.configure(sys.stderr)
