"""Addresses of the inbox, of webhooks, and what belongs to them."""

from __future__ import annotations

from django.urls import URLPattern, path

from notifications.views import webhooks

app_name = "notifications"
_webhook = "webhooks/<slug:slug>/<uuid:public_id>/"
urlpatterns: list[URLPattern] = [
    path("webhooks/<slug:slug>/", webhooks.endpoint_list, name="webhooks"),
    path("webhooks/<slug:slug>/new/", webhooks.new, name="webhook-new"),
    path(_webhook, webhooks.endpoint, name="webhook"),
    path(f"{_webhook}change/", webhooks.change, name="webhook-change"),
    *[
        path(f"{_webhook}{what}/", webhooks.act, {"what": what}, name=f"webhook-{what}")
        for what in ("rotate", "pause", "resume", "remove", "test", "again", "replay")
    ],
]
