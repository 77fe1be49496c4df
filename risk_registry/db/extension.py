"""The Flask-SQLAlchemy extension over our own declarative base. Only the session and the engine of it are used."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy

from risk_registry.db.base import Base

#: Models subclass ``Base`` and not ``db.Model``: they stay plain, typed and free of Flask.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
