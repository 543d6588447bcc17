"""Which event tells whom, in which words: data. Every event kind of every app stands here (tests/notifications/test_rules.py).

To add a kind: one entry in `RULES`, a text and who is told; or in `SILENT`, a text and why nobody is. The text may use the names
that `texts.facts` makes: %(actor)s, %(ref)s, and what the event carries. It never holds what somebody wrote: the line also stands
in subjects of e-mails and on locked phones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import events as of_accounts
from accounts.roles import Role
from audit import events as of_audit
from escalations import events as of_cases
from notifications import events as of_notices
from notifications.lifecycle import EMAIL, IN_APP, EventClass, Mode, Tab
from oncall import events as of_oncall
from policies import events as of_policies

Text = str | Promise
Data = Mapping[str, Any]
CASE = "escalations.case"

# Who leads now: rotas come later; until then a lead is on shift on weekdays between these hours of their own zone.
SHIFT_DAYS = (1, 2, 3, 4, 5)  # ISO weekdays
SHIFT_FROM, SHIFT_UNTIL = time(8, 0), time(18, 0)
# A burst: after so many notices of one kind within the window, the rest stand under one summary (reliability.md R31).
STORM_AFTER, STORM_WINDOW = 10, timedelta(minutes=5)
# Kinds of `reporting`, which stands to the right of here, of which a vendor's leads get a mail (operations.outward).
COACHING_SHARED, WEEK_FROZEN = "coaching_set.shared", "vendor_week.frozen"
# What happened longer ago than this is kept in the inbox and sent nowhere: imported history is no news.
NEWS = timedelta(hours=24)
# How long a message waits for more of the same object.
GATHER = timedelta(seconds=60)
WORST_MUST_BE_HEARD = 1  # S0 and S1: neither mutes nor quiet hours nor digests hold these back


class Who(StrEnum):
    """Where recipients come from; the SQL of each is in `operations.fan_out`."""

    ASSIGNEE = "assignee"
    GIVEN = "given"  # data.assignee_id
    TAKEN = "taken"  # data.before_id
    MENTIONED = "mentioned"  # data.mentions
    PERSON = "person"  # data.user_id
    WATCHERS = "watchers"
    SUBJECT = "subject"  # the person whom the event is about
    HOLDER = "holder"  # the assignee, else the lead on shift, else the duty list
    LEAD = "lead"  # the lead on shift, else the duty list
    DUTY = "duty"
    ROLE = "role"  # everybody who holds one of `roles`


@dataclass(frozen=True)
class Told:
    """Some of those who are told, and the tab it stands in for them. `worst`: only at this severity or a worse one."""

    who: Who
    tab: Tab = Tab.FYI
    roles: tuple[Role, ...] = ()
    worst: int | None = None


@dataclass(frozen=True)
class Rule:
    """What one event kind means to people. `only`: the rule holds where the event's data says all of this; the first that
    fits is taken. `at_least`: the same for numbers. An event that ends what others asked for `settles` their notices."""

    text: Text
    event_class: EventClass
    told: tuple[Told, ...]
    only: Data = field(default_factory=dict)
    at_least: Data = field(default_factory=dict)
    settles: bool = False
    ends: tuple[str, ...] = ()  # kinds of earlier notices on the same object that ask for nothing any more

    def fits(self, data: Data) -> bool:
        """Whether the rule is for an event with this data."""
        return all(data.get(name) == value for name, value in self.only.items()) and all(
            (data.get(name) or 0) >= value for name, value in self.at_least.items()
        )


@dataclass(frozen=True)
class Silence:
    """A kind that nobody is told of, and why."""

    text: Text
    why: str


_NEEDS, _WATCHING, _FYI = Tab.NEEDS, Tab.WATCHING, Tab.FYI
_WATCHERS = Told(Who.WATCHERS, _WATCHING)
_HOLDER, _ASSIGNEE = Told(Who.HOLDER, _NEEDS), Told(Who.ASSIGNEE, _NEEDS)
_LEADS = Told(Who.ROLE, _FYI, (Role.LEAD,))
_ADMINS = Told(Who.ROLE, _FYI, (Role.ADMIN,))
# Leads and the legal desk between them see every case; an administrator sees none.
_TROUBLE = (Told(Who.DUTY, _NEEDS), Told(Who.ROLE, _NEEDS, (Role.LEAD, Role.LEGAL)))
_C = EventClass


def _one(text: Text, event_class: EventClass, *told: Told, **more: Any) -> tuple[Rule, ...]:
    return (Rule(text, event_class, told, **more),)


RULES: dict[str, tuple[Rule, ...]] = {
    # -- Work changes hands
    of_cases.CASE_ASSIGNED: _one(
        _("%(actor)s gave %(ref)s to you or took it from you"),
        _C.ASSIGNMENT,
        Told(Who.GIVEN, _NEEDS),
        Told(Who.TAKEN, _FYI),
        _WATCHERS,
    ),
    of_cases.CASE_RELEASED: (
        Rule(
            _("%(ref)s went back to its queue: your lease ended"),
            _C.ASSIGNMENT,
            (Told(Who.TAKEN, _FYI),),
            {"cause": "lease"},
        ),
        Rule(_("%(actor)s released %(ref)s"), _C.ASSIGNMENT, (Told(Who.TAKEN, _FYI), _WATCHERS)),
    ),
    of_cases.CASE_CLAIMED: _one(_("%(actor)s claimed %(ref)s"), _C.CASE_CHANGE, _WATCHERS),
    of_cases.CASE_MOVED: _one(_("%(actor)s moved %(ref)s to another queue"), _C.CASE_CHANGE, _WATCHERS),
    # -- Words
    of_cases.COMMENT_ADDED: (
        Rule(
            _("The submitter answered on %(ref)s"),
            _C.ANSWER,
            (_ASSIGNEE, _WATCHERS),
            {"from_submitter": True},
        ),
        Rule(_("%(actor)s wrote to the submitter of %(ref)s"), _C.CASE_CHANGE, (_WATCHERS,), {"audience": "submitter"}),
        Rule(
            _("%(actor)s wrote a note on %(ref)s"),
            _C.MENTION,
            (Told(Who.MENTIONED, _NEEDS), Told(Who.ASSIGNEE, _WATCHING), _WATCHERS),
        ),
    ),
    # -- Clocks follow the person (sla.md §3.7)
    of_cases.CLOCK_WARNED: (
        Rule(
            _("%(clock)s on %(ref)s: %(level)s %% of the time is used, due %(due)s"),
            _C.CLOCK_WARNING,
            (_ASSIGNEE, Told(Who.LEAD, _NEEDS)),
            at_least={"level": 90},
        ),
        Rule(_("%(clock)s on %(ref)s: %(level)s %% of the time is used, due %(due)s"), _C.CLOCK_WARNING, (_HOLDER,)),
    ),
    of_cases.CLOCK_BREACHED: _one(
        _("%(clock)s on %(ref)s was missed at %(breached)s"),
        _C.CLOCK_BREACH,
        _ASSIGNEE,
        Told(Who.LEAD, _NEEDS),
        Told(Who.DUTY, _NEEDS, worst=WORST_MUST_BE_HEARD),
        _WATCHERS,
    ),
    of_cases.CLOCK_PAUSE_ENDING: _one(
        _("The pause of %(clock)s on %(ref)s ends soon: the clock then runs again"), _C.CLOCK_WARNING, _HOLDER
    ),
    of_cases.CLOCK_RESUMED: _one(
        _("%(clock)s on %(ref)s runs again: its pause came to its end"), _C.CLOCK_WARNING, _HOLDER
    ),
    of_cases.CLOCK_EXTENDED: _one(
        _("The deadline of %(ref)s moved to %(due)s"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    of_cases.CLOCK_PROMISED: _one(
        _("News on %(ref)s is promised by %(due)s"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    of_cases.CLOCK_EXCUSED: _one(_("%(actor)s excused a miss on %(ref)s"), _C.CLOCK_BREACH, Told(Who.ASSIGNEE, _FYI)),
    of_cases.CLOCK_CORRECTED: _one(
        _("%(clock)s on %(ref)s is judged by another target now"), _C.CLOCK_BREACH, Told(Who.ASSIGNEE, _FYI)
    ),
    of_cases.CLOCK_RETRACTED: _one(
        _("%(clock)s on %(ref)s was met after all: an earlier answer came to light"),
        _C.CLOCK_BREACH,
        Told(Who.ASSIGNEE, _FYI),
        Told(Who.LEAD, _FYI),
    ),
    # -- The case changes
    of_cases.CASE_SEVERITY_CHANGED: _one(
        _("%(ref)s went from %(before)s to %(after)s"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    of_cases.CASE_WAITING: _one(_("%(ref)s waits for %(on)s"), _C.CASE_CHANGE, _WATCHERS),
    of_cases.CASE_RESUMED: _one(_("%(ref)s goes on"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _NEEDS), _WATCHERS),
    of_cases.CASE_WOKEN: _one(_("%(ref)s is back from its snooze"), _C.CASE_CHANGE, _ASSIGNEE, _WATCHERS),
    of_cases.CASE_MERGED: _one(_("%(ref)s was merged into %(into)s"), _C.CASE_CHANGE, _WATCHERS),
    of_cases.CASE_ABSORBED: _one(
        _("%(ref)s took in more cases"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    of_cases.CASE_SPLIT: _one(_("A message on %(ref)s became a case of its own: %(into)s"), _C.CASE_CHANGE, _WATCHERS),
    of_cases.CASE_UNMERGED: _one(_("%(ref)s stands by itself again"), _C.CASE_CHANGE, _WATCHERS),
    of_cases.CASE_LABELLED: _one(
        _("%(actor)s changed who may see %(ref)s"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _FYI), _WATCHERS
    ),
    of_cases.CASE_HELD: _one(
        _("The legal hold of %(ref)s changed"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _FYI), _WATCHERS
    ),
    of_cases.EVIDENCE_ADDED: _one(
        _("%(actor)s added evidence to %(ref)s"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    # -- Outcomes
    of_cases.DISPUTE_FILED: _one(
        _("The submitter of %(ref)s contests that it was sent back"),
        _C.ASSIGNMENT,
        Told(Who.ROLE, _NEEDS, (Role.LEAD,)),
    ),
    of_cases.DISPUTE_ANSWERED: (
        Rule(
            _("%(ref)s should not have been sent back: it is open again"),
            _C.OUTCOME,
            (Told(Who.PERSON, _FYI),),
            {"upheld": True},
            ends=(of_cases.DISPUTE_FILED,),
        ),
        Rule(_("%(ref)s stays invalid"), _C.OUTCOME, (Told(Who.PERSON, _FYI),), ends=(of_cases.DISPUTE_FILED,)),
    ),
    of_cases.DECISION_MADE: _one(_("%(actor)s decided %(ref)s: %(verdict)s"), _C.OUTCOME, _WATCHERS),
    of_cases.DECISION_UNDONE: _one(
        _("%(actor)s took back the decision on %(ref)s"), _C.OUTCOME, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    of_cases.CASE_PROVENANCE_DISPUTED: _one(
        _("%(actor)s says that the source of %(ref)s is wrong"), _C.CASE_CHANGE, Told(Who.ROLE, _NEEDS, (Role.LEGAL,))
    ),
    of_cases.SECOND_LOOK_ANSWERED: (
        Rule(
            _("Two people decided %(ref)s differently: it waits for somebody to settle it"),
            _C.ASSIGNMENT,
            (Told(Who.ROLE, _NEEDS, (Role.LEAD,)),),
            {"agrees": False},
        ),
        Rule(_("A second look at %(ref)s agrees"), _C.OUTCOME, (_WATCHERS,)),
    ),
    of_cases.SECOND_LOOK_SETTLED: _one(
        _("%(actor)s settled which decision on %(ref)s stands"),
        _C.OUTCOME,
        Told(Who.PERSON, _FYI),
        ends=(of_cases.SECOND_LOOK_ANSWERED,),
    ),
    of_cases.CONTESTED_CHANGED: _one(
        _("%(actor)s changed whether %(key)s is contested"),
        _C.POLICY,
        Told(Who.ROLE, _FYI, (Role.LEAD, Role.POLICY_EDITOR)),
    ),
    of_cases.SPREAD_ENDED: _one(
        _("The decision on %(ref)s has reached %(count)s cases; %(left_out)s were left out"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _FYI),
    ),
    of_cases.BULK_ASKED: _one(
        _("%(actor)s asks a second person to confirm one change of %(count)s cases by %(until)s"),
        _C.ASSIGNMENT,
        Told(Who.ROLE, _NEEDS, (Role.SENIOR, Role.LEAD, Role.LEGAL)),
    ),
    of_cases.BULK_APPROVED: _one(
        _("%(actor)s approved your change of %(count)s cases: it is under way"),
        _C.OUTCOME,
        Told(Who.PERSON, _FYI),
        ends=(of_cases.BULK_ASKED,),
    ),
    of_cases.BULK_REFUSED: _one(
        _("%(actor)s refused your change of %(count)s cases, with the reason"),
        _C.OUTCOME,
        Told(Who.PERSON, _NEEDS),
        ends=(of_cases.BULK_ASKED,),
    ),
    of_cases.BULK_EXPIRED: _one(
        _("No second person answered in time: nothing of your change of %(count)s cases was done"),
        _C.OUTCOME,
        Told(Who.PERSON, _NEEDS),
        ends=(of_cases.BULK_ASKED,),
    ),
    of_cases.BULK_WITHDRAWN: _one(
        _("%(actor)s took back the question about a change of %(count)s cases"),
        _C.OUTCOME,
        Told(Who.PERSON, _FYI),
        ends=(of_cases.BULK_ASKED,),
    ),
    of_cases.BULK_STOPPED: _one(
        _("%(actor)s stopped your change of %(count)s cases after %(done)s"), _C.OUTCOME, Told(Who.PERSON, _NEEDS)
    ),
    of_cases.BULK_ENDED: _one(
        _("Your change of %(count)s cases is done: %(done)s changed, %(left_out)s left out"),
        _C.OUTCOME,
        Told(Who.PERSON, _FYI),
    ),
    of_cases.BULK_UNDONE: _one(
        _("Your change of cases is undone: %(undone)s taken back, %(kept)s stay changed"),
        _C.OUTCOME,
        Told(Who.PERSON, _FYI),
    ),
    of_cases.APPROVAL_ASKED: (
        Rule(
            _("%(actor)s asks the legal desk to confirm a decision on %(ref)s by %(until)s: %(verdict)s"),
            _C.ASSIGNMENT,
            (Told(Who.ROLE, _NEEDS, (Role.LEGAL,)),),
            {"to": "legal"},
        ),
        Rule(
            _("%(actor)s asks a second person to confirm a decision on %(ref)s by %(until)s: %(verdict)s"),
            _C.ASSIGNMENT,
            (Told(Who.ROLE, _NEEDS, (Role.SENIOR, Role.LEAD, Role.LEGAL)),),
        ),
    ),
    of_cases.APPROVAL_GIVEN: _one(
        _("%(actor)s approved what was asked on %(ref)s"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _FYI),
        ends=(of_cases.APPROVAL_ASKED,),
    ),
    of_cases.APPROVAL_REFUSED: _one(
        _("%(actor)s refused what was asked on %(ref)s: it is yours again, with the reason"),
        _C.ASSIGNMENT,
        _ASSIGNEE,
        ends=(of_cases.APPROVAL_ASKED,),
    ),
    of_cases.APPROVAL_EXPIRED: _one(
        _("No second person answered in time on %(ref)s: it is with its decider again"),
        _C.ASSIGNMENT,
        _ASSIGNEE,
        Told(Who.LEAD, _NEEDS),
        ends=(of_cases.APPROVAL_ASKED,),
    ),
    of_cases.APPROVAL_WITHDRAWN: _one(
        _("%(actor)s took back what was asked on %(ref)s"), _C.OUTCOME, _WATCHERS, ends=(of_cases.APPROVAL_ASKED,)
    ),
    of_cases.DECISION_EFFECTIVE: _one(_("The decision on %(ref)s took effect"), _C.OUTCOME, _WATCHERS, settles=True),
    of_cases.CASE_CLOSED: _one(_("%(ref)s was closed: %(resolution)s"), _C.OUTCOME, _WATCHERS, settles=True),
    of_cases.CASE_WITHDRAWN: _one(
        _("The submitter withdrew %(ref)s"), _C.OUTCOME, Told(Who.ASSIGNEE, _FYI), _WATCHERS, settles=True
    ),
    of_cases.CASE_REJECTED: _one(_("%(actor)s sent %(ref)s back as invalid"), _C.OUTCOME, _WATCHERS, settles=True),
    of_cases.CASE_REOPENED: _one(_("%(ref)s was reopened"), _C.OUTCOME, Told(Who.LEAD, _FYI), _WATCHERS),
    # -- Hand-offs
    of_cases.ENFORCEMENT_REFUSED: _one(
        _("The platform refused an action of %(ref)s"), _C.OUTCOME, Told(Who.ASSIGNEE, _NEEDS), Told(Who.LEAD, _NEEDS)
    ),
    of_cases.ENFORCEMENT_UNCLEAR: _one(
        _("Nobody knows whether an action of %(ref)s was done: somebody has to look"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _NEEDS),
        Told(Who.LEAD, _NEEDS),
    ),
    of_cases.NOTICE_FAILED: _one(
        _("The notice of the decision on %(ref)s did not reach its reader"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _NEEDS),
        Told(Who.LEAD, _FYI),
    ),
    of_cases.NOTICE_WITHHELD: _one(
        _("No notice of the decision on %(ref)s was made: its wording names what the case does not have"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _NEEDS),
        Told(Who.LEAD, _FYI),
    ),
    of_cases.ENFORCEMENT_CONTRADICTED: _one(
        _("The platform says two things about an action of %(ref)s"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _NEEDS),
        Told(Who.LEAD, _NEEDS),
    ),
    of_cases.ENFORCEMENT_ENDING: _one(
        _("An action of %(ref)s ends soon"), _C.CASE_CHANGE, Told(Who.ASSIGNEE, _WATCHING), _WATCHERS
    ),
    of_cases.ENFORCEMENT_MITIGATED: _one(
        _("%(actor)s limited what %(ref)s is about until it is decided"), _C.CASE_CHANGE, _WATCHERS
    ),
    of_cases.ENFORCEMENT_CLOSED_OVER: _one(
        _("%(actor)s closed %(ref)s although an action is not confirmed"),
        _C.OUTCOME,
        Told(Who.ASSIGNEE, _FYI),
        _WATCHERS,
    ),
    of_cases.STRIKE_LADDER_PUBLISHED: _one(_("%(actor)s published what strikes lead to"), _C.CONFIGURATION, _LEADS),
    # -- Appeals
    of_cases.APPEAL_FILED: (
        Rule(
            _("An urgent appeal of the decision on %(ref)s was filed"),
            _C.OUTCOME,
            (Told(Who.LEAD, _NEEDS), _WATCHERS),
            {"is_expedited": True},
        ),
        Rule(_("An appeal of the decision on %(ref)s was filed"), _C.OUTCOME, (Told(Who.LEAD, _FYI), _WATCHERS)),
    ),
    of_cases.APPEAL_ANSWERED: _one(_("The appellant answered on %(ref)s"), _C.ANSWER, Told(Who.GIVEN, _NEEDS)),
    of_cases.APPEAL_WITHDRAWN: _one(
        _("An appeal on %(ref)s was withdrawn"), _C.OUTCOME, Told(Who.GIVEN, _FYI), _WATCHERS
    ),
    of_cases.APPEAL_CLOSED: (
        Rule(
            _("Your decision on %(ref)s stood on appeal"), _C.OUTCOME, (Told(Who.PERSON, _FYI),), {"outcome": "upheld"}
        ),
        Rule(
            _("Your decision on %(ref)s did not stand on appeal: read why"),
            _C.OUTCOME,
            (Told(Who.PERSON, _NEEDS),),
        ),
    ),
    of_cases.CASE_HOLD_ASKED: _one(
        _("%(actor)s asks for a legal hold on %(ref)s"), _C.ASSIGNMENT, Told(Who.ROLE, _NEEDS, (Role.LEGAL,))
    ),
    of_cases.CASE_HOLD_RELEASE_ASKED: _one(
        _("%(actor)s proposes to release the legal hold of %(ref)s"),
        _C.ASSIGNMENT,
        Told(Who.ROLE, _NEEDS, (Role.LEGAL,)),
    ),
    of_cases.IDENTITIES_MANY_OPENED: _one(
        _("%(actor)s opened %(count)s victims’ identities within an hour"),
        _C.OPERATIONS,
        Told(Who.ROLE, _NEEDS, (Role.LEGAL, Role.AUDITOR)),
    ),
    of_cases.VIEW_ALERTED: _one(
        _("The saved view %(ref)s has something you wanted to hear of: %(count)s cases"),
        _C.SAVED_VIEW,
        Told(Who.PERSON, _NEEDS),
    ),
    # -- Policies
    of_policies.POLICY_VERSION_EFFECTIVE: (
        Rule(
            _("%(key)s has a new version in force"),
            _C.POLICY,
            (Told(Who.ROLE, _FYI, (Role.SPECIALIST, Role.SENIOR, Role.LEAD, Role.QUALITY, Role.POLICY_EDITOR)),),
            {"label": "substantive"},
        ),
        Rule(
            _("%(key)s has a new version in force"),
            _C.POLICY,
            (Told(Who.ROLE, _FYI, (Role.POLICY_EDITOR,)),),
        ),
    ),
    of_policies.SENT_TO_REVIEW: _one(
        _("%(actor)s asks for a review of %(key)s"),
        _C.POLICY,
        Told(Who.ROLE, _NEEDS, (Role.POLICY_EDITOR, Role.LEAD)),
    ),
    of_policies.SENT_TO_LEGAL: _one(
        _("%(actor)s asks the legal desk to check %(key)s"), _C.POLICY, Told(Who.ROLE, _NEEDS, (Role.LEGAL,))
    ),
    of_policies.LEGAL_PASSED: _one(
        _("The legal desk passed %(key)s"), _C.POLICY, Told(Who.ROLE, _NEEDS, (Role.POLICY_EDITOR, Role.LEAD))
    ),
    of_policies.RETURNED: _one(
        _("%(actor)s sent the draft of %(key)s back"), _C.POLICY, Told(Who.ROLE, _NEEDS, (Role.POLICY_EDITOR,))
    ),
    of_policies.COMMENTED: _one(
        _("%(actor)s commented on the draft of %(key)s"), _C.POLICY, Told(Who.ROLE, _FYI, (Role.POLICY_EDITOR,))
    ),
    of_policies.VERSION_SCHEDULED: _one(
        _("A new version of %(key)s is scheduled"),
        _C.POLICY,
        Told(Who.ROLE, _FYI, (Role.SPECIALIST, Role.SENIOR, Role.LEAD, Role.QUALITY, Role.POLICY_EDITOR)),
    ),
    of_policies.VERSION_WITHDRAWN: _one(
        _("%(actor)s withdrew the scheduled version of %(key)s"),
        _C.POLICY,
        Told(Who.ROLE, _FYI, (Role.SPECIALIST, Role.SENIOR, Role.LEAD, Role.QUALITY, Role.POLICY_EDITOR)),
    ),
    of_policies.OWNER_CHANGED: _one(_("%(actor)s made you the owner of %(key)s"), _C.POLICY, Told(Who.PERSON, _FYI)),
    of_policies.GAP_CHANGED: _one(_("%(actor)s changed a gap that you own"), _C.POLICY, Told(Who.PERSON, _FYI)),
    of_policies.GAP_ANSWERED: _one(_("A clause answers the gap that you found"), _C.POLICY, Told(Who.PERSON, _FYI)),
    of_policies.GAP_CLOSED: _one(
        _("No rule will be made for the gap that you found"), _C.POLICY, Told(Who.PERSON, _FYI)
    ),
    of_policies.GAP_REOPENED: _one(_("A gap that you own is open again"), _C.POLICY, Told(Who.PERSON, _NEEDS)),
    of_policies.GUIDANCE_STARTED: _one(
        _("Interim guidance %(name)s applies now"),
        _C.POLICY,
        Told(Who.ROLE, _NEEDS, (Role.SPECIALIST, Role.SENIOR, Role.LEAD)),
    ),
    of_policies.GUIDANCE_ENDED: _one(
        _("Interim guidance %(name)s has ended"),
        _C.POLICY,
        Told(Who.ROLE, _FYI, (Role.SPECIALIST, Role.SENIOR, Role.LEAD)),
    ),
    of_policies.GAP_OPENED: _one(
        _("A case found a gap in the rules"), _C.POLICY, Told(Who.ROLE, _NEEDS, (Role.POLICY_EDITOR,))
    ),
    of_policies.GAP_WITHDRAWN: _one(
        _("A gap in the rules was withdrawn"), _C.POLICY, Told(Who.ROLE, _FYI, (Role.POLICY_EDITOR,))
    ),
    # -- People and keys
    of_accounts.ROLE_GRANTED: _one(_("%(actor)s gave you the role %(role)s"), _C.ACCOUNT, Told(Who.SUBJECT, _FYI)),
    of_accounts.ROLE_REVOKED: _one(_("%(actor)s took the role %(role)s from you"), _C.ACCOUNT, Told(Who.SUBJECT, _FYI)),
    of_accounts.CLEARANCE_GRANTED: _one(_("%(actor)s let you into a compartment"), _C.ACCOUNT, Told(Who.SUBJECT, _FYI)),
    of_accounts.CLEARANCE_REVOKED: _one(
        _("%(actor)s closed a compartment to you"), _C.ACCOUNT, Told(Who.SUBJECT, _FYI)
    ),
    of_accounts.KEY_CREATED: _one(_("%(actor)s made a service key"), _C.CONFIGURATION, _ADMINS),
    of_accounts.KEY_ROTATED: _one(_("%(actor)s rotated a service key"), _C.CONFIGURATION, _ADMINS),
    of_accounts.KEY_REVOKED: _one(_("%(actor)s revoked a service key"), _C.CONFIGURATION, _ADMINS),
    "coaching_set.acknowledged": _one(
        _("%(actor)s read the examples you shared: %(ref)s"), _C.REPORT, Told(Who.PERSON, _FYI)
    ),
    of_notices.ENDPOINT_PAUSED: _one(
        _("A webhook of %(host)s was paused"), _C.CONFIGURATION, Told(Who.ROLE, _NEEDS, (Role.ADMIN,))
    ),
    # -- How the team works
    of_cases.ROUTING_PUBLISHED: _one(_("%(actor)s published routing rules"), _C.CONFIGURATION, _LEADS),
    of_cases.QUEUE_CHANGED: _one(_("%(actor)s changed the queue %(ref)s"), _C.CONFIGURATION, _LEADS),
    of_cases.REPLY_TEMPLATE_CHANGED: _one(_("%(actor)s changed a reply template"), _C.CONFIGURATION, _LEADS),
    of_cases.APPROVAL_RULES_PUBLISHED: _one(
        _("%(actor)s changed when a second person is needed"),
        _C.CONFIGURATION,
        Told(Who.ROLE, _FYI, (Role.LEAD, Role.AUDITOR)),
    ),
    of_cases.SLA_PLAN_PUBLISHED: _one(_("%(actor)s published SLA targets"), _C.CONFIGURATION, _LEADS),
    of_oncall.CALENDAR_PUBLISHED: _one(_("%(actor)s published the calendar %(key)s"), _C.CONFIGURATION, _LEADS),
    of_oncall.CALENDAR_SHARED: _one(
        _("%(actor)s changed who may read the calendar %(key)s"), _C.CONFIGURATION, _ADMINS
    ),
    of_oncall.HOLIDAY_FEED_SAVED: _one(
        _("%(actor)s changed where the holidays %(key)s are read from"), _C.CONFIGURATION, _LEADS
    ),
    of_oncall.HOLIDAY_READING_FOUND: _one(
        _("The feed of the holidays %(key)s says something new: it waits for review"),
        _C.CONFIGURATION,
        _ADMINS,
    ),
    of_oncall.HOLIDAY_READING_SETTLED: _one(
        _("%(actor)s reviewed the feed of the holidays %(key)s"), _C.CONFIGURATION, _LEADS
    ),
    of_oncall.HOLIDAY_FEED_FAILED: _one(
        _("The feed of the holidays %(key)s cannot be read; the last good days stay"),
        _C.OPERATIONS,
        Told(Who.ROLE, _NEEDS, (Role.ADMIN,)),
    ),
    of_oncall.HOLIDAYS_CHANGED: _one(_("%(actor)s changed the holidays %(key)s"), _C.CONFIGURATION, _LEADS),
    of_cases.SLA_PLAN_APPLIED: _one(_("Open clocks follow new SLA targets now"), _C.CONFIGURATION, _LEADS),
    of_cases.SLA_PLAN_CHANGED: _one(_("%(actor)s changed an SLA plan"), _C.CONFIGURATION, _LEADS),
    of_cases.CALENDAR_APPLIED: _one(_("Open clocks follow a new calendar now"), _C.CONFIGURATION, _LEADS),
    of_notices.DUTY_LIST_CHANGED: _one(
        _("%(actor)s changed the duty list"), _C.CONFIGURATION, Told(Who.PERSON, _FYI), _LEADS
    ),
    of_notices.DUTY_GAP_AHEAD: _one(
        _("Within a day there are hours with no lead on shift and nobody on the duty list"),
        _C.OPERATIONS,
        Told(Who.ROLE, _NEEDS, (Role.LEAD, Role.ADMIN)),
    ),
    # -- Trouble
    of_cases.CLOCK_DISAGREES: _one(
        _("A clock of %(ref)s disagrees with what happened to it"), _C.OPERATIONS, *_TROUBLE
    ),
    of_cases.CLOCK_REARMED: _one(
        _("A clock of %(ref)s had lost its timer, which is armed again"), _C.OPERATIONS, *_TROUBLE
    ),
    of_cases.CLOCK_UNREACHABLE: _one(
        _("A clock of %(ref)s can never come due: its calendar is hardly ever open"), _C.OPERATIONS, *_TROUBLE
    ),
    of_cases.TIMER_QUARANTINED: _one(
        _("A timer of %(ref)s was set aside after three failures"), _C.OPERATIONS, *_TROUBLE
    ),
    of_cases.MAIL_QUARANTINED: _one(_("A mail that came in waits in quarantine"), _C.OPERATIONS, *_TROUBLE),
    of_audit.INCIDENT_FOUND: _one(
        _("The watch over the machinery found trouble: %(check)s"),
        _C.OPERATIONS,
        Told(Who.DUTY, _NEEDS),
        Told(Who.ROLE, _NEEDS, (Role.LEAD, Role.ADMIN)),
    ),
    of_audit.INCIDENT_ENDED: _one(
        _("Trouble in the machinery is over: %(check)s"), _C.OPERATIONS, Told(Who.ROLE, _FYI, (Role.LEAD, Role.ADMIN))
    ),
    of_audit.MAINTENANCE_STARTED: _one(
        _("The dead-man's switch rests for a maintenance"), _C.OPERATIONS, Told(Who.ROLE, _FYI, (Role.ADMIN,))
    ),
    # -- Reports (kinds of `reporting`, which stands to the right of here)
    "export.waits": _one(
        _("%(actor)s asks for a second person: an export of more than a thousand rows"),
        _C.REPORT,
        Told(Who.ROLE, _NEEDS, (Role.LEAD, Role.LEGAL)),
    ),
    "export.approved": _one(
        _("%(actor)s approved an export you asked for"), _C.REPORT, Told(Who.PERSON, _FYI), ends=("export.waits",)
    ),
    "export.done": _one(
        _("An export you asked for is ready"), _C.REPORT, Told(Who.PERSON, _FYI), ends=("export.waits",)
    ),
    "export.refused": _one(
        _("%(actor)s refused an export you asked for"), _C.REPORT, Told(Who.PERSON, _FYI), ends=("export.waits",)
    ),
    "export.failed": _one(
        _("An export you asked for failed"), _C.REPORT, Told(Who.PERSON, _NEEDS), ends=("export.waits",)
    ),
    "brief.submitted": _one(
        _("%(actor)s asks for approval of the brief %(ref)s"),
        _C.REPORT,
        Told(Who.ROLE, _NEEDS, (Role.LEAD, Role.LEGAL)),
    ),
    "brief.returned": _one(
        _("%(actor)s gave the brief %(ref)s back to you"),
        _C.REPORT,
        Told(Who.PERSON, _NEEDS),
        ends=("brief.submitted",),
    ),
    "brief.approved": _one(
        _("%(actor)s approved the brief %(ref)s: it can be sent"),
        _C.REPORT,
        Told(Who.PERSON, _NEEDS),
        ends=("brief.submitted",),
    ),
    "report_mail.failed": _one(
        _("A report or brief could not be mailed: look at its log"), _C.REPORT, Told(Who.PERSON, _NEEDS)
    ),
}

_NOT_PERSONAL = "it changes lists and timelines, and asks nothing of anybody"
_SEEN = "whoever did it sees it; nobody waits for it"
SILENT: dict[str, Silence] = {
    of_cases.SUBMISSION_RECEIVED: Silence(
        _("%(ref)s came in"), "the queue shows it; clock A warns where nobody takes it"
    ),
    of_cases.CASE_CREATED: Silence(_("%(ref)s came in"), "the queue shows it; clock A warns where nobody takes it"),
    of_cases.CASE_ROUTED: Silence(_("%(ref)s was routed"), _NOT_PERSONAL),
    of_cases.BULK_STARTED: Silence(_("%(actor)s began a change of %(count)s cases"), "its end is told"),
    of_cases.BATCH_SENT: Silence(
        _("The file %(ref)s was sent"), "whoever sent it sees it row by row; each case speaks for itself"
    ),
    of_cases.BATCH_UNDONE: Silence(_("The file %(ref)s was taken back"), "whoever took it back sees it row by row"),
    of_cases.CASE_LEASE_RENEWED: Silence(_("The lease of %(ref)s was renewed"), _SEEN),
    of_cases.CASE_EDITED: Silence(_("%(actor)s edited %(ref)s"), "too small and too frequent: the timeline shows it"),
    of_cases.SECOND_LOOK_ASKED: Silence(
        _("A second look at %(ref)s is asked for"),
        "the list of second looks shows it; to name a person would not be blind",
    ),
    of_cases.SPREAD_STARTED: Silence(_("The decision on %(ref)s is on its way to %(count)s cases"), "its end is told"),
    of_cases.CASE_SNOOZED: Silence(_("%(actor)s snoozed %(ref)s"), "waking it is told"),
    of_cases.CASE_TAGGED: Silence(_("%(actor)s tagged %(ref)s"), _NOT_PERSONAL),
    of_cases.CASE_WATCHED: Silence(_("%(actor)s watches %(ref)s"), _SEEN),
    of_cases.CASE_UNWATCHED: Silence(_("%(actor)s watches %(ref)s no more"), _SEEN),
    of_cases.CASE_LINKED: Silence(_("%(actor)s linked %(ref)s"), _NOT_PERSONAL),
    of_cases.CASE_UNLINKED: Silence(_("%(actor)s took a link from %(ref)s"), _NOT_PERSONAL),
    of_cases.COMMENT_WRITTEN: Silence(
        _("%(actor)s wrote a reply on %(ref)s"), "it may still be taken back; sending it is told"
    ),
    of_cases.COMMENT_RETRACTED: Silence(_("%(actor)s took a comment on %(ref)s back"), "its notices disappear with it"),
    of_cases.ENFORCEMENT_QUEUED: Silence(_("Actions of %(ref)s go to the platform"), "its answer is what matters"),
    of_cases.NOTICE_QUEUED: Silence(_("The notice of the decision on %(ref)s goes out"), "that it failed is told"),
    of_cases.NOTICE_SENT: Silence(_("The notice of the decision on %(ref)s has left"), "that it failed is told"),
    of_cases.NOTICE_DELIVERED: Silence(_("%(actor)s opened the notice of the decision on %(ref)s"), _SEEN),
    of_cases.NOTICE_DISCARDED: Silence(_("%(actor)s gave the notice of the decision on %(ref)s up"), _SEEN),
    of_cases.NOTICE_RESENT: Silence(_("%(actor)s had the notice of the decision on %(ref)s sent again"), _SEEN),
    of_cases.ENFORCEMENT_SENT: Silence(_("The platform has an action of %(ref)s"), "its answer is what matters"),
    of_cases.ENFORCEMENT_ACCEPTED: Silence(
        _("The platform confirmed an action of %(ref)s"), "as it should be; the case closes by itself"
    ),
    of_cases.ENFORCEMENT_RETRIED: Silence(_("%(actor)s had an action of %(ref)s sent again"), _SEEN),
    of_cases.ENFORCEMENT_RESOLVED: Silence(_("%(actor)s said what became of an action of %(ref)s"), _SEEN),
    of_cases.ENFORCEMENT_REVERSED: Silence(
        _("Actions of %(ref)s were taken back"), "the decision or the appeal behind it is told"
    ),
    of_cases.ENFORCEMENT_ENDED: Silence(_("The time of an action of %(ref)s is over"), "that it ends was told before"),
    of_cases.STRIKE_GIVEN: Silence(_("A strike was given on %(ref)s"), "the decision behind it is told"),
    of_cases.STRIKE_REFUNDED: Silence(_("A strike of %(ref)s was given back"), "the decision behind it is told"),
    of_cases.APPEAL_CLAIMED: Silence(_("%(actor)s claimed an appeal on %(ref)s"), _SEEN),
    of_cases.APPEAL_RELEASED: Silence(_("%(actor)s gave an appeal on %(ref)s back"), "the list of appeals shows it"),
    of_cases.APPEAL_TRANSLATED: Silence(_("%(actor)s translated an appeal on %(ref)s"), _SEEN),
    of_cases.APPEAL_EXPEDITED: Silence(_("%(actor)s put an appeal on %(ref)s in the fast lane"), "its clock warns"),
    of_cases.APPEAL_ASKED: Silence(_("%(actor)s asked the appellant on %(ref)s"), "their answer is told"),
    of_cases.APPEAL_DECIDED: Silence(_("%(actor)s decided an appeal on %(ref)s"), "it may still be taken back"),
    of_cases.APPEAL_UNDONE: Silence(_("%(actor)s took back the outcome of an appeal on %(ref)s"), _SEEN),
    of_cases.EVIDENCE_TIERED: Silence(_("%(actor)s set how graphic evidence of %(ref)s is"), _NOT_PERSONAL),
    of_cases.EVIDENCE_ORIGINAL_SEEN: Silence(
        _("%(actor)s looked at the original of evidence of %(ref)s"), _NOT_PERSONAL
    ),
    of_cases.EVIDENCE_CORRECTED: Silence(_("%(actor)s corrected evidence of %(ref)s"), "adding the correction is told"),
    of_cases.VIEW_SAVED: Silence(_("%(actor)s saved a view"), _SEEN),
    of_cases.VIEW_DELETED: Silence(_("%(actor)s deleted a view"), _SEEN),
    of_notices.SERVICE_NOTICE_MADE: Silence(
        _("%(actor)s told vendors: %(ref)s"), "vendors read it on their first page"
    ),
    of_notices.SERVICE_NOTICE_ENDED: Silence(_("%(actor)s took a notice to vendors down: %(ref)s"), _SEEN),
    of_notices.ENDPOINT_MADE: Silence(_("%(actor)s made a webhook to %(host)s"), _SEEN),
    of_notices.ENDPOINT_CHANGED: Silence(_("%(actor)s changed a webhook to %(host)s"), _SEEN),
    of_notices.ENDPOINT_ROTATED: Silence(_("%(actor)s rotated a webhook’s secret"), _SEEN),
    of_notices.ENDPOINT_RESUMED: Silence(_("%(actor)s resumed a webhook"), _SEEN),
    of_notices.ENDPOINT_REMOVED: Silence(_("%(actor)s removed a webhook"), _SEEN),
    of_notices.ENDPOINT_REPLAYED: Silence(_("%(actor)s had a webhook send again"), _SEEN),
    of_notices.CHAT_SET: Silence(_("%(actor)s set a chat at %(host)s"), _SEEN),
    of_notices.CHAT_REMOVED: Silence(_("%(actor)s removed a chat at %(host)s"), _SEEN),
    of_notices.PHONE_GIVEN: Silence(_("%(actor)s gave a phone number"), _SEEN),
    of_notices.PHONE_CONFIRMED: Silence(_("%(actor)s confirmed a phone number"), _SEEN),
    of_notices.PHONE_STOPPED: Silence(_("%(actor)s stopped texts and calls"), _SEEN),
    of_notices.PHONE_RESUMED: Silence(_("%(actor)s wants texts and calls again"), _SEEN),
    of_notices.PHONE_REMOVED: Silence(_("%(actor)s removed a phone number"), _SEEN),
    of_notices.PUSH_ON: Silence(_("%(actor)s switched push on for a device"), _SEEN),
    of_notices.PUSH_OFF: Silence(_("Push to a device is off"), "the list of devices shows it"),
    of_cases.MAIL_DISCARDED: Silence(_("%(actor)s put a mail away"), _SEEN),
    of_cases.SIMULATOR_STARTED: Silence(_("The simulator started"), "the demo's banner says so"),
    of_cases.SIMULATOR_STOPPED: Silence(_("The simulator stopped"), "the demo's banner says so"),
    of_cases.DEMO_WIPE_ASKED: Silence(
        _("%(actor)s asked to wipe the demo"), "nothing is left to read it a moment later"
    ),
    of_cases.DEMO_WIPED: Silence(_("The demo was wiped and begun anew"), _SEEN),
    of_cases.CLOCK_ANSWERED_ELSEWHERE: Silence(_("%(actor)s said that %(ref)s was answered elsewhere"), _SEEN),
    of_cases.CLOCK_WAIVED: Silence(_("%(actor)s said that %(ref)s needs no answer"), _SEEN),
    of_notices.DELIVERY_RESENT: Silence(_("%(actor)s sent a message again"), "a notice about a notice would never end"),
    of_notices.DELIVERY_CONFIRMED: Silence(
        _("%(actor)s said that a message arrived"), "a notice about a notice would never end"
    ),
    of_notices.DELIVERY_DISCARDED: Silence(_("%(actor)s gave a message up"), "a notice about a notice would never end"),
    of_policies.POLICY_CREATED: Silence(_("%(actor)s created %(key)s"), "its first version taking effect is told"),
    of_policies.POLICY_VERSION_RETIRED: Silence(_("A version of %(key)s was retired"), "the version after it is told"),
    of_policies.DRAFT_STARTED: Silence(_("%(actor)s began a draft of %(key)s"), "asking for its review is told"),
    of_policies.DRAFT_CHANGED: Silence(_("%(actor)s wrote in the draft of %(key)s"), "asking for its review is told"),
    of_policies.DRAFT_DISCARDED: Silence(_("%(actor)s put the draft of %(key)s away"), _SEEN),
    of_policies.TRANSLATED: Silence(_("%(actor)s translated %(key)s"), "the clause shows it"),
    of_policies.ACKNOWLEDGED: Silence(_("%(actor)s has read %(key)s"), _SEEN),
    of_policies.LIBRARY_IMPORTED: Silence(
        _("%(actor)s imported policy files"), "each draft is told when it is reviewed"
    ),
    of_policies.LIBRARY_EXPORTED: Silence(_("%(actor)s exported the policy library"), _SEEN),
    of_policies.GUIDANCE_ISSUED: Silence(_("%(actor)s issued interim guidance %(name)s"), "its start is told"),
    of_policies.GUIDANCE_ACKNOWLEDGED: Silence(_("%(actor)s has read %(name)s"), _SEEN),
    of_cases.LEADING_CASE_NAMED: Silence(_("%(actor)s made %(ref)s a leading case"), "the clause shows it"),
    of_cases.LEADING_CASE_REMOVED: Silence(_("%(actor)s took %(ref)s off the leading cases"), "the clause shows it"),
    of_cases.PRECEDENT_OVERTURNED: Silence(
        _("The decision on %(ref)s is no precedent any more"), "what overturned it is told"
    ),
    of_accounts.USER_CREATED: Silence(_("%(actor)s created an account"), "nobody could read it yet"),
    of_accounts.USER_CHANGED: Silence(_("%(actor)s changed an account"), _NOT_PERSONAL),
    of_accounts.USER_DEACTIVATED: Silence(_("%(actor)s closed an account"), "its owner can no longer read it"),
    of_accounts.ORGANIZATION_CREATED: Silence(_("%(actor)s added an organization"), _NOT_PERSONAL),
    of_accounts.ORGANIZATION_CHANGED: Silence(_("%(actor)s changed an organization"), _NOT_PERSONAL),
    of_accounts.TEAM_CHANGED: Silence(_("%(actor)s changed a team"), _NOT_PERSONAL),
    # Kinds of `reporting`, which stands to the right of here.
    "export.asked": Silence(_("%(actor)s asked for an export"), "its end is told"),
    "export.cancelled": Silence(_("%(actor)s cancelled an export"), _SEEN),
    "export.expired": Silence(_("The file of an export was removed after its time"), "the list of exports shows it"),
    COACHING_SHARED: Silence(_("%(actor)s shared examples with a vendor"), "the vendor's leads are mailed"),
    WEEK_FROZEN: Silence(_("%(actor)s froze the figures of a vendor's week"), "the vendor's leads are mailed"),
    "vendor_week.signed": Silence(_("%(actor)s signed a vendor's week"), _SEEN),
    "commitment.made": Silence(_("%(actor)s wrote down what was agreed in a vendor's review"), _SEEN),
    "commitment.done": Silence(_("%(actor)s marked what was agreed with a vendor as done"), _SEEN),
    "contract_target.set": Silence(_("%(actor)s wrote down a target agreed with a vendor"), _SEEN),
    "vendor_reviews.imported": Silence(_("%(actor)s brought decisions of a vendor's reviewers in"), _SEEN),
    "annotation.added": Silence(_("%(actor)s added a note to the time line of the reports"), _SEEN),
    "annotation.changed": Silence(_("%(actor)s changed a note on the time line of the reports"), _SEEN),
    "annotation.removed": Silence(_("%(actor)s removed a note from the time line of the reports"), _SEEN),
    "saved_report.saved": Silence(_("%(actor)s saved a report"), _SEEN),
    "saved_report.removed": Silence(_("%(actor)s removed a saved report"), _SEEN),
    "brief.started": Silence(_("%(actor)s began the brief %(ref)s"), "asking for its approval is told"),
    "brief.changed": Silence(_("%(actor)s wrote in the brief %(ref)s"), "asking for its approval is told"),
    "brief.sent": Silence(_("%(actor)s sent the brief %(ref)s"), "whoever subscribed gets the brief itself"),
    "brief.revised": Silence(_("%(actor)s began the next version of the brief %(ref)s"), "its approval is told"),
    "brief.withdrawn": Silence(_("%(actor)s withdrew the brief %(ref)s"), _SEEN),
    "brief_subscription.set": Silence(_("%(actor)s subscribed to briefs"), _SEEN),
    "brief_subscription.removed": Silence(_("%(actor)s gets no briefs any more"), _SEEN),
    "report_schedule.made": Silence(_("%(actor)s has a report mailed by schedule"), "the report itself arrives"),
    "report_schedule.changed": Silence(_("%(actor)s changed a schedule of reports"), _SEEN),
    "report_schedule.paused": Silence(_("%(actor)s paused a schedule of reports"), _SEEN),
    "report_schedule.resumed": Silence(_("%(actor)s resumed a schedule of reports"), _SEEN),
    "report_schedule.removed": Silence(_("%(actor)s removed a schedule of reports"), _SEEN),
    "report_mail.made": Silence(_("A report was made and handed to e-mail"), "it arrives by itself"),
    "report_mail.retried": Silence(_("%(actor)s had a report mailed again"), _SEEN),
    "sql.asked": Silence(_("%(actor)s ran a statement in the SQL tab"), _SEEN),
    of_audit.CANARY_FIRED: Silence(_("The canary's timer fired"), "its absence is what somebody must hear of"),
    of_audit.STUCK_REPLAYED: Silence(_("%(actor)s had stuck work tried again"), _SEEN),
    of_audit.STUCK_DISCARDED: Silence(_("%(actor)s gave stuck work up"), _SEEN),
    of_audit.MAINTENANCE_ENDED: Silence(_("The dead-man's switch is awake again"), "its start was told with its end"),
}

# Which channel carries which class where a person has not chosen. Channels that are not named are off until chosen.
DEFAULTS: dict[EventClass, dict[str, Mode]] = {
    _C.ASSIGNMENT: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
    _C.MENTION: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
    _C.ANSWER: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
    _C.CLOCK_WARNING: {IN_APP: Mode.NOW, EMAIL: Mode.OFF},
    _C.CLOCK_BREACH: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
    _C.CASE_CHANGE: {IN_APP: Mode.NOW, EMAIL: Mode.DIGEST},
    _C.OUTCOME: {IN_APP: Mode.NOW, EMAIL: Mode.DIGEST},
    _C.SAVED_VIEW: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
    _C.POLICY: {IN_APP: Mode.NOW, EMAIL: Mode.DIGEST},
    _C.ACCOUNT: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
    _C.REPORT: {IN_APP: Mode.NOW, EMAIL: Mode.OFF},
    _C.CONFIGURATION: {IN_APP: Mode.NOW, EMAIL: Mode.OFF},
    _C.OPERATIONS: {IN_APP: Mode.NOW, EMAIL: Mode.NOW},
}
# Of the worst severities these reach the inbox whatever a person chose (ux.md INB-3).
MUST_BE_HEARD = frozenset({_C.CLOCK_BREACH, _C.ASSIGNMENT})


def default_mode(event_class: EventClass, channel: str) -> Mode:
    """How a class reaches people on a channel until they choose."""
    return DEFAULTS[event_class].get(channel, Mode.OFF)


def rule_of(kind: str, data: Data) -> Rule | None:
    """The rule for an event of this kind with this data; None where nobody is told."""
    return next((rule for rule in RULES.get(kind, ()) if rule.fits(data)), None)


def text_of(kind: str, data: Data) -> Text:
    """The sentence for an event, told or not. A kind that a later release removed has its code."""
    rule = rule_of(kind, data)
    if rule is not None:
        return rule.text
    silence = SILENT.get(kind)
    return silence.text if silence is not None else kind


# Nobody is told of these, but they change notices that stand already.
ALSO_HEARD = (of_cases.COMMENT_RETRACTED,)
