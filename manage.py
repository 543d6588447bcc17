#!/usr/bin/env python
"""Django's command line. Chooses the database role a command works as (docs/running.md, "Database roles")."""

import gc
import os
import sys

# `migrate` needs the owner of the tables; everything that acts for the system needs the engine's policies.
ROLE_OF_COMMAND = {
    "migrate": "wf_owner",
    "engine": "wf_engine",
    "ensure_defaults": "wf_engine",
    "load_policies": "wf_engine",
    "create_admin": "wf_engine",
    "seed_demo": "wf_engine",
    "demo_tick": "wf_engine",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("WATCHFLOOR_DB_ROLE", ROLE_OF_COMMAND.get(command, "wf_web"))
    if command == "migrate":
        gc.disable()  # it makes millions of objects that all live to its end; looking for garbage costs a quarter of its time
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
