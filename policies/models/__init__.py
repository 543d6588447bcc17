"""What decisions cite, and what stands beside it. Internal configuration, so no organization column.

One import place: `from policies.models import PolicyVersion`.
"""

from policies.models.clauses import SEARCH_SQL, Policy, PolicyVersion, effective_version
from policies.models.gaps import Gap
from policies.models.guidance import Guidance, GuidanceAcknowledgement
from policies.models.reading import PolicyTranslation, VersionAcknowledgement, VersionComment

__all__ = [
    "SEARCH_SQL",
    "Gap",
    "Guidance",
    "GuidanceAcknowledgement",
    "Policy",
    "PolicyTranslation",
    "PolicyVersion",
    "VersionAcknowledgement",
    "VersionComment",
    "effective_version",
]
