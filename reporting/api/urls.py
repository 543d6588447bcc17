"""Addresses of reporting's API, below /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from reporting.api import measures, reviews

app_name = "reporting-api"
urlpatterns: list[URLPattern] = [
    path("measures/", measures.Measures.as_view(), name="measures"),
    path("measures/<slug:key>/", measures.MeasureFigures.as_view(), name="measure"),
    path("reviews/", reviews.Reviews.as_view(), name="reviews"),
]
