"""Addresses of calendars."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from oncall.views import calendars, holidays

app_name = "oncall"
urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/calendars/", calendars.calendar_list, name="calendars"),
    path("admin/calendars/new/", calendars.new, name="calendar-new"),
    path("admin/calendars/holidays/", calendars.load_holidays, name="holidays-load"),
    path("admin/calendars/<slug:key>/", calendars.calendar, name="calendar"),
    path("admin/calendars/<slug:key>/edit/", calendars.edit, name="calendar-edit"),
    path("admin/calendars/<slug:key>/day/", calendars.change_day, name="calendar-day"),
    path("admin/calendars/<slug:key>/share/", calendars.share, name="calendar-share"),
    path("admin/holidays/new/", holidays.new_feed, name="feed-new"),
    path("admin/holidays/<slug:key>/", holidays.holiday_set, name="holiday-set"),
    path("admin/holidays/<slug:key>/feed/", holidays.feed, name="feed-edit"),
    path("admin/holidays/<slug:key>/upload/", holidays.upload, name="feed-upload"),
    path("admin/holidays/<slug:key>/ask/", holidays.ask, name="feed-ask"),
    path("admin/holidays/<slug:key>/review/<int:reading_id>/", holidays.review, name="holiday-review"),
    path("calendars/<slug:key>/<str:token>.ics", calendars.shared_feed, name="calendar-feed"),
]
