"""Who an operation acts for."""

from __future__ import annotations

from accounts.models import ServiceKey, User

Actor = User | ServiceKey | None
"""A person, a service key, or None for the system (the engine, an importer)."""
