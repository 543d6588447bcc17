"""Who the database believes is asking: settings of one transaction that row level security reads.

`bind()` must run inside a transaction, since the settings are local to it (a plain SET would leak to the connection's next
user). Unset, every read of a tenant's table raises: nothing is ever visible by accident. Recipe: permissions.md §7.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db import connections


class ActorKind(StrEnum):
    """`internal` staff see every organization's rows, `vendor` their own, `system` is the engine acting by itself."""

    INTERNAL = "internal"
    VENDOR = "vendor"
    SYSTEM = "system"


def bind(kind: ActorKind, *, organization_id: int, compartments: Iterable[str] = (), using: str = "default") -> None:
    """Set the tenant for the rest of this transaction. Raises `RuntimeError` outside one."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("The tenant is set inside a transaction: open atomic() first.")
    labels = "{" + ",".join(sorted(compartments)) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor_kind', %s, true), set_config('app.org', %s, true),"
            " set_config('app.compartments', %s, true)",
            [str(kind), str(organization_id), labels],
        )
