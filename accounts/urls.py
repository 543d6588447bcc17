"""Settings, people, the log."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from accounts import demo
from accounts.views import admin, log, people, settings

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/", settings.section, name="settings"),
    path("settings/sessions/end/", settings.end_sessions, name="settings-sessions-end"),
    path("settings/<slug:name>/", settings.section, name="settings-section"),
    path("demo/switch/", demo.switch, name="demo-switch"),
    path("admin/", admin.index, name="admin"),
    path("admin/people/", people.people_list, name="people"),
    path("admin/people/new/", people.person_new, name="person-new"),
    path("admin/people/<int:person_id>/", people.person, name="person"),
    path("admin/people/<int:person_id>/<slug:what>/", people.person_change, name="person-change"),
    path("admin/log/", log.log, name="log"),
    path("admin/access/", log.access, name="access-log"),
]
