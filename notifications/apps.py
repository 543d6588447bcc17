from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest


def waiting(request: HttpRequest) -> int:
    """How many entries wait in the viewer's inbox; 0 on pages that answer before a request has its time."""
    from notifications.selectors import inbox

    at = getattr(request, "at", None)
    return 0 if at is None else inbox.badge(request.user, at=at)  # type: ignore[arg-type]


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts.roles import Action
        from audit import relay, schedules
        from core import admin_pages, engine, navigation
        from core.admin_pages import AdminPage
        from notifications import channels, rules
        from notifications.channels import email, gateways, outward_mail
        from notifications.channels.chat import Chat
        from notifications.channels.email import EmailChannel
        from notifications.channels.phone import PhoneChannel
        from notifications.channels.push import Push
        from notifications.channels.webhook import Webhook
        from notifications.lifecycle import SMS, VOICE, Lane
        from notifications.operations import (
            delivering,
            devices,
            duty_gaps,
            fan_out,
            keeping,
            notice_mail,
            outward,
            phones,
            ways,
            webhooks,
        )

        # A kind that no rule names wakes nobody, and costs no outbox row.
        relay.listen(
            "notices", {*rules.RULES, *rules.ALSO_HEARD}, fan_out.fan_out, lane="notices", many=fan_out.fan_out_many
        )
        for lane in Lane:
            engine.register(f"deliver_{lane.value}", lane=lane.value, work=delivering.claim_of(lane), queue="deliver")
        channels.register(Webhook())
        channels.SETTLED[Webhook.name] = webhooks.settled
        relay.listen("webhooks", webhooks.KINDS, webhooks.hear, many=webhooks.hear_many)
        engine.set_threads(f"{Lane.WEBHOOK.value}", 4)
        engine.on_stop(delivering.release_own)
        schedules.register("warn_of_duty_gaps", every_s=3600, work=duty_gaps.warn)
        schedules.register("forget_old_notices", every_s=3600, work=keeping.forget_old)
        if settings.HAS_MAIL:
            channels.register(EmailChannel())
            email.OTHERS["outward"] = outward_mail.prepare
            relay.listen("outward", set(outward.CLASSES), outward.hear, lane="notices")
            email.OTHERS["notice"] = outward_mail.prepare_notice
            channels.SETTLED[EmailChannel.name] = notice_mail.settled
            relay.listen("notice_mail", notice_mail.HEARD, notice_mail.hear, lane="notices")
        for name, label in ((SMS, _("Text message")), (VOICE, _("Call"))):
            if gateways.carries(name):
                channels.register(PhoneChannel(name, label))
                channels.SETTLED[name] = phones.settled
        channels.register(Push())
        channels.SETTLED[Push.name] = devices.settled
        channels.register(Chat())
        channels.SETTLED[Chat.name] = ways.settled
        relay.listen("team_chats", set(rules.RULES), ways.hear, lane="notices", many=ways.hear_many)
        navigation.place(inbox="notifications:inbox", notices="notifications:preferences")
        navigation.register(
            navigation.Entry(
                "inbox",
                "notifications:inbox",
                _("Inbox"),
                "bell",
                key="g i",
                order=15,
                may=lambda viewer: bool(viewer.is_authenticated) and viewer.is_internal,
                count=waiting,
                live_on="inbox.changed",
                live_url_name="notifications:badge",
            )
        )
        admin_pages.register(
            AdminPage(
                "notifications:deliveries",
                _("Deliveries"),
                _("Messages that failed or whose end nobody knows: send again or give up."),
                Action.CONFIG_READ,
            ),
            AdminPage(
                "notifications:duty", _("Duty list"), _("Who is told when no lead is on shift."), Action.CONFIG_READ
            ),
            AdminPage(
                "notifications:service-notices",
                _("Notices to vendors"),
                _("What stands on the first page of every vendor’s portal, from when to when."),
                Action.ROUTING_READ,
            ),
        )
        if settings.TEXTS_ARE_KEPT:
            admin_pages.register(
                AdminPage(
                    "notifications:texts",
                    _("Kept texts"),
                    _("Texts and calls that this local run wrote and sent to nobody."),
                    Action.CONFIG_READ,
                )
            )
        if settings.MAIL_IS_KEPT:
            admin_pages.register(
                AdminPage(
                    "notifications:mail",
                    _("Kept mail"),
                    _("E-mails that this local run wrote and sent to nobody."),
                    Action.CONFIG_READ,
                )
            )
