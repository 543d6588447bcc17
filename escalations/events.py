"""Event kinds this app records, and what each carries. Outward kinds may be read by the submitting organization."""

SUBMISSION_RECEIVED = "submission.received"  # channel, external_ref
CASE_CREATED = "case.created"  # channel, severity, queue_id; received_at where that was earlier
CASE_ROUTED = "case.routed"  # queue_id, rule, why
CASE_CLAIMED = "case.claimed"  # queue_id, lease_until
CASE_RELEASED = "case.released"  # cause: person | lease | wellness
CASE_LEASE_RENEWED = "case.lease_renewed"
CASE_ASSIGNED = "case.assigned"  # assignee_id, before_id
CASE_EDITED = "case.edited"  # changes: {field: [before, after]}; of the ask the numbers of its wordings, and the reason
CASE_SEVERITY_CHANGED = "case.severity_changed"  # before, after, reason, pinned; promised: the level whose targets stay
CASE_MOVED = "case.moved"  # queue_id, before_id
CASE_SNOOZED = "case.snoozed"  # until, wake_on
CASE_WOKEN = "case.woken"  # cause
CASE_WAITING = "case.waiting"  # on, until, question
CASE_RESUMED = "case.resumed"  # cause
CASE_TAGGED = "case.tagged"  # added, removed
CASE_WATCHED = "case.watched"
CASE_UNWATCHED = "case.unwatched"
CASE_LINKED = "case.linked"  # kind, other
CASE_UNLINKED = "case.unlinked"  # kind, other
CASE_MERGED = "case.merged"  # into
CASE_ABSORBED = "case.absorbed"  # children
CASE_UNMERGED = "case.unmerged"  # from
CASE_SPLIT = "case.split"  # into, comment: a message became a case of its own
CASE_LABELLED = "case.labelled"  # compartments before and after
CASE_HELD = "case.held"  # legal hold set or released: is_held, basis, asked_by_id
CASE_HOLD_ASKED = "case.hold_asked"  # basis: a lead asks the legal desk for a hold
CASE_HOLD_RELEASE_ASKED = "case.hold_release_asked"  # reason: one of the desk proposes the release, another confirms
CASE_CLOSED = "case.closed"  # resolution, cause
CASE_REOPENED = "case.reopened"  # reason, count
CASE_WITHDRAWN = "case.withdrawn"  # reason
CASE_REJECTED = "case.rejected"  # invalid: reason code, note
COMMENT_WRITTEN = "comment.written"  # comment, visible_at: a reply inside its undo time
COMMENT_ADDED = "comment.added"  # comment, audience, from_submitter; outward only where the audience is the submitter
COMMENT_RETRACTED = "comment.retracted"  # comment, audience
EVIDENCE_ADDED = "evidence.added"  # number, kind, sha256
EVIDENCE_TIERED = "evidence.tiered"  # number, tier, before
EVIDENCE_ORIGINAL_SEEN = "evidence.original_seen"  # number, state ("" where nobody knows), before
EVIDENCE_CORRECTED = "evidence.corrected"  # number, corrects
DECISION_MADE = "decision.made"  # decision, verdict, clause, hold_until
DECISION_UNDONE = "decision.undone"
DECISION_EFFECTIVE = "decision.effective"
APPROVAL_ASKED = "approval.asked"  # approval, about, why, rule, verdict, until, asked_by_id, to
APPROVAL_GIVEN = "approval.given"  # approval, about, why, asked_by_id, reason
APPROVAL_REFUSED = "approval.refused"  # the same: what was asked about went back to whoever asked
APPROVAL_EXPIRED = "approval.expired"  # approval, about, why, asked_by_id: nobody answered in time
APPROVAL_WITHDRAWN = "approval.withdrawn"  # approval, about, why, asked_by_id: the thing was taken back
APPROVAL_RULES_PUBLISHED = "approval_rules.published"  # version, count
SECOND_LOOK_ASKED = "second_look.asked"  # second_look: a decision under a contested clause was drawn
SECOND_LOOK_ANSWERED = "second_look.answered"  # second_look, agrees
SECOND_LOOK_SETTLED = "second_look.settled"  # second_look, first_stands, user_id: who decided first
CONTESTED_CHANGED = "contested_clause.changed"  # key, share: 0 where it is no longer
# About one act on many cases. All carry act, count and user_id (who asked for it).
BULK_ASKED = "bulk.asked"  # until: somebody else confirms it first
BULK_APPROVED = "bulk.approved"
BULK_REFUSED = "bulk.refused"  # reason
BULK_EXPIRED = "bulk.expired"  # nobody answered in time
BULK_WITHDRAWN = "bulk.withdrawn"
BULK_STARTED = "bulk.started"
BULK_STOPPED = "bulk.stopped"  # done: the rest stays as it was
BULK_ENDED = "bulk.ended"  # done, left_out: the engine has been through all of them
BULK_UNDONE = "bulk.undone"  # undone, kept
SPREAD_STARTED = "case.spread_started"  # count: a cluster's decision is on its way to that many members
SPREAD_ENDED = "case.spread_ended"  # count, left_out: it has reached them, those left out stand by themselves
CASE_PROVENANCE_DISPUTED = "case.provenance_disputed"  # source, automated_detection, automated_decision: as they read
LEADING_CASE_NAMED = "decision.leading_named"  # decision, clause
LEADING_CASE_REMOVED = "decision.leading_removed"  # decision, clause
PRECEDENT_OVERTURNED = "decision.overturned"  # decision, clause, cause
ENFORCEMENT_QUEUED = "enforcement.queued"  # count, actions: [{action, type, source, ends_at}]
ENFORCEMENT_MITIGATED = "enforcement.mitigated"  # action, type, count, ends_at, reason: before a decision
ENFORCEMENT_SENT = "enforcement.sent"  # action, type: the platform has it, its word is still out
ENFORCEMENT_ACCEPTED = "enforcement.accepted"  # action, type, foreign_id, late
ENFORCEMENT_REFUSED = "enforcement.refused"  # action, type, why
ENFORCEMENT_UNCLEAR = "enforcement.unclear"  # action, type, why: nobody knows whether it was done
ENFORCEMENT_CONTRADICTED = (
    "enforcement.contradicted"  # action, type, said, before: a second answer differs from the first
)
ENFORCEMENT_RETRIED = "enforcement.retried"  # action, type, reason: a person lets it be sent again, under its one key
ENFORCEMENT_RESOLVED = (
    "enforcement.resolved"  # action, type, outcome, reason, foreign_id: a person looked and says what became of it
)
ENFORCEMENT_REVERSED = "enforcement.reversed"  # actions, count, reason, why: taken back; lifting them is handed over
ENFORCEMENT_ENDING = "enforcement.ending"  # action, type, ends_at
ENFORCEMENT_ENDED = "enforcement.ended"  # action, type: its time is over; lifting it is handed over
ENFORCEMENT_CLOSED_OVER = "enforcement.closed_over"  # count, reason: a lead closes the case over what is not confirmed
NOTICE_QUEUED = "notice.queued"  # deliveries: ids of what goes out by e-mail
NOTICE_RESENT = "notice.resent"  # deliveries, reason: a person has it sent again
NOTICE_SENT = "notice.sent"  # delivery, way: it left
NOTICE_DELIVERED = "notice.delivered"  # count: the submitter opened it
NOTICE_DISCARDED = "notice.discarded"  # delivery, reason: a person gave it up
NOTICE_FAILED = "notice.failed"  # delivery, way, why: it did not reach its reader
NOTICE_WITHHELD = "notice.withheld"  # missing: variables without a value; nothing was told
STRIKE_GIVEN = "strike.given"  # strike, surface, weight, count, reached
STRIKE_REFUNDED = "strike.refunded"  # strikes, count, reason
STRIKE_LADDER_PUBLISHED = "strike_ladder.published"  # surface, number
# About appeals. All carry appeal (its reference) and is_own: whether the submitting organization filed it.
APPEAL_FILED = "appeal.filed"  # is_expedited
APPEAL_CLAIMED = "appeal.claimed"
APPEAL_RELEASED = "appeal.released"  # before_id
APPEAL_TRANSLATED = "appeal.translated"
APPEAL_EXPEDITED = "appeal.expedited"  # reason
APPEAL_ASKED = "appeal.asked"  # message: the appellant is asked for what is missing
APPEAL_ANSWERED = "appeal.answered"  # assignee_id
APPEAL_WITHDRAWN = "appeal.withdrawn"  # assignee_id
APPEAL_DECIDED = "appeal.decided"  # outcome, hold_until
APPEAL_UNDONE = "appeal.undone"
APPEAL_CLOSED = "appeal.closed"  # outcome, grounds, user_id: who took the decision
CLOCK_RETRACTED = "clock.retracted"  # metric, missed_at: an earlier answer came to light, the clock was met
CLOCK_DISAGREES = "clock.disagrees"  # columns in which a clock's row and its events differ
CLOCK_REARMED = "clock.rearmed"  # metric, kind, level, due_at: its timer was lost and is armed again
CLOCK_UNREACHABLE = "clock.unreachable"  # metric: its calendar is not open long enough within 400 days
TIMER_QUARANTINED = "timer.quarantined"  # timer, kind, error
CLOCK_EXCUSED = "clock.excused"  # metric, reason: the miss stays, the excused figure leaves it out
CLOCK_CORRECTED = "clock.corrected"  # metric, reason: its whole past is judged by the right target
CLOCK_EXTENDED = "clock.extended"  # metric, reason, due_at: a legal deadline moved, with a document
CLOCK_PROMISED = "clock.promised"  # metric, due_at: news promised by a time
CLOCK_ANSWERED_ELSEWHERE = "clock.answered_elsewhere"  # occurred_at, reason: an answer given outside came to light
CLOCK_WAIVED = "clock.waived"  # metric, reason: no answer was needed
CLOCK_PAUSE_ENDING = "clock.pause_ending"  # metric, reason, ends_at: a pause will end by its cap
CLOCK_RESUMED = "clock.resumed"  # metric, reason, ends_at: a pause has ended by its cap
CLOCK_WARNED = "clock.warned"  # metric, level
CLOCK_BREACHED = "clock.breached"  # metric, breach_at
ROUTING_PUBLISHED = "routing.published"  # version
QUEUE_CHANGED = "queue.changed"
SLA_PLAN_PUBLISHED = "sla_plan.published"  # version
SLA_PLAN_APPLIED = "sla_plan.applied"  # edition, changed, missed, left: open clocks follow it
SLA_PLAN_CHANGED = "sla_plan.changed"  # name, position, is_active
CALENDAR_APPLIED = "sla_plan.calendar_applied"  # edition, changed, missed, left: open clocks follow it
VIEW_SAVED = "view.saved"
VIEW_DELETED = "view.deleted"
VIEW_ALERTED = (
    "view.alerted"  # user_id, alert, kind, count, threshold: a saved view holds what its reader wants to hear of
)
IDENTITIES_MANY_OPENED = (
    "identities.many_opened"  # count: one person opened that many victims' identities within an hour
)
REPLY_TEMPLATE_CHANGED = "reply_template.changed"  # fields, language, version
MAIL_QUARANTINED = "mail.quarantined"  # reason, detail
MAIL_DISCARDED = "mail.discarded"  # reason
# About a case that was sent back as invalid. Both carry dispute.
DISPUTE_FILED = "dispute.filed"  # reason: the code it was sent back with
DISPUTE_ANSWERED = "dispute.answered"  # upheld, user_id: who had sent it back
BATCH_SENT = "batch.sent"  # count, refused, known: a file of submissions is worked off
BATCH_UNDONE = "batch.undone"  # withdrawn, kept: as much of it as nobody worked on is taken back
SIMULATOR_STARTED = "simulator.started"  # until
SIMULATOR_STOPPED = "simulator.stopped"
DEMO_WIPE_ASKED = "demo.wipe_asked"  # asked_by
DEMO_WIPED = "demo.wiped"  # asked_by: this database took the place of a wiped one

# What a submitter's change feed carries; everything else is the team's own.
OUTWARD = frozenset(
    {
        SUBMISSION_RECEIVED,
        CASE_CREATED,
        CASE_CLAIMED,
        CASE_SEVERITY_CHANGED,
        CASE_WAITING,
        CASE_RESUMED,
        CASE_CLOSED,
        CASE_REOPENED,
        CASE_WITHDRAWN,
        CASE_REJECTED,
        COMMENT_ADDED,
        DECISION_EFFECTIVE,
        APPEAL_FILED,
        APPEAL_ASKED,
        APPEAL_WITHDRAWN,
        APPEAL_CLOSED,
        DISPUTE_FILED,
        DISPUTE_ANSWERED,
    }
)
# Of these a submitter hears where the appeal is its own; others' appeals of a decision are the team's business.
OWN_APPEAL = frozenset({APPEAL_FILED, APPEAL_ASKED, APPEAL_WITHDRAWN, APPEAL_CLOSED})
