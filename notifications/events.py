"""Event kinds this app records, and what each carries."""

ENDPOINT_MADE = "webhook.made"  # endpoint
ENDPOINT_CHANGED = "webhook.changed"  # endpoint, changes
ENDPOINT_ROTATED = "webhook.rotated"  # endpoint
ENDPOINT_PAUSED = "webhook.paused"  # endpoint, why: person | failing | gone
ENDPOINT_RESUMED = "webhook.resumed"  # endpoint
ENDPOINT_REMOVED = "webhook.removed"  # endpoint
ENDPOINT_REPLAYED = "webhook.replayed"  # endpoint, since, until, count
