"""The sign-in library's forms, with what we refuse before it looks (reliability.md B21: an empty password asks no backend)."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 1024  # characters of a password worth a hash; more only costs us time


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail and password. Blanks alone and whole books are no password: neither reaches a backend."""

    def clean_password(self) -> Any:
        """The password as typed, which is never trimmed."""
        given = self.cleaned_data["password"]
        if not given.strip() or len(given) > LONGEST:
            raise forms.ValidationError(_("This is not a password: it is empty or far too long."), code="no_password")
        return given
