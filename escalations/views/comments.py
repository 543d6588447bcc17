"""The two composers of a case, and the drafts kept while somebody types."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from accounts.models import User
from accounts.roles import Action
from core import markup, toasts
from core.errors import Invalid
from core.htmx import announce, done, render_part, wants_part
from core.types import AtRequest
from escalations import permissions
from escalations.models import Case, Draft, ReplyTemplateVersion
from escalations.operations import comments, drafts, replies
from escalations.operations.comments import Written
from escalations.selectors.case import CasePage, find_case
from escalations.selectors.replies import offered_to
from escalations.views.case import PAGE, page_context


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Write an internal note; a GET shows the page with its composer."""
    return _compose(request, ref, "note")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, ref: str) -> HttpResponse:
    """Write to the submitter; a GET shows the page with its composer."""
    return _compose(request, ref, "reply")


def _compose(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case = find_case(viewer, ref)
    problem = ""
    if request.method == "POST":
        body, token = request.POST.get("body", ""), request.POST.get("form_token", "")
        try:
            if kind == "note":
                written = comments.add_note(case_id=case.pk, body=body, by=viewer, at=at, form_token=token)
            else:
                language = request.POST.get("language", "")[:12]
                written = comments.add_reply(
                    case_id=case.pk,
                    body=body,
                    by=viewer,
                    at=at,
                    language=language,
                    form_token=token,
                    template=_template(request.POST.get("template", "")),
                )
        except Invalid as error:
            problem = error.detail
        else:
            return _written(request, case, kind, written)
    context = page_context(request, case, at=at)
    context |= {"composing": kind, "problem": problem, "typed": request.POST.get("body", "")}
    if request.method == "POST":
        context["used"] = _template(request.POST.get("template", ""))
    elif kind == "reply" and (used := _template(request.GET.get("template", ""))) is not None:
        context |= {"used": used, "typed": _begun(context["about"], used, case, viewer)}
    elif request.method == "GET":
        context["composing"] = ""  # the page's own: with the draft, if there is one
    template = f"escalations/case/_composer{kind}.html" if wants_part(request) else PAGE
    response = render(request, template, context, status=422 if problem else 200)
    return trigger_client_event(response, "dialog:close", {}) if context.get("used") and not problem else response


def _template(version_id: str) -> ReplyTemplateVersion | None:
    """The wording a form names, also one that was replaced since; None where it names none."""
    if not version_id.isdecimal() or len(version_id) > 18:
        return None
    return ReplyTemplateVersion.objects.select_related("template").filter(pk=int(version_id)).first()


def _begun(about: CasePage, used: ReplyTemplateVersion, case: Case, viewer: User) -> str:
    """The wording filled in; below what the writer had typed by hand, in place of another template."""
    draft = about.drafts.get("reply", {}).get("data", {})
    body = replies.filled(used, case, by=viewer)
    typed = str(draft.get("body", ""))
    return body if not typed.strip() or draft.get("template") else f"{typed}\n\n{body}"


@login_required
@never_cache
@require_GET
def templates(request: HttpRequest, ref: str) -> HttpResponse:
    """The wordings one may begin a reply with, those in the case's language first."""
    viewer = cast("User", request.user)
    case = find_case(viewer, ref)
    permissions.check_can_act(viewer, Action.MESSAGE_SUBMITTER, case)
    offered = offered_to(case)
    context = {"case": case, "offered": offered, "title": _("Begin with a template")}
    return render_part(request, "escalations/case/templates.html", "escalations/case/_templates.html", context)


@login_required
@never_cache
@require_POST
def preview(request: HttpRequest, ref: str) -> HttpResponse:
    """What the submitter would read, and what is still to be filled in. Nothing is sent or kept."""
    viewer = cast("User", request.user)
    case = find_case(viewer, ref)
    permissions.check_can_act(viewer, Action.MESSAGE_SUBMITTER, case)
    body, used = request.POST.get("body", ""), _template(request.POST.get("template", ""))
    try:
        comments.checked_body(body)
        problem = ""
    except Invalid as error:
        problem = error.detail
    context = {
        "case": case,
        "shown": "" if problem else markup.render(body),
        "problem": problem,
        "missing": replies.missing_in(body, is_from_template=used is not None),
        "language": request.POST.get("language", "")[:12],
        "used": used,
        "title": _("Preview"),
    }
    return render_part(request, "escalations/case/preview.html", "escalations/case/_preview.html", context)


def _written(request: HttpRequest, case: Case, kind: str, written: Written) -> HttpResponse:
    """The timeline with the new line, an empty composer, a toast with the undo."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    said = _("Note added") if kind == "note" else _("Reply goes out when the time is over")
    strangers = ", ".join(user.display_name for user in written.without_access)
    detail = (
        _("%(people)s cannot open this case: a mention gives no access.") % {"people": strangers} if strangers else ""
    )
    if not wants_part(request):
        offer_undo(request, written, said, detail)
        return done(request, "escalations:case", case.ref)
    fresh = find_case(viewer, case.ref)
    context = page_context(request, fresh, at=at) | {
        "text": said,
        "detail": detail,
        "level": "warning" if detail else "success",
        "undo_url": undo_url(written),
        "until": written.undo.expires_at if written.undo else None,
        "sent": kind,
        "composing": "",
        "oob": True,
    }
    return announce(render(request, "escalations/case/_written.html", context), f"{said}. {detail}")


def undo_url(written: Written) -> str:
    """Where the undo of this comment is posted; "" where there is none."""
    if written.undo is None:
        return ""
    try:
        return reverse("escalations:undo", args=[written.undo.token])
    except NoReverseMatch:
        return ""


def offer_undo(request: HttpRequest, written: Written, said: str, detail: str = "") -> None:
    """A toast with the undo on the viewer's next page."""
    until = written.undo.expires_at if written.undo else None
    level = "warning" if detail else "success"
    toasts.show_next(request, said, detail=detail, level=level, undo_url=undo_url(written), until=until)


@login_required
@never_cache
@require_POST
def draft(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """Keep what is typed in a composer; the answer is empty."""
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    case = get_object_or_404(Case.objects.visible_to(viewer), ref=ref)
    body = request.POST.get("body", "").strip("\x00")
    data = {"body": body.replace("\r\n", "\n")} if body.strip() else {}
    for name in ("language", "template"):
        if data and (value := request.POST.get(name, "")):
            data |= {name: value[:12]}
    drafts.save_draft(case=case, kind=Draft.Kind(kind), data=data, by=viewer, at=at)
    return HttpResponse(status=204)
