"""Addresses of the API of webhooks, below /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from notifications.api import views

app_name = "notifications-api"
urlpatterns: list[URLPattern] = [
    path("webhooks/", views.Endpoints.as_view(), name="webhooks"),
    path("webhooks/<uuid:endpoint_id>/", views.Endpoint.as_view(), name="webhook"),
    path("webhooks/<uuid:endpoint_id>/edit/", views.Edit.as_view(), name="webhook-edit"),
    path("webhooks/<uuid:endpoint_id>/rotate/", views.Rotate.as_view(), name="webhook-rotate"),
    path("webhooks/<uuid:endpoint_id>/pause/", views.Pause.as_view(), name="webhook-pause"),
    path("webhooks/<uuid:endpoint_id>/resume/", views.Resume.as_view(), name="webhook-resume"),
    path("webhooks/<uuid:endpoint_id>/remove/", views.Remove.as_view(), name="webhook-remove"),
    path("webhooks/<uuid:endpoint_id>/test/", views.Test.as_view(), name="webhook-test"),
    path("webhooks/<uuid:endpoint_id>/replay/", views.Replay.as_view(), name="webhook-replay"),
    path("webhooks/<uuid:endpoint_id>/deliveries/", views.Deliveries.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/again/",
        views.SendAgain.as_view(),
        name="webhook-again",
    ),
]
