"""Event kinds this app records, and what each carries."""

USER_CREATED = "user.created"
USER_CHANGED = "user.changed"  # fields: the names that changed
USER_DEACTIVATED = "user.deactivated"
ROLE_GRANTED = "role.granted"  # role, expires_at
ROLE_REVOKED = "role.revoked"  # role
CLEARANCE_GRANTED = "clearance.granted"  # compartment, expires_at
CLEARANCE_REVOKED = "clearance.revoked"  # compartment
ORGANIZATION_CREATED = "organization.created"
ORGANIZATION_CHANGED = "organization.changed"
TEAM_CHANGED = "team.changed"
KEY_CREATED = "service_key.created"  # prefix, scopes, is_sandbox
KEY_ROTATED = "service_key.rotated"  # prefix, replaces
KEY_REVOKED = "service_key.revoked"  # prefix
