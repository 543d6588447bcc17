"""Reporting's addresses, whole as they stand (this is included at the root)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from reporting.views import annotations as notes
from reporting.views import (
    briefs,
    case_files,
    charts,
    coaching,
    dictionary,
    explore,
    exports,
    reports,
    schedules,
    sql,
    vendor_files,
    vendor_reviews,
    vendors,
    weeks,
)

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("briefs/", briefs.home, name="briefs"),
    path("briefs/all/", briefs.brief_list, name="brief-list"),
    path("briefs/new/", briefs.new, name="brief-new"),
    path("briefs/subscriptions/", briefs.subscriptions, name="brief-subscriptions"),
    path("briefs/BRF-<int:brief_id>/", briefs.brief, name="brief"),
    path("briefs/BRF-<int:brief_id>/edit/", briefs.edit, name="brief-edit"),
    path("briefs/BRF-<int:brief_id>/v<int:number>/", briefs.brief, name="brief-version"),
    path("briefs/BRF-<int:brief_id>/v<int:number>/pdf/", briefs.pdf, name="brief-pdf"),
    path("briefs/BRF-<int:brief_id>/<slug:does>/", briefs.act, name="brief-act"),
    # -- Reports by e-mail and as files
    path("reports/schedules/", schedules.schedule_list, name="schedules"),
    path("reports/schedules/new/", schedules.new, name="schedule-new"),
    path("reports/schedules/<uuid:public_id>/", schedules.schedule, name="schedule"),
    path("reports/schedules/<uuid:public_id>/edit/", schedules.edit, name="schedule-edit"),
    path("reports/schedules/<uuid:public_id>/<slug:does>/", schedules.act, name="schedule-act"),
    path("reports/<slug:key>/file.<slug:form>", schedules.report_file, name="report-file"),
    # -- Exports
    path("exports/case-file/", case_files.case_file, name="case-file"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/new/", exports.export_new, name="export-new"),
    path("exports/<uuid:key>/cancel/", exports.export_cancel, name="export-cancel"),
    path("exports/<uuid:key>/answer/", exports.export_answer, name="export-answer"),
    path("exports/<uuid:key>/file/", exports.export_file, name="export-file"),
    # -- Explorer and SQL
    path("reports/explore/", explore.explorer, name="explore"),
    path("reports/explore/save/", explore.save, name="explore-save"),
    path("reports/explore/dictionary/", dictionary.dictionary_page, name="dictionary"),
    path("reports/explore/sql/", sql.sql_tab, name="sql"),
    path("reports/explore/sql/export/", sql.sql_export, name="sql-export"),
    path("reports/saved/<uuid:key>/", sql.open_saved, name="saved-report"),
    path("reports/saved/<uuid:key>/remove/", sql.remove_saved, name="saved-report-remove"),
    # -- Report pages; last, since a page's key may be any word
    path("help/metrics/", reports.metrics, name="metrics"),
    path("reports/", reports.index, name="reports"),
    path("reports/notes/", notes.annotation_list, name="annotations"),
    path("reports/notes/new/", notes.new, name="annotation-new"),
    path("reports/notes/<uuid:key>/", notes.annotation, name="annotation"),
    path("reports/notes/<uuid:key>/remove/", notes.remove, name="annotation-remove"),
    path("reports/<slug:key>/", reports.page, name="page"),
    path("reports/<slug:key>/<slug:panel_key>/", reports.panel, name="panel"),
    path("reports/<slug:key>/<slug:panel_key>/<int:number>.png", charts.png, name="chart-png"),
    path("reports/<slug:key>/<slug:panel_key>/<int:number>/brief/", charts.to_brief, name="chart-brief"),
    path("reports/<slug:key>/<slug:panel_key>.csv", reports.panel_csv, name="panel-csv"),
    # -- Vendors
    path("vendors/", vendors.vendor_list, name="vendors"),
    path("vendors/reviews.csv", vendor_reviews.template, name="vendor-reviewing-template"),
    path("vendors/<slug:slug>/", vendors.vendor, name="vendor"),
    path("vendors/<slug:slug>/reviewing/", vendor_reviews.page, name="vendor-reviewing"),
    path("vendors/<slug:slug>/pdf/", vendor_files.scorecard_pdf, name="vendor-pdf"),
    *[
        path(f"vendors/<slug:slug>/<slug:key>.{form}", vendor_files.piece, {"form": form}, name=f"vendor-{form}")
        for form in ("csv", "png")
    ],
    path("vendors/<slug:slug>/coaching/", coaching.coaching, name="vendor-coaching"),
    path("vendors/<slug:slug>/targets/", vendors.targets, name="vendor-targets"),
    path("vendors/<slug:slug>/reviews/", weeks.reviews, name="vendor-reviews"),
    path("vendors/<slug:slug>/reviews/<str:week>/", weeks.review, name="vendor-review"),
    path("vendors/<slug:slug>/reviews/<str:week>/<slug:does>/", weeks.act, name="vendor-review-act"),
]
