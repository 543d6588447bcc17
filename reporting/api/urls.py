"""Addresses of reporting's API, below /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from reporting.api import reviews

app_name = "reporting-api"
urlpatterns: list[URLPattern] = [path("reviews/", reviews.Reviews.as_view(), name="reviews")]
