"""The server's log: one JSON object a line, with the request number. What a visitor sends cannot forge a line."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from flask import g, has_request_context, request


class JsonLines(logging.Formatter):
    """Formats a record; control characters are escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["request"] = g.get("request_id", "")
            entry["method"] = request.method
            entry["path"] = request.path
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True)


def configure(stream: TextIO, level: int = logging.INFO) -> None:
    """Send every record to ``stream`` as JSON lines; replaces what was configured before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It says of every look at the schema that it looked.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
