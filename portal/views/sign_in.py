"""The portal's own sign-in page: the same accounts and limits as the console's, other words and another way on."""

from __future__ import annotations

from allauth.account.views import LoginView


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """E-mail and password; then where the person was going, else the start, which knows everybody's own."""

    template_name = "portal/sign_in.html"
    success_url = "/"
