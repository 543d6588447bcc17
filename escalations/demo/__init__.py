"""The demo: a fictional team with 90 days behind it, built through the operations, and a simulator that goes on.

Every person, brand, place and picture is invented; no graphic image exists. `seed_demo` and `demo_tick` are the commands.
"""
