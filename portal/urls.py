"""Addresses of the vendor's pages. All but the sign-in page stand behind the gate."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    bulk,
    guides,
    keys,
    log,
    reviews,
    scorecard,
    sign_in,
    submissions,
    submit,
    taking,
    today,
    webhooks,
)
from portal.views.gate import for_vendors

app_name = "portal"
_one = "s/<slug:ref>/"
_pages: list[URLPattern] = [
    path("", today.today, name="today"),
    path("settings/", today.settings, name="settings"),
    path("new/", submit.new, name="new"),
    path("new/known/", submit.look, name="new-known"),
    path("new/foreseen/", submit.foresee, name="new-foreseen"),
    path("s/", submissions.submissions, name="submissions"),
    *[
        path(f"s/list.{form}", taking.submissions, {"form": form}, name=f"submissions-{form}")
        for form in ("csv", "xlsx")
    ],
    path(_one, submissions.submission, name="submission"),
    path(f"{_one}receipt/", submit.receipt, name="receipt"),
    path(f"{_one}message/", submissions.write, name="write"),
    path(f"{_one}evidence/", submissions.add, name="add"),
    path(f"{_one}severity/", submissions.raise_severity, name="severity"),
    path(f"{_one}withdraw/", submissions.withdraw, name="withdraw"),
    path(f"{_one}dispute/", submissions.dispute, name="dispute"),
    path(f"{_one}appeal/", submissions.appeal, name="appeal"),
    path(f"{_one}appeal/answer/", submissions.appeal_write, name="appeal-write"),
    path(f"{_one}appeal/withdraw/", submissions.appeal_withdraw, name="appeal-withdraw"),
    path("bulk/", bulk.bulk, name="bulk"),
    *[
        path(f"bulk/template.{kind}", bulk.template, {"kind": kind}, name=f"template-{kind}")
        for kind in ("csv", "xlsx")
    ],
    path("bulk/decisions/", reviews.reviews, name="reviews"),
    path("bulk/decisions/template.csv", reviews.template, name="reviews-template"),
    path("bulk/<uuid:public_id>/", bulk.batch, name="batch"),
    path("bulk/<uuid:public_id>/progress/", bulk.progress, name="batch-progress"),
    path("bulk/<uuid:public_id>/send/", bulk.send, name="batch-send"),
    path("bulk/<uuid:public_id>/undo/", bulk.undo, name="batch-undo"),
    path("bulk/<uuid:public_id>/report.csv", bulk.report, name="batch-report"),
    path("scorecard/", scorecard.scorecard, name="scorecard"),
    path("scorecard/pdf/", scorecard.pdf, name="scorecard-pdf"),
    *[
        path(f"scorecard/<slug:key>.{form}", scorecard.piece, {"form": form}, name=f"scorecard-{form}")
        for form in ("csv", "png")
    ],
    path("scorecard/weeks/<slug:week>/<int:edition>/sign/", scorecard.sign, name="week-sign"),
    path("scorecard/examples/<uuid:key>/", scorecard.acknowledge, name="coaching-acknowledge"),
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("keys/", keys.key_list, name="keys"),
    path("keys/sandbox/", keys.sandbox_key, name="key-sandbox"),
    path("keys/new/", keys.key_new, name="key-new"),
    *[
        path(f"keys/<int:key_id>/{what}/", keys.key_change, {"what": what}, name=f"key-{what}")
        for what in ("rotate", "revoke")
    ],
    path("people/", keys.person_list, name="people"),
    path("people/log/", log.log, name="log"),
    path("people/new/", keys.person_new, name="person-new"),
    *[
        path(f"people/<int:person_id>/{what}/", keys.person_change, {"what": what}, name=f"person-{what}")
        for what in ("deactivate", "reactivate")
    ],
    path("webhooks/", webhooks.endpoint_list, name="webhooks"),
    path("webhooks/new/", webhooks.new, name="webhook-new"),
    path("webhooks/<uuid:public_id>/", webhooks.endpoint, name="webhook"),
    *[
        path(f"webhooks/<uuid:public_id>/{what}/", webhooks.act, {"what": what}, name=f"webhook-{what}")
        for what in ("change", "rotate", "pause", "resume", "remove", "test", "again", "replay")
    ],
]
urlpatterns: list[URLPattern] = [path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"), *for_vendors(_pages)]
