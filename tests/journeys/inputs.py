"""Counts what a person presses, as the journeys' budgets do: a physical key is one, Ctrl+Enter two; typed text is counted apart."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass
class Hands:
    """One person's keyboard and mouse on a page."""

    page: Page
    keys: int = 0
    characters: int = 0
    clicks: int = 0

    def press(self, combination: str, *, physical: int = 0) -> None:
        """Press a combination; `physical` where its name hides a modifier (`*` is Shift and 8)."""
        self.keys += physical or len(combination.split("+"))
        self.page.keyboard.press(combination)

    def type(self, text: str) -> None:
        self.characters += len(text)
        self.page.keyboard.type(text)

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()
