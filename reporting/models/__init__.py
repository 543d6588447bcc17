"""What reporting keeps of its own: facts and rollups, exports, saved reports."""

from reporting.models.exports import Export
from reporting.models.saved import SavedReport

__all__ = ["Export", "SavedReport"]
