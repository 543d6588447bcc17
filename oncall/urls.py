"""Addresses of calendars."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from oncall.views import calendars

app_name = "oncall"
urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/calendars/", calendars.calendar_list, name="calendars"),
    path("admin/calendars/new/", calendars.new, name="calendar-new"),
    path("admin/calendars/holidays/", calendars.load_holidays, name="holidays-load"),
    path("admin/calendars/<slug:key>/", calendars.calendar, name="calendar"),
    path("admin/calendars/<slug:key>/edit/", calendars.edit, name="calendar-edit"),
]
