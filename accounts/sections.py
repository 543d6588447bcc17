"""Sections of /settings/ that later apps bring in `ready()`: this app knows no harm and no evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import User


class SectionForm(forms.Form):
    """A form over a person's own settings: it reads them for `initial`, and answers what `save_settings` is to keep."""

    @classmethod
    def of(cls, user: User) -> dict[str, Any]:
        """What the form shows before anything is typed."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """Fields of `operations.people.SETTINGS` by name."""
        raise NotImplementedError


@dataclass(frozen=True)
class Section:
    """One entry of the settings' menu; `template` draws the fields of `form`."""

    name: str
    title: Any
    form: type[SectionForm]
    template: str


SECTIONS: dict[str, Section] = {}


def register(*found: Section) -> None:
    """Add sections, in order; the same again changes nothing."""
    for section in found:
        SECTIONS[section.name] = section
