"""Addresses of the API below /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from escalations.api import appeals, cases, disputes, enforcement, feed, submissions, uploads

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("submissions/", submissions.Submissions.as_view(), name="submissions"),
    path("submissions/batch/", submissions.Batch.as_view(), name="batch"),
    path("submissions/<str:ref>/", submissions.SubmissionDetail.as_view(), name="submission"),
    path("submissions/<str:ref>/messages/", submissions.Messages.as_view(), name="messages"),
    path("submissions/<str:ref>/severity/", submissions.RaiseSeverity.as_view(), name="submission-severity"),
    path("submissions/<str:ref>/withdraw/", submissions.Withdraw.as_view(), name="withdraw"),
    path("submissions/<str:ref>/appeal/", appeals.CaseAppeal.as_view(), name="appeal"),
    path("submissions/<str:ref>/appeal/messages/", appeals.AppealMessages.as_view(), name="appeal-messages"),
    path("submissions/<str:ref>/appeal/withdraw/", appeals.WithdrawAppeal.as_view(), name="appeal-withdraw"),
    path("submissions/<str:ref>/dispute/", disputes.CaseDispute.as_view(), name="dispute"),
    path("enforcement/", enforcement.Enforcement.as_view(), name="enforcement"),
    path("enforcement/<uuid:id>/", enforcement.EnforcementDetail.as_view(), name="enforcement-one"),
    path("enforcement/<uuid:id>/ack/", enforcement.Acknowledge.as_view(), name="enforcement-ack"),
    path("uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("events/", feed.Feed.as_view(), name="events"),
    path("cases/", cases.Cases.as_view(), name="cases"),
    path("cases/<str:ref>/", cases.CaseDetail.as_view(), name="case"),
    path("cases/<str:ref>/sla/", cases.CaseClocks.as_view(), name="case-sla"),
    path("cases/<str:ref>/assign/", cases.Assign.as_view(), name="case-assign"),
    path("cases/<str:ref>/severity/", cases.ChangeSeverity.as_view(), name="case-severity"),
    path("cases/<str:ref>/tags/", cases.Tags.as_view(), name="case-tags"),
    path("cases/<str:ref>/move/", cases.Move.as_view(), name="case-move"),
    path("cases/<str:ref>/wait/", cases.Wait.as_view(), name="case-wait"),
    path("cases/<str:ref>/resume/", cases.Resume.as_view(), name="case-resume"),
    path("cases/<str:ref>/answered/", cases.Answered.as_view(), name="case-answered"),
    path("cases/<str:ref>/edit/", cases.Edit.as_view(), name="case-edit"),
]
