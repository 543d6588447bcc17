"""Event kinds this app records, and what each carries."""

CALENDAR_PUBLISHED = "calendar.published"  # key, version (number), reason; effective_at if it is not at once
CALENDAR_SHARED = "calendar.shared"  # key, is_shared: an iCal address was given out, replaced or withdrawn
HOLIDAYS_CHANGED = "holiday_set.changed"  # key, entries (how many are active)
HOLIDAY_FEED_SAVED = "holiday_feed.saved"  # key, host (empty: uploads only), zone, every_h
HOLIDAY_FEED_FAILED = "holiday_feed.failed"  # key, error, failing_since; once until a reading works again
HOLIDAY_READING_FOUND = "holiday_reading.found"  # key, added, removed, changed (how many days); waits for a person
HOLIDAY_READING_SETTLED = "holiday_reading.settled"  # key, is_accepted, reason, calendars (keys published with it)
