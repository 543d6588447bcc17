"""Event kinds that reporting records."""

from __future__ import annotations

# About an export: its source, its format, how many rows; never what stands in them.
EXPORT_ASKED = "export.asked"  # {source, title, format, said}
EXPORT_WAITS = "export.waits"  # the same, where a second person is asked
EXPORT_APPROVED = "export.approved"  # {source, title, user_id}
EXPORT_REFUSED = "export.refused"  # {source, title, user_id}
EXPORT_DONE = "export.done"  # {source, title, format, rows, bytes, sha256, user_id}
EXPORT_FAILED = "export.failed"  # {source, title, trouble, user_id}
EXPORT_CANCELLED = "export.cancelled"  # {source, title}
EXPORT_EXPIRED = "export.expired"  # {source, title}

REPORT_SAVED = "saved_report.saved"  # {name, kind, audience}
REPORT_REMOVED = "saved_report.removed"  # {name, kind}
SQL_ASKED = "sql.asked"  # {statement, rows, cut, ms}

BRIEF_STARTED = "brief.started"  # {user_id}
BRIEF_CHANGED = "brief.changed"  # {blocks: kinds by number}
BRIEF_SUBMITTED = "brief.submitted"  # {version, words}
BRIEF_RETURNED = "brief.returned"  # {version, user_id: its author}
BRIEF_APPROVED = "brief.approved"  # {version, user_id: its author, sha256}
BRIEF_SENT = "brief.sent"  # {version, readers}
BRIEF_REVISED = "brief.revised"  # {version: the one before}
BRIEF_WITHDRAWN = "brief.withdrawn"  # {}
BRIEF_SUBSCRIBED = "brief_subscription.set"  # {cadence, surface, region, forward_safe}
BRIEF_UNSUBSCRIBED = "brief_subscription.removed"  # {}

SCHEDULE_MADE = "report_schedule.made"  # {page, pace, format, people}
SCHEDULE_CHANGED = "report_schedule.changed"  # {page, pace, format, people}
SCHEDULE_PAUSED = "report_schedule.paused"  # {}
SCHEDULE_RESUMED = "report_schedule.resumed"  # {}
SCHEDULE_REMOVED = "report_schedule.removed"  # {}
MAILING_MADE = "report_mail.made"  # {what, to, format, bytes, sha256}
MAILING_FAILED = "report_mail.failed"  # {what, user_id: who made the schedule}
MAILING_RETRIED = "report_mail.retried"  # {what}
ANNOTATION_ADDED = "annotation.added"  # {kind, starts_at}
ANNOTATION_CHANGED = "annotation.changed"  # {kind, starts_at}
ANNOTATION_REMOVED = "annotation.removed"  # {kind}

COACHING_SHARED = "coaching_set.shared"  # {reason, count}
COACHING_ACKNOWLEDGED = "coaching_set.acknowledged"  # {user_id: who shared it}
CONTRACT_TARGET_SET = "contract_target.set"  # {measure, value, starts_on}
VENDOR_WEEK_FROZEN = "vendor_week.frozen"  # {week, edition, why}
VENDOR_WEEK_SIGNED = "vendor_week.signed"  # {week, edition, side: ours | theirs}
COMMITMENT_MADE = "commitment.made"  # {week, owner, due_on}
COMMITMENT_DONE = "commitment.done"  # {week, owner}
REVIEWS_IMPORTED = "vendor_reviews.imported"  # {new, changed, known, refused}
