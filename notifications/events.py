"""Event kinds this app records, and what each carries."""

ENDPOINT_MADE = "webhook.made"  # endpoint
ENDPOINT_CHANGED = "webhook.changed"  # endpoint, changes
ENDPOINT_ROTATED = "webhook.rotated"  # endpoint
ENDPOINT_PAUSED = "webhook.paused"  # endpoint, why: person | failing | gone
ENDPOINT_RESUMED = "webhook.resumed"  # endpoint
ENDPOINT_REMOVED = "webhook.removed"  # endpoint
ENDPOINT_REPLAYED = "webhook.replayed"  # endpoint, since, until, count
DELIVERY_RESENT = "delivery.resent"  # channel, state (before), reason: a person sent it again
DELIVERY_CONFIRMED = "delivery.confirmed"  # channel, state, reason: a person knows that it arrived
DELIVERY_DISCARDED = "delivery.discarded"  # channel, state, reason: a person gave it up
DUTY_LIST_CHANGED = "duty_list.changed"  # user_id, is_on
DUTY_GAP_AHEAD = "duty_list.gap_ahead"  # from, until: nobody is on shift or on the list then
CHAT_SET = "chat.set"  # host, team_id (null: a person's own): an address was given, or changed
CHAT_REMOVED = "chat.removed"  # host, team_id
PHONE_GIVEN = "phone.given"  # last4: a code was texted to it
PHONE_CONFIRMED = "phone.confirmed"  # last4
PHONE_STOPPED = "phone.stopped"  # its owner wants no texts and calls
PHONE_RESUMED = "phone.resumed"
PHONE_REMOVED = "phone.removed"
SERVICE_NOTICE_MADE = "service_notice.made"  # starts_at, ends_at
SERVICE_NOTICE_ENDED = "service_notice.ended"
PUSH_ON = "push.on"  # host: a person switched it on for one device
PUSH_OFF = "push.off"  # why: person | gone (said its push service)
