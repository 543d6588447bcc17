"""When time counts: calendars with immutable versions, shared sets of holidays, and the feeds some of them come from."""

from oncall.models.calendars import Calendar, CalendarVersion, HolidayEntry, HolidaySet
from oncall.models.feeds import HolidayFeed, HolidayReading

__all__ = ["Calendar", "CalendarVersion", "HolidayEntry", "HolidayFeed", "HolidayReading", "HolidaySet"]
