"""The data dictionary: what each column of the reading views means, in which unit. Versioned like an API.

`VERSION` grows when a column goes, is renamed or changes its meaning; a new column does not need one. A test holds every column of
the database against a line here, and every line against a column. Texts are English, as the columns' names are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = 1


class Kind(StrEnum):
    """What a column holds, as people say it."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time (UTC)"
    YES_NO = "yes or no"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, what it means; `unit` where a number has one."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class View:
    """One view: what one row is, and its columns in their order."""

    name: str
    row: str
    columns: tuple[Column, ...]
    example: str


_T, _N, _AT, _B = Kind.TEXT, Kind.NUMBER, Kind.TIME, Kind.YES_NO


def _c(name: str, kind: Kind, meaning: str, unit: str = "") -> Column:
    return Column(name, kind, meaning, unit)


_CASE_REF = _c("case_ref", _T, "The case, ESC-….")
_ORGANIZATION = _c(
    "organization", _T, "Whose case it is: the short name of the submitter's organization, ours for manual cases."
)
_QUEUE = _c("queue", _T, "The queue in which the case stands now, by its short name.")
_SEVERITY = _c("severity", _N, "How bad the case is now: 0 (worst) to 4.")
_HARM = _c("harm", _T, "The kind of harm, as cases name it; empty until known.")
_LANGUAGE = _c("language", _T, "Language of the content, as a code such as es or pt-BR.")
_MARKET = _c("market", _T, "The market concerned, as an ISO 3166 country code.")

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View(
            "v_case",
            "A case: one escalation from its arrival to its end.",
            (
                _c("ref", _T, "The case's reference, ESC-…."),
                _ORGANIZATION,
                _c("channel", _T, "How it came: api, portal, bulk, mail, manual and the like."),
                _c("external_ref", _T, "The submitter's own number for it."),
                _c("surface", _T, "Where it was seen: organic, ads, commerce, account, product."),
                _HARM,
                _MARKET,
                _LANGUAGE,
                _SEVERITY,
                _c("status", _T, "new, in_review, waiting, decided or closed."),
                _c("is_open", _B, "Whether it is not closed."),
                _c(
                    "resolution",
                    _T,
                    "How it was closed; empty while open. invalid and duplicate are decided at triage.",
                ),
                _QUEUE,
                _c(
                    "level", _N, "How far it was handed upward: 1 specialist, 2 senior, 3 lead, 4 on-call, 5 executive."
                ),
                _c("reach", _N, "The largest reported number of people or views it reached.", "people or views"),
                _c("received_at", _AT, "When the submission was accepted, or the manual case made. Never changes."),
                _c(
                    "first_response_at",
                    _AT,
                    "The first message by a person to the submitter, or the decision's notice if earlier.",
                ),
                _c("decided_at", _AT, "The last decision that took effect."),
                _c("closed_at", _AT, "The last closing; empty while open."),
                _c("reopened_count", _N, "How often it was reopened.", "times"),
                _c("is_merged_child", _B, "Whether it is counted through the case it was merged into."),
                _c("organization_kind", _T, "internal, vendor or partner."),
                _c("team", _T, "The team whose queue it stands in, by its short name."),
                _c("hub", _T, "The hub (place) of that team."),
                _c("platform", _T, "The platform the content is on."),
                _c("suspected_clause", _T, "The clause the submitter suspects to be broken."),
                _c("waiting_on", _T, "Whom it waits for: submitter, consult, external; empty while it does not wait."),
                _c(
                    "graphic_tier",
                    _N,
                    "How upsetting the material is: 0 none to 3 extreme; empty is unknown and treated as 2.",
                ),
                _c("is_legal_hold", _B, "Whether a legal hold forbids deleting it."),
                _c("is_high_profile", _B, "Whether it concerns a high-profile account."),
                _c("cluster_size", _N, "How many cases were merged into it.", "cases"),
                _c("due_clock", _T, "The letter of the clock that is due next: A, F, N, R, U, C, M or L."),
                _c("due_at", _AT, "When that clock is due."),
                _c("is_paused", _B, "Whether that clock stands still."),
                _c("is_breached", _B, "Whether a clock that still runs has been missed."),
                _c("acknowledged_at", _AT, "When a person first took it up: the stop of its first acknowledge clock."),
            ),
            "SELECT queue, count(*) AS open_cases\nFROM v_case\nWHERE is_open\nGROUP BY queue\nORDER BY open_cases DESC",
        ),
        View(
            "v_clock",
            "One run of an SLA clock of a case, or of an appeal. A reopened case runs its clocks anew, as another cycle.",
            (
                _CASE_REF,
                _ORGANIZATION,
                _QUEUE,
                _SEVERITY,
                _c("object", _T, "What is timed: case or appeal."),
                _c("appeal_ref", _T, "The appeal, APL-…, where one is timed."),
                _c(
                    "clock",
                    _T,
                    "A acknowledge, F first response, N next response, R resolve, U promised update, C consult, M mitigate, L legal.",
                ),
                _c("cycle", _N, "Which run it is, from 1."),
                _c("state", _T, "pending, running, paused, met, missed or cancelled."),
                _c("target_s", _N, "The time promised.", "seconds of its calendar"),
                _c("started_at", _AT, "When it started."),
                _c("due_at", _AT, "When it is due, as people are shown."),
                _c("breach_at", _AT, "The instant that decides: met if and only if stopped by then."),
                _c("stopped_at", _AT, "When it stopped; empty while it runs."),
                _c("missed_at", _AT, "When it was missed, also where it still runs; empty where it was not."),
                _c(
                    "settled_at",
                    _AT,
                    "When its verdict fell: the stop of one that was met, the miss of one that was missed. Empty while open and in time, and for cancelled ones.",
                ),
                _c(
                    "is_met",
                    _B,
                    "The verdict; empty until settled. Attainment is the share of yes over clocks by settled_at.",
                ),
                _c("is_open", _B, "Whether it still runs, waits or stands still."),
                _c("paused_reason", _T, "Why it stands still now; empty while it does not."),
                _c("used_s", _N, "The time used so far, pauses left out.", "seconds of its calendar"),
                _c("is_excused", _B, "Whether somebody excused the miss, with a reason. It stays a miss."),
            ),
            "SELECT clock, round(100.0 * count(*) FILTER (WHERE is_met) / count(*), 1) AS percent_met, count(*) AS n\n"
            "FROM v_clock\nWHERE settled_at >= now() - interval '7 days'\nGROUP BY clock\nORDER BY clock",
        ),
        View(
            "v_decision",
            "A decision on a case, older and taken back ones included. Who decided stands in no view: figures are of teams.",
            (
                _CASE_REF,
                _ORGANIZATION,
                _QUEUE,
                _SEVERITY,
                _HARM,
                _LANGUAGE,
                _MARKET,
                _c("state", _T, "held, effective, superseded or undone."),
                _c("verdict", _T, "remove, restrict, no_violation and the like."),
                _c("clause", _T, "The clause it cites; empty where none is needed."),
                _c("clause_family", _T, "The family of that clause."),
                _c("clause_version", _N, "The version of the clause in force when it was decided."),
                _c("confidence", _T, "How sure the decider was."),
                _c("deviation", _T, "Why the actions are not the ladder's; empty where they are."),
                _c("departs_from_precedent", _B, "Whether the decider said that it departs from earlier decisions."),
                _c("decided_at", _AT, "When it was made."),
                _c("hold_until", _AT, "Until when it could be undone."),
                _c("effective_at", _AT, "When it took effect; empty where it never did."),
                _c("undone_at", _AT, "When it was taken back before that."),
                _c("overturned_at", _AT, "When an appeal or a revision found otherwise."),
                _c("is_revision", _B, "Whether it replaces an earlier one."),
                _c(
                    "is_repeat",
                    _B,
                    "Whether it repeats a cluster's decision on a merged case: leave these out when counting work.",
                ),
                _c("names_gap", _B, "Whether it names a gap in the policy."),
                _c("asked_second_person", _B, "Whether a second person was asked."),
            ),
            "SELECT clause, count(*) AS decisions, count(overturned_at) AS overturned\nFROM v_decision\n"
            "WHERE effective_at >= now() - interval '90 days' AND NOT is_repeat\nGROUP BY clause\nORDER BY decisions DESC",
        ),
        View(
            "v_vendor_submission",
            "A submission of a vendor, with the case it made or joined.",
            (
                _c("vendor", _T, "Who sent it, by its short name."),
                _CASE_REF,
                _c("channel", _T, "How it came."),
                _c("external_ref", _T, "The vendor's own number for it."),
                _c("received_at", _AT, "When it was accepted."),
                _c("result", _T, "created (a case of its own) or attached (joined one that stood already)."),
                _QUEUE,
                _SEVERITY,
                _c("severity_claimed", _N, "What the vendor thought it to be: 0 to 4; empty where it did not say."),
                _HARM,
                _LANGUAGE,
                _MARKET,
                _c("surface", _T, "Where it was seen."),
                _c("status", _T, "The status of the case now."),
                _c("resolution", _T, "How the case was closed; empty while open."),
                _c("closed_at", _AT, "When the case was closed last."),
                _c("warnings", _N, "How many warnings the receipt gave.", "warnings"),
            ),
            "SELECT vendor, date_trunc('week', received_at) AS week, count(*) AS submissions\n"
            "FROM v_vendor_submission\nGROUP BY vendor, week\nORDER BY week DESC, vendor",
        ),
        View(
            "v_appeal",
            "An appeal of a decision.",
            (
                _c("ref", _T, "The appeal's reference, APL-…."),
                _CASE_REF,
                _ORGANIZATION,
                _QUEUE,
                _SEVERITY,
                _HARM,
                _LANGUAGE,
                _MARKET,
                _c("appellant", _T, "Who asks: subject (the person concerned), vendor, or own (our own review)."),
                _c("channel", _T, "How it came."),
                _c("state", _T, "open, waiting, decided, closed or withdrawn."),
                _c("outcome", _T, "upheld, overturned or partial; empty until decided."),
                _c("grounds", _T, "Why the decision did not stand: error or new_information."),
                _c("filed_at", _AT, "When it was filed."),
                _c("due_at", _AT, "When its clock is due."),
                _c("decided_at", _AT, "When it was decided."),
                _c("closed_at", _AT, "When it was carried out or withdrawn."),
                _c("is_expedited", _B, "Whether it was put ahead of others."),
                _c("is_late", _B, "Whether it was taken after its window."),
                _c("decision_verdict", _T, "The verdict it is about."),
                _c("decision_decided_at", _AT, "When that decision was made."),
                _c("decision_clause", _T, "The clause that decision cites."),
            ),
            "SELECT outcome, count(*) AS appeals\nFROM v_appeal\nWHERE decided_at >= now() - interval '90 days'\nGROUP BY outcome",
        ),
    )
}
