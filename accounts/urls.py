"""Settings, people, the log."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from accounts import demo
from accounts.views import admin, log, organizations, people, settings, stuck, teams

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/", settings.section, name="settings"),
    path("settings/sessions/end/", settings.end_sessions, name="settings-sessions-end"),
    path("settings/languages/", settings.languages, name="settings-languages"),
    path("settings/<slug:name>/", settings.section, name="settings-section"),
    path("demo/switch/", demo.switch, name="demo-switch"),
    path("admin/", admin.index, name="admin"),
    path("admin/people/", people.people_list, name="people"),
    path("admin/people/new/", people.person_new, name="person-new"),
    path("admin/people/<int:person_id>/", people.person, name="person"),
    path("admin/people/<int:person_id>/<slug:what>/", people.person_change, name="person-change"),
    path("admin/teams/", teams.team_list, name="teams"),
    path("admin/teams/new/", teams.new, name="team-new"),
    path("admin/teams/<slug:slug>/", teams.team, name="team"),
    path("admin/skills/", teams.skill_list, name="skills"),
    path("admin/vendors/", organizations.organization_list, name="organizations"),
    path("admin/vendors/new/", organizations.new, name="organization-new"),
    path("admin/vendors/<slug:slug>/", organizations.organization, name="organization"),
    path("admin/vendors/<slug:slug>/change/", organizations.change, name="organization-change"),
    path("admin/vendors/<slug:slug>/keys/new/", organizations.key_new, name="key-new"),
    *[
        path(
            f"admin/vendors/<slug:slug>/keys/<int:key_id>/{what}/",
            organizations.key_change,
            {"what": what},
            name=f"key-{what}",
        )
        for what in ("rotate", "revoke")
    ],
    path("developers/keys/", organizations.own, name="own-keys"),
    path("admin/stuck/", stuck.stuck_list, name="stuck"),
    path("admin/stuck/<slug:source>/<int:row_id>/", stuck.decide, name="stuck-decide"),
    path("admin/log/", log.log, name="log"),
    path("admin/access/", log.access, name="access-log"),
]
