"""Event kinds of the policy library.

`policy.created`  data: key, family
`policy.version_effective`  data: key, number, label, market, from (ISO 8601, UTC)
`policy.version_retired`  data: key, number, market, at (ISO 8601, UTC)
The subject is the Policy.

`gap.opened`  data: source (the case), question, nearest (citation or empty), failed (element keys)
`gap.withdrawn`  data: source
The subject is the Gap.
"""

from __future__ import annotations

POLICY_CREATED = "policy.created"
POLICY_VERSION_EFFECTIVE = "policy.version_effective"
POLICY_VERSION_RETIRED = "policy.version_retired"
GAP_OPENED = "gap.opened"
GAP_WITHDRAWN = "gap.withdrawn"
