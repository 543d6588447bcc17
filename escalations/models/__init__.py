"""The tables of escalations. One import place: `from escalations.models import Case`."""

from escalations.models.appeals import Appeal, AppealMessage
from escalations.models.approvals import Approval, ApprovalRule, ApprovalRulesVersion
from escalations.models.batches import BatchRow, SubmissionBatch
from escalations.models.bulk import BulkAct, BulkRow
from escalations.models.case import Case, CaseTag, ClusterMove, Link, Tag, Watch
from escalations.models.comments import Comment, Draft, Mention
from escalations.models.decisions import Decision
from escalations.models.demo import Simulator
from escalations.models.disputes import Dispute
from escalations.models.entities import CaseEntity, Entity
from escalations.models.evidence import Blob, Evidence, Upload
from escalations.models.handling import HandleTime
from escalations.models.handoffs import EnforcementAction, HandOff, Strike, StrikeLadder
from escalations.models.holds import AskVersion, CaseHold
from escalations.models.intake import Submission
from escalations.models.mail import InboundMail
from escalations.models.notices import Notice, NoticeDelivery
from escalations.models.owners import ClockOwner
from escalations.models.precedents import LeadingCase
from escalations.models.queues import Queue, RoutingRule, RoutingVersion, SavedView, ViewAlert
from escalations.models.replies import ReplyTemplate, ReplyTemplateVersion
from escalations.models.second_looks import ContestedClause, SecondLook
from escalations.models.sla import SlaClock, SlaClockEvent, SlaPlan, SlaPlanVersion, SlaTarget, SlaTimer
from escalations.models.sla_jobs import SlaJob
from escalations.models.spreading import Spread, SpreadRow
from escalations.models.undo import UndoEntry

__all__ = [
    "Appeal",
    "AppealMessage",
    "Approval",
    "ApprovalRule",
    "ApprovalRulesVersion",
    "AskVersion",
    "BatchRow",
    "Blob",
    "BulkAct",
    "BulkRow",
    "Case",
    "CaseEntity",
    "CaseHold",
    "CaseTag",
    "ClockOwner",
    "ClusterMove",
    "Comment",
    "ContestedClause",
    "Decision",
    "Dispute",
    "Draft",
    "EnforcementAction",
    "Entity",
    "Evidence",
    "HandOff",
    "HandleTime",
    "InboundMail",
    "LeadingCase",
    "Link",
    "Mention",
    "Notice",
    "NoticeDelivery",
    "Queue",
    "ReplyTemplate",
    "ReplyTemplateVersion",
    "RoutingRule",
    "RoutingVersion",
    "SavedView",
    "SecondLook",
    "Simulator",
    "SlaClock",
    "SlaClockEvent",
    "SlaJob",
    "SlaPlan",
    "SlaPlanVersion",
    "SlaTarget",
    "SlaTimer",
    "Spread",
    "SpreadRow",
    "Strike",
    "StrikeLadder",
    "Submission",
    "SubmissionBatch",
    "Tag",
    "UndoEntry",
    "Upload",
    "ViewAlert",
    "Watch",
]
