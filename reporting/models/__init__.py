"""What reporting keeps of its own: facts and rollups, notes on the time line, exports, saved reports, briefs, schedules."""

from reporting.models.annotations import Annotation
from reporting.models.briefs import Brief, BriefSubscription, BriefVersion
from reporting.models.coaching import CoachingSet
from reporting.models.contracts import ContractTarget
from reporting.models.exports import Export
from reporting.models.facts import CaseFact, ClockFact, ClosingFact, DecisionFact, FactsState, Shift, Triage
from reporting.models.reviews import ReviewImport, VendorReview
from reporting.models.rollups import Rollup, RollupDay
from reporting.models.saved import SavedReport
from reporting.models.schedules import Mailing, ReportSchedule, ScheduleRecipient
from reporting.models.weeks import Commitment, VendorWeek

__all__ = [
    "Annotation",
    "Brief",
    "BriefSubscription",
    "BriefVersion",
    "CaseFact",
    "ClockFact",
    "ClosingFact",
    "CoachingSet",
    "Commitment",
    "ContractTarget",
    "DecisionFact",
    "Export",
    "FactsState",
    "Mailing",
    "ReportSchedule",
    "ReviewImport",
    "Rollup",
    "RollupDay",
    "SavedReport",
    "ScheduleRecipient",
    "Shift",
    "Triage",
    "VendorReview",
    "VendorWeek",
]
