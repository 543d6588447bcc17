"""Writing the library: drafts, their review and publication, translations, acknowledgements, the comparison of two versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core.errors import Invalid, StaleRevision
from policies import permissions
from policies.changes import changes_between
from policies.forms_writing import NewClauseForm, PublishForm, TranslationForm, WordingForm, show
from policies.lifecycle import UNPUBLISHED, VersionState
from policies.models import Policy, PolicyTranslation, PolicyVersion
from policies.operations import drafts, publishing, reading
from policies.selectors.acknowledgements import readers_of_version
from policies.selectors.life import draft_page, drafts_for, preview, translations_of
from policies.views.reading import reader
from policies.wording import Wording, wording_of


@login_required
@require_GET
def draft_list(request: HttpRequest) -> HttpResponse:
    """Everything that is not in force yet, what waits for the reader first."""
    user, at = reader(request)
    permissions.check_can_read_drafts(user)
    context = {"rows": drafts_for(user, at=at), "may_draft": permissions.can_draft(user)}
    return render(request, "policies/drafts/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_clause(request: HttpRequest) -> HttpResponse:
    """Add a clause; its first wording comes next. `?gap=` names the gap that it is to answer."""
    user, at = reader(request)
    permissions.check_can_draft(user)
    gap_id = _number(request.GET.get("gap", ""))
    form = NewClauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            version = drafts.create_clause(
                key=values["key"],
                section=values["section"],
                harms=values["harms"],
                wording=Wording(title=values["title"]),
                by=user,
                at=at,
                gap_id=gap_id,
            )
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("policies:draft-edit", version.policy.key, version.number)
    return render(request, "policies/drafts/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Begin the next version of a clause (`market`, `gap`), or go on with the one that is being written."""
    user, at = reader(request)
    policy = _policy(user, key)
    try:
        version = drafts.start_draft(
            policy_id=policy.pk,
            by=user,
            at=at,
            market=request.POST.get("market", "")[:8],
            gap_id=_number(request.POST.get("gap", "")),
        )
    except drafts.DraftExists as error:
        messages.info(request, error.detail)
        return redirect("policies:draft", policy.key, error.version.number)
    return redirect("policies:draft-edit", policy.key, version.number)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Write a draft. Whoever saves over somebody else's words gets both texts back (412) and nothing is lost."""
    user, at = reader(request)
    permissions.check_can_draft(user)
    version = _version(user, key, number)
    if version.state != VersionState.DRAFT:
        return redirect("policies:draft", version.policy.key, version.number)
    form = WordingForm(request.POST or None, wording=wording_of(version))
    context: dict[str, Any] = {"version": version, "form": form, "revision": version.revision}
    if request.method == "GET":
        return render(request, "policies/drafts/edit.html", context)
    revision = _number(request.POST.get("revision", "")) or 0
    context["revision"] = revision
    wording = form.wording() if form.is_valid() else None
    if wording is None:
        return render(request, "policies/drafts/edit.html", context, status=422)
    try:
        drafts.edit_draft(version_id=version.pk, wording=wording, revision=revision, by=user, at=at)
    except Invalid as error:
        form.refuse(error)
        return render(request, "policies/drafts/edit.html", context, status=422)
    except StaleRevision as error:
        typed = PolicyVersion(policy=version.policy, number=version.number, market=version.market, **wording.stored())
        context |= {"conflict": error, "theirs": changes_between(typed, version), "revision": version.revision}
        return render(request, "policies/drafts/edit.html", context, status=412)
    return redirect("policies:draft", version.policy.key, version.number)


