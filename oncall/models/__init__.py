"""When time counts: calendars with immutable versions, and shared sets of holidays."""

from oncall.models.calendars import Calendar, CalendarVersion, HolidayEntry, HolidaySet

__all__ = ["Calendar", "CalendarVersion", "HolidayEntry", "HolidaySet"]
