"""Event kinds this app records, and what each carries."""

CALENDAR_PUBLISHED = "calendar.published"  # key, version (number), reason
HOLIDAYS_CHANGED = "holiday_set.changed"  # key, entries (how many are active)
