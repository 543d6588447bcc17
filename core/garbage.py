"""How a process that answers requests collects garbage."""

from __future__ import annotations

import gc


def spare_the_program() -> None:
    """Leave what is loaded now out of every collection to come, and collect seldom. Once, when a process is ready to answer."""
    gc.collect()
    gc.freeze()  # the program itself is never garbage: no collection need look at it again
    gc.set_threshold(
        20_000, 20, 20
    )  # a batch of 500 makes a hundred thousand objects, nearly all gone by counting alone
