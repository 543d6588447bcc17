"""Event kinds of the policy library.

`policy.created`  data: key, family
`policy.draft_started`, `policy.draft_changed`, `policy.draft_discarded`  data: key, number, market; fields (what changed)
`policy.sent_to_review`, `policy.commented`, `policy.returned`, `policy.sent_to_legal`, `policy.legal_passed`
  data: key, number, market; author_id (whom it concerns)
`policy.version_scheduled`  data: key, number, label, market, from, author_id
`policy.version_withdrawn`  data: key, number, market, author_id: a scheduled version became a draft again
`policy.version_effective`  data: key, number, label, market, from (ISO 8601, UTC)
`policy.version_retired`  data: key, number, market, at (ISO 8601, UTC)
`policy.translated`  data: key, number, language; `policy.owner_changed`  data: key, user_id
`policy.acknowledged`  data: key, number
`library.imported`  data: files, added, changed; `library.exported`  data: files
The subject is the Policy; of an import or export the Organization.

`gap.opened`  data: source (the case), question, nearest (citation or empty), failed (element keys)
`gap.changed`  data: fields, user_id (its owner)
`gap.answered`  data: source, clause (citation); `gap.closed`  data: source: no rule will be made
`gap.reopened`  data: source: the wording that answered it was withdrawn
`gap.withdrawn`  data: source
The subject is the Gap.

`guidance.issued`, `guidance.started`, `guidance.ended`  data: name, crisis, from, until, cause
`guidance.acknowledged`  data: name
The subject is the Guidance.
"""

from __future__ import annotations

POLICY_CREATED = "policy.created"
DRAFT_STARTED = "policy.draft_started"
DRAFT_CHANGED = "policy.draft_changed"
DRAFT_DISCARDED = "policy.draft_discarded"
SENT_TO_REVIEW = "policy.sent_to_review"
COMMENTED = "policy.commented"
RETURNED = "policy.returned"
SENT_TO_LEGAL = "policy.sent_to_legal"
LEGAL_PASSED = "policy.legal_passed"
VERSION_SCHEDULED = "policy.version_scheduled"
VERSION_WITHDRAWN = "policy.version_withdrawn"
POLICY_VERSION_EFFECTIVE = "policy.version_effective"
POLICY_VERSION_RETIRED = "policy.version_retired"
TRANSLATED = "policy.translated"
OWNER_CHANGED = "policy.owner_changed"
ACKNOWLEDGED = "policy.acknowledged"
LIBRARY_IMPORTED = "library.imported"
LIBRARY_EXPORTED = "library.exported"
GAP_OPENED = "gap.opened"
GAP_CHANGED = "gap.changed"
GAP_ANSWERED = "gap.answered"
GAP_CLOSED = "gap.closed"
GAP_REOPENED = "gap.reopened"
GAP_WITHDRAWN = "gap.withdrawn"
GUIDANCE_ISSUED = "guidance.issued"
GUIDANCE_STARTED = "guidance.started"
GUIDANCE_ENDED = "guidance.ended"
GUIDANCE_ACKNOWLEDGED = "guidance.acknowledged"
