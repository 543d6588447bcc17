"""How a person wants graphic pictures to meet them (ux.md SET-1, EVI-1, EVI-2). Pure: what is kept, and what it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_BLUR_PX = 48
FLOOR_TIER = 2  # from here on, and for the unknown, nobody may ask to have the picture itself at once (EVI-2)


class Start(models.TextChoices):
    """On which step of the shield's ladder a picture stands when its page opens."""

    TILE = "tile", _("Not loaded")
    BLURRED = "blurred", _("Blurred, without colour")
    SHOWN = "shown", _("Shown")


# What may be chosen by tier, as key of the settings: G0 to G3, and pictures nobody has rated yet.
CHOICES: Mapping[str, tuple[Start, ...]] = {
    "g0": (Start.TILE, Start.BLURRED, Start.SHOWN),
    "g1": (Start.TILE, Start.BLURRED, Start.SHOWN),
    "g2": (Start.TILE, Start.BLURRED),
    "g3": (Start.TILE, Start.BLURRED),
    "unknown": (Start.TILE, Start.BLURRED),
}


@dataclass(frozen=True)
class Shield:
    """A person's choices. With none made: nothing is loaded, and what is revealed is shown as it is."""

    starts: Mapping[str, Start]
    greyscale: bool = False
    blur_px: int = 0

    def start_of(self, tier: int, *, is_known: bool) -> Start:
        """The first step for a picture of this graphic tier (0 to 3)."""
        return self.starts.get(f"g{tier}" if is_known else "unknown", Start.TILE)

    def filters(self, tier: int, *, is_known: bool) -> str:
        """What a revealed picture is first shown through: `grey`, `blur-8`, both or nothing; harmless ones through nothing."""
        if is_known and tier == 0:
            return ""
        named = ["grey"] if self.greyscale else []
        return " ".join([*named, f"blur-{self.blur_px}"] if self.blur_px else named)


def shield_of(kept: Mapping[str, Any]) -> Shield:
    """The choices kept in `User.shield_settings`; whatever is not allowed there counts as not chosen."""
    starts = {}
    for name, allowed in CHOICES.items():
        given = kept.get(f"start_{name}")
        starts[name] = Start(given) if given in allowed else Start.TILE
    blur = kept.get("blur_px")
    return Shield(
        starts=starts,
        greyscale=kept.get("greyscale") is True,
        blur_px=blur if type(blur) is int and 0 < blur <= MOST_BLUR_PX else 0,
    )
