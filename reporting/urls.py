"""Reporting's addresses, whole as they stand (this is included at the root)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from reporting.views import briefs

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("briefs/", briefs.home, name="briefs"),
    path("briefs/all/", briefs.brief_list, name="brief-list"),
    path("briefs/new/", briefs.new, name="brief-new"),
    path("briefs/subscriptions/", briefs.subscriptions, name="brief-subscriptions"),
    path("briefs/BRF-<int:brief_id>/", briefs.brief, name="brief"),
    path("briefs/BRF-<int:brief_id>/edit/", briefs.edit, name="brief-edit"),
    path("briefs/BRF-<int:brief_id>/v<int:number>/", briefs.brief, name="brief-version"),
    path("briefs/BRF-<int:brief_id>/v<int:number>/pdf/", briefs.pdf, name="brief-pdf"),
    path("briefs/BRF-<int:brief_id>/<slug:does>/", briefs.act, name="brief-act"),
]
