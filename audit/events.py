"""Event kinds this app records, and what each carries. All are for whoever runs the product."""

INCIDENT_FOUND = "incident.found"  # check, about, detail
INCIDENT_ENDED = "incident.ended"  # check, about
CANARY_FIRED = "canary.fired"  # due_at
STUCK_REPLAYED = "stuck.replayed"  # what, row, reason, why
STUCK_DISCARDED = "stuck.discarded"  # what, row, reason, why
MAINTENANCE_STARTED = "maintenance.started"  # ends_at, reason
MAINTENANCE_ENDED = "maintenance.ended"
