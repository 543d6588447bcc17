"""The demo's own pages: what is in it, its simulator's switch. None of them exists outside the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core import toasts
from core.errors import DomainError
from core.htmx import done
from core.types import AtRequest
from escalations.demo import simulator, wiping


@dataclass(frozen=True)
class Story:
    """Something to find in the demo. `steps` are pairs of what is shown and where: a filter of the queue, or a path."""

    name: Any
    told: Any
    finding: Any
    steps: tuple[tuple[Any, str], ...]

    def links(self) -> list[tuple[Any, str]]:
        """Each step's words and its address."""
        queue = reverse("escalations:queue")
        return [
            (label, text if text.startswith("/") else f"{queue}?{urlencode({'q': text})}") for label, text in self.steps
        ]


STORIES = (
    Story(
        gettext_lazy("The Orbix Yield ring"),
        gettext_lazy(
            "Ads for a fake broker came in from several vendors within hours and were merged into one case, so that one "
            "decision answered all of their submitters."
        ),
        gettext_lazy("Nine advertisers that look unrelated share three payment cards and five domains."),
        (
            (gettext_lazy("The ring's cases"), "acct:~orbix"),
            (gettext_lazy("Only what leads to one of its domains"), "acct:~orbix url:~orbix-yield-3.example"),
        ),
    ),
    Story(
        gettext_lazy("A vendor's template loses a field"),
        gettext_lazy("Eleven days ago Northgate began to leave the landing page out of its submissions about ads."),
        gettext_lazy(
            "One slice, Spanish ads of the night shift, explains most of the drop in kept promises: sent back for missing evidence, "
            "nine of a hundred before and thirty-four since."
        ),
        (
            (gettext_lazy("Its scorecard, and what changed"), "/vendors/northgate/"),
            (gettext_lazy("What its own reviewers decided (a lead reads it: Ravi)"), "/vendors/northgate/reviewing/"),
            (gettext_lazy("Sent back since then"), "vendor:northgate surface:ads res:invalid created:>-11d"),
            (gettext_lazy("As many days before"), "vendor:northgate surface:ads res:invalid created:-22d..-11d"),
        ),
    ),
    Story(
        gettext_lazy("Cases that broke their promise"),
        gettext_lazy("Some cases were held past their resolve target, between hubs that hand over to each other."),
        gettext_lazy("Each was claimed in time and then waited: its timeline shows when the warnings came."),
        ((gettext_lazy("Overdue now, longest first"), "is:open is:breached sort:due"),),
    ),
    Story(
        gettext_lazy("An election in Valdoria"),
        gettext_lazy("Altered polling dates spread; interim guidance told deciders what to do before a clause could."),
        gettext_lazy("The guidance is in its third edition and stands beside every matching decision."),
        (
            (gettext_lazy("The guidance and its editions"), "/policies/guidance/"),
            (gettext_lazy("Cases in Valdorian"), "lang:qtv"),
        ),
    ),
    Story(
        gettext_lazy("Messages from people who have died"),
        gettext_lazy("No clause answered invented messages of the dead until somebody reported the gap."),
        gettext_lazy("A new version answers it since a few days; two gaps beside it are still open."),
        (
            (gettext_lazy("The clause and its versions"), "/policies/CS-AU-2.4/"),
            (gettext_lazy("Gaps, open and answered"), "/policies/gaps/"),
        ),
    ),
    Story(
        gettext_lazy("A satire page taken down too often"),
        gettext_lazy(
            "A Portuguese page that laughs at hatred was taken down under the clause about hatred, again and again."
        ),
        gettext_lazy("About a third of the appeals under this clause succeed: nobody ticks its exception for satire."),
        (
            (gettext_lazy("The clause: its figures, precedents and versions"), "/policies/CS-HC-1.1/"),
            (gettext_lazy("Are appeals under it right?"), "/reports/quality/?q=clause%3ACS-HC-1.1"),
            (gettext_lazy("Decided under the clause, in Portuguese"), "clause:CS-HC-1.1 lang:pt"),
            (gettext_lazy("What appeals overturned under it"), "clause:CS-HC-1.1 appeal:overturned"),
            (gettext_lazy("Appeals"), "/appeals/?show=settled"),
        ),
    ),
)


@login_required
@require_GET
def demo_help(request: HttpRequest) -> HttpResponse:
    """What is in the demo, the stories to find, and how it is ended."""
    _only_in_the_demo()
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    state = simulator.state()
    context = {
        "stories": STORIES if viewer.is_internal else (),
        "simulator": state,
        "runs": state is not None and state.is_running(at=at),
        "may_wipe": viewer.is_internal and not wiping.why_not(),
        "confirmation": wiping.CONFIRMATION,
    }
    return render(request, "escalations/demo/help.html", context)


@login_required
@require_POST
def switch_simulator(request: HttpRequest) -> HttpResponse:
    """Start the simulator (`on=1`) or stop it, and return to the page that asked."""
    _only_in_the_demo()
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    if request.POST.get("on") == "1":
        simulator.start(by=viewer, at=at)
        said = _("The simulator runs: every half minute something happens.")
    else:
        simulator.stop(by=viewer, at=at)
        said = _("The simulator is stopped: nothing changes by itself now.")
    toasts.show_next(request, said)
    return done(request, _back(request))


@login_required
@require_POST
def wipe(request: HttpRequest) -> HttpResponse:
    """Have the demo wiped; the answer is a page that comes back by itself once the fresh demo is there."""
    _only_in_the_demo()
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    try:
        wiping.ask(confirmation=request.POST.get("confirmation", ""), by=viewer, at=at)
    except DomainError as error:
        if error.status == 403:
            raise
        said = next((problem.detail for problem in getattr(error, "errors", [])), error.detail)
        toasts.show_next(request, str(said), level="error")
        return done(request, reverse("escalations:demo-help"))
    answer = render(request, "escalations/demo/wiping.html", status=202)
    answer["Refresh"] = "4; url=/"
    return answer


def _back(request: HttpRequest) -> str:
    given = request.POST.get("next", "")
    return given if given.startswith("/") and not given.startswith(("//", "/\\")) else reverse("escalations:demo-help")


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404
