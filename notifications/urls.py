"""Addresses of the inbox, of webhooks, and what belongs to them."""

from __future__ import annotations

from django.urls import URLPattern, path

from escalations.views.team import team_only
from notifications.views import admin, inbox, service_notices, settings, ways, webhooks

app_name = "notifications"
_webhook = "webhooks/<slug:slug>/<uuid:public_id>/"
_outward: list[URLPattern] = [
    path("webhooks/<slug:slug>/", webhooks.endpoint_list, name="webhooks"),
    path("webhooks/<slug:slug>/new/", webhooks.new, name="webhook-new"),
    path(_webhook, webhooks.endpoint, name="webhook"),
    path(f"{_webhook}change/", webhooks.change, name="webhook-change"),
    *[
        path(f"{_webhook}{what}/", webhooks.act, {"what": what}, name=f"webhook-{what}")
        for what in ("rotate", "pause", "resume", "remove", "test", "again", "replay")
    ],
]
_team: list[URLPattern] = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/keys/", inbox.keys, name="keys"),
    path("inbox/tabs/", inbox.tabs, name="tabs"),
    path("inbox/badge/", inbox.badge, name="badge"),
    path("inbox/done/", inbox.finish_all, name="finish-all"),
    path("inbox/<uuid:key>/row/", inbox.row, name="row"),
    path("inbox/<uuid:key>/more/", inbox.children, name="children"),
    path("inbox/<uuid:key>/open/", inbox.open_entry, name="open"),
    path("inbox/<uuid:key>/done/", inbox.finish, name="finish"),
    path("inbox/<uuid:key>/done-all/", inbox.finish, name="finish-entry"),
    path("inbox/<uuid:key>/back/", inbox.bring_back, name="bring-back"),
    path("inbox/<uuid:key>/snooze/", inbox.snooze, name="snooze"),
    path("inbox/<uuid:key>/mute/", inbox.mute, name="mute"),
    path("inbox/<uuid:key>/unwatch/", inbox.unwatch, name="unwatch"),
    path("notices/", settings.preferences, name="preferences"),
    path("notices/timing/", settings.timing, name="timing"),
    path("notices/unmute/<int:number>/", settings.unmute, name="unmute"),
    path("push-worker.js", ways.push_worker, name="push-worker"),
    path("notices/devices/", ways.devices, name="devices"),
    path("notices/phone/", ways.phone, name="phone"),
    path("notices/chat/", ways.chat, name="chat"),
    path("notices/chat/<slug:slug>/", ways.chat, name="team-chat"),
    path("admin/deliveries/", admin.deliveries, name="deliveries"),
    path("admin/deliveries/<uuid:key>/<slug:what>/", admin.decide, name="decide"),
    path("admin/vendor-notices/", service_notices.notices, name="service-notices"),
    path("admin/vendor-notices/<uuid:key>/end/", service_notices.end, name="service-notice-end"),
    path("admin/duty/", admin.duty, name="duty"),
    path("admin/kept-texts/", admin.texts, name="texts"),
    path("admin/kept-mail/", admin.mail, name="mail"),
    path("admin/kept-mail/<slug:name>/", admin.mail, name="mail-message"),
]
for _pattern in _team:  # a vendor's people have the portal
    _pattern.callback = team_only(_pattern.callback)
urlpatterns: list[URLPattern] = [*_team, *_outward, path("notices/stop/<str:token>/", settings.stop, name="stop")]
