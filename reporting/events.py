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
