"""`make faults`: every fault at full length, and a table of the figures beside what is allowed.

`python -m tests.faults F5 F11` runs some; `--short` shortens all of them; `--soak MINUTES` sets the length of F45.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
import traceback
from collections.abc import Callable

from config import embedded
from core.faults import POINTS
from tests.databases import BASE
from tests.faults import cases, hand_offs, hosts, logs, mutants, receivers
from tests.faults.cases import Seen
from tests.faults.place import Place

Fault = Callable[[Place], dict[str, list[Seen]]]


def one(fault: Callable[..., list[Seen]], short: dict[str, float], **full: float) -> tuple[Fault, Fault]:
    return (lambda place: {"": fault(place, **full)}, lambda place: {"": fault(place, **short)})


def f46(place: Place) -> dict[str, list[Seen]]:
    """Take out each safety by itself, in a copy of the checkout: a test must turn red."""
    checkout = mutants.copy_of_the_checkout(place.folder)
    found = {}
    for mutant in mutants.MUTANTS:
        test = mutants.noticed_by(mutant, checkout)
        found[mutant.name] = [Seen("survived", int(not test), 0)]
        print(f"       {mutant.name}: {'noticed by ' + test if test else 'SURVIVED'}", flush=True)
    return found


def f23(place: Place) -> dict[str, list[Seen]]:
    """The arithmetic of clocks against a walk over every minute: tests of their own, run here so that the table is whole."""
    failed = mutants.run_tests("tests/oncall/test_business_time_by_minutes.py", BASE, place.folder / "f23-data")
    return {"": [Seen(f"disagreements with the walk {failed}".strip(), int(bool(failed)), 0)]}


def faults(soak_minutes: float) -> dict[str, tuple[Fault, Fault]]:
    """By name: at full length and short."""
    few = ["timers_locked", "outbox_deleted", "before_send"]
    return {
        "F1": one(cases.f1, {"timers": 200, "over_s": 8, "flushes": 6}),
        "F2": one(cases.f2, {"timers": 100, "down_s": 15}),
        "F3": one(cases.f3, {"hung_s": 10, "timers": 60}),
        "F5": one(cases.f5, {"seconds": 20, "timers": 300}),
        "F6": (lambda place: cases.f6(place), lambda place: cases.f6(place, few, times=2)),
        "F8": one(cases.f8, {"timers": 200}),
        "F9": one(cases.f9, {"monitor_s": 20}),
        "F10": one(cases.f10, {"timers": 100, "rounds": 3, "workers": 2}),
        "F11": one(cases.f11, {"timers": 100, "over_s": 10, "crashes": 1}),
        "F12": one(cases.f12, {"down_s": 10, "timers": 60}),
        "F13": one(cases.f13, {"timers": 60, "over_s": 10}),
        "F14": one(cases.f14, {"timers": 60, "over_s": 12}),
        "F16": one(cases.f16, {"rounds": 6}),
        "F18": one(hosts.f18, {"timers": 60, "over_s": 10}),
        "F19": one(hosts.f19, {"timers": 40, "full_s": 10}),
        "F20": one(hosts.f20, {"timers": 40, "over_s": 8}),
        "F21": one(hosts.f21, {"timers": 60, "over_s": 10}),
        "F23": (f23, f23),
        "F24": one(receivers.f24, {}),
        "F24 platform": one(hand_offs.f24_platform, {}),
        "Hand-offs": (
            lambda place: {step: hand_offs.dying(place, step, waits=True) for step in hand_offs.STEPS},
            lambda place: {step: hand_offs.dying(place, step) for step in hand_offs.STEPS},
        ),
        "F29": one(receivers.f29, {"timers": 60, "over_s": 10}),
        "F31": one(receivers.f31, {"cases": 500, "pages": 60, "over_s": 15}),
        "F32": one(cases.f32, {"rounds": 1, "timers": 60}),
        "F33": one(cases.f33, {"timers": 60}),
        "F34": one(cases.f34, {"held_s": 10}),
        "F39": one(logs.f39, {}),
        "F41": one(logs.f41, {}),
        "F42": one(cases.f42, {"kills": 2}),
        "F46": (f46, f46),
        "F45": one(cases.f45, {"minutes": 0.5}, minutes=soak_minutes),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="some faults, such as F5 F11; all of them unless given")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--soak", type=float, default=30.0, metavar="MINUTES", help="how long F45 lasts")
    chosen = parser.parse_args()
    known = faults(chosen.soak)
    unknown = set(chosen.names) - set(known)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
    folder = embedded.data_folder() / "faults-full"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = Place(folder)
        try:
            return _run(place, {name: known[name][chosen.short] for name in chosen.names or known})
        finally:
            place.stop()


def _run(place: Place, wanted: dict[str, Fault]) -> int:
    print(f"{len(POINTS)} kill points are named. Columns: seen, most allowed.\n", flush=True)
    failed = []
    for name, fault in wanted.items():
        began = time.monotonic()
        try:
            found = fault(place)
        except Exception:  # one fault that cannot be made must not hide the others
            traceback.print_exc()
            found = {"": [Seen("could not be made", 1, 0)]}
        took = time.monotonic() - began
        for part, seen in found.items():
            label = f"{name} {part}".strip()
            good = all(entry.ok for entry in seen)
            failed += [] if good else [label]
            figures = "; ".join(f"{e.what} {e.value:.4g} ≤ {e.most:.4g}{'' if e.ok else ' ✗'}" for e in seen)
            print(f"{'ok    ' if good else 'MISSED'} {label:<24} {figures}", flush=True)
        print(f"       ({name}: {took:.0f} s)", flush=True)
    print(f"\n{len(wanted)} faults; missed: {', '.join(failed) or 'none'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
