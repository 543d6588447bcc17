"""Root addresses. Each app brings its own."""

from __future__ import annotations

from allauth.mfa.totp.views import activate_totp
from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path, re_path

from core import views
from core.api.views import unknown_address

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("health/engine", views.engine_health, name="engine-health"),
    # The code to scan is a picture in the page itself, on this one page.
    path("accounts/2fa/totp/activate/", csp_update({"img-src": ["data:"]})(activate_totp)),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("escalations.api.urls")),
    path("api/v1/", include("notifications.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    re_path(r"^api/(?P<rest>(?s:.*))$", unknown_address, name="api-unknown"),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("oncall.urls")),
    path("policies/", include("policies.urls")),
    path("", include("escalations.urls")),
    path("", include("notifications.urls")),
    path("portal/", include("portal.urls")),
    path("", include("reporting.urls")),
]

handler500 = "core.views.server_error"