@login_required
@require_GET
def show_draft(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A version that is not in force yet: what it changes, what publishing it touches, what the reader can do."""
    user, at = reader(request)
    version = _version(user, key, number)
    if version.state not in (*UNPUBLISHED, VersionState.SCHEDULED):
        return redirect("policies:version", version.policy.key, version.number)
    return _draft(request, user, version, at)


def _draft(
    request: HttpRequest,
    user: User,
    version: PolicyVersion,
    at: datetime,
    *,
    form: PublishForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    shown = draft_page(version, viewer=user, at=at)
    is_inline = request.GET.get("view") != "side"
    context = {
        "shown": shown,
        "version": version,
        "changes": shown.changes,
        "is_inline": is_inline,
        "preview": preview(version, viewer=user, at=at),
        "form": form or PublishForm(initial={"revision": version.revision}),
        "steps": _steps(version),
    }
    return render(request, "policies/drafts/detail.html", context | more, status=status)


def _steps(version: PolicyVersion) -> list[tuple[str, bool]]:
    """The way of a version in words, with where it stands."""
    states = [VersionState.DRAFT, VersionState.REVIEW]
    if version.needs_legal or version.state == VersionState.LEGAL:
        states.append(VersionState.LEGAL)
    states += [VersionState.SCHEDULED, VersionState.EFFECTIVE]
    return [(str(state.label), state == version.state) for state in states]


@login_required
@require_POST
def act(request: HttpRequest, key: str, number: int, does: str) -> HttpResponse:
    """One step of a version's way; a refusal is shown on its page, with what was typed."""
    user, at = reader(request)
    version = _version(user, key, number)
    revision = _number(request.POST.get("revision", "")) or 0
    text = request.POST.get("text", "").replace("\x00", "")
    try:
        if does == "send":
            drafts.send_to_review(version_id=version.pk, revision=revision, by=user, at=at)
            said = _("Sent to review. Somebody else publishes it.")
        elif does == "return":
            drafts.return_draft(version_id=version.pk, text=text, by=user, at=at)
            said = _("Sent back to be written.")
        elif does == "comment":
            drafts.comment_on(version_id=version.pk, text=text, by=user, at=at)
            said = _("Your comment stands below.")
        elif does == "to-legal":
            drafts.send_to_legal(version_id=version.pk, by=user, at=at)
            said = _("With the legal desk now.")
        elif does == "pass-legal":
            drafts.pass_legal(version_id=version.pk, by=user, at=at)
            said = _("Passed. It may be published.")
        elif does == "withdraw":
            publishing.withdraw_version(version_id=version.pk, by=user, at=at)
            said = _("Withdrawn: it is a draft again, and the version before holds on.")
        elif does == "discard":
            drafts.discard_draft(version_id=version.pk, revision=revision, by=user, at=at)
            messages.success(request, _("The draft is put away."))
            return redirect("policies:drafts")
        else:
            raise Http404
    except Invalid as error:
        problems = [problem.detail for problem in error.errors] or [error.detail]
        return _draft(request, user, version, at, status=422, problems=problems, typed=text)
    except StaleRevision as error:
        return _draft(request, user, _version(user, key, number), at, status=412, problems=[error.detail], typed=text)
    messages.success(request, said)
    return redirect("policies:draft", version.policy.key, version.number)


@login_required
@require_POST
def publish(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Put a version into force, now or later."""
    user, at = reader(request)
    version = _version(user, key, number)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _draft(request, user, version, at, form=form, status=422)
    starts_at, ends_at = form.times()
    try:
        published = publishing.publish_version(
            version_id=version.pk,
            by=user,
            at=at,
            starts_at=starts_at,
            ends_at=ends_at,
            revision=form.cleaned_data["revision"],
        )
    except Invalid as error:
        show(form, error.errors)
        if not error.errors:
            form.add_error(None, error.detail)
        return _draft(request, user, version, at, form=form, status=422)
    except StaleRevision as error:
        return _draft(request, user, _version(user, key, number), at, status=412, problems=[error.detail])
    if published.state == VersionState.SCHEDULED:
        messages.success(request, _("%(citation)s is scheduled.") % {"citation": published.citation})
        return redirect("policies:draft", published.policy.key, published.number)
    messages.success(request, _("%(citation)s is in force.") % {"citation": published.citation})
    return redirect("policies:clause", published.policy.key)


@login_required
@require_POST
def retire(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """End a wording with none to follow."""
    user, at = reader(request)
    version = _version(user, key, number)
    publishing.retire_version(version_id=version.pk, by=user, at=at)
    messages.success(request, _("%(citation)s is no longer in force.") % {"citation": version.citation})
    return redirect("policies:version", version.policy.key, version.number)


@login_required
@require_POST
def acknowledge(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Say that one has read a version; back to where one was on this site."""
    user, at = reader(request)
    version = _version(user, key, number)
    reading.acknowledge_version(version_id=version.pk, by=user, at=at)
    messages.success(request, _("Noted: you have read %(citation)s.") % {"citation": version.citation})
    return redirect("policies:version", version.policy.key, version.number)


@login_required
@require_GET
def readers(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Who has read a version, and who decides without having read it."""
    user, at = reader(request)
    permissions.check_can_read_drafts(user)
    version = _version(user, key, number)
    if version.state in UNPUBLISHED:
        raise Http404
    context = {"version": version, "readers": readers_of_version(version, at=at), "back": version.get_absolute_url()}
    return render(request, "policies/drafts/readers.html", context)


@login_required
@require_GET
def compare(request: HttpRequest, key: str, older: int, newer: int) -> HttpResponse:
    """Two versions of a clause word by word: side by side or in one text, all parts or those that bear on decisions."""
    user, _at = reader(request)
    before, after = _version(user, key, older), _version(user, key, newer)
    changes = changes_between(before, after)
    only_meaning = request.GET.get("meaning") == "1"
    context = {
        "before": before,
        "version": after,
        "changes": [change for change in changes if change.is_meaning] if only_meaning else changes,
        "left_out": sum(not change.is_meaning for change in changes) if only_meaning else 0,
        "is_inline": request.GET.get("view") != "side",
        "only_meaning": only_meaning,
        "others": list(
            PolicyVersion.objects.visible_to(user).filter(policy=after.policy).defer("search").order_by("-number")
        ),
    }
    return render(request, "policies/clauses/compare.html", context)


@login_required
@require_GET
def compare_chosen(request: HttpRequest, key: str) -> HttpResponse:
    """Lead to the comparison of the two versions that a form names."""
    user, _at = reader(request)
    policy = _policy(user, key)
    older, newer = _number(request.GET.get("older", "")), _number(request.GET.get("newer", ""))
    if older is None or newer is None or older == newer:
        return redirect("policies:clause", policy.key)
    return redirect("policies:compare", policy.key, min(older, newer), max(older, newer))


@login_required
@require_http_methods(["GET", "POST"])
def translate(request: HttpRequest, key: str, number: int, language: str) -> HttpResponse:
    """Write, correct or confirm a version's words in a language; words of an older version are offered to start from."""
    user, at = reader(request)
    permissions.check_can_draft(user)
    version = _version(user, key, number)
    newest = next((row for row in translations_of(version) if row.translation.language == language), None)
    known = newest.translation if newest is not None else None
    form = TranslationForm(request.POST or None, version=version, known=known)
    context: dict[str, Any] = {"version": version, "form": form, "language": language, "newest": newest}
    if newest is not None and newest.is_stale:
        of = get_object_or_404(PolicyVersion.objects.select_related("policy"), pk=newest.translation.version_id)
        context["changes"] = changes_between(of, version)
    if request.method == "GET":
        return render(request, "policies/drafts/translate.html", context)
    if form.is_valid():
        try:
            reading.translate_version(
                version_id=version.pk,
                language=language,
                words=form.words(),
                by=user,
                at=at,
                revision=form.cleaned_data["revision"],
            )
        except Invalid as error:
            show(form, error.errors)
        except StaleRevision as error:
            stored = PolicyTranslation.objects.get(version=version, language=language)
            context |= {"conflict": error, "theirs": stored}
            return render(request, "policies/drafts/translate.html", context, status=412)
        else:
            messages.success(request, _("The translation is saved."))
            return redirect("policies:version", version.policy.key, version.number)
    return render(request, "policies/drafts/translate.html", context, status=422)


@login_required
@require_GET
def translate_chosen(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Lead to the translation into the language that a form names."""
    user, _at = reader(request)
    version = _version(user, key, number)
    language = request.GET.get("language", "").strip().lower()
    if not (2 <= len(language) <= 3 and language.isascii() and language.isalpha() and language != "en"):
        messages.error(request, _("A language is its two or three letters, such as es."))
        return redirect("policies:version", version.policy.key, version.number)
    return redirect("policies:translate", version.policy.key, version.number, language)


def _policy(user: User, key: str) -> Policy:
    return get_object_or_404(Policy.objects.visible_to(user), key=key.upper())


def _version(user: User, key: str, number: int) -> PolicyVersion:
    rows = (
        PolicyVersion.objects.visible_to(user)
        .select_related("policy", "author", "published_by", "based_on")
        .defer("search")
    )
    version: PolicyVersion = get_object_or_404(rows, policy__key=key.upper(), number=number)
    return version


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
