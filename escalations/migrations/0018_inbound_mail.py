"""Mail that came in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
from core.rls import TenantForeignKey, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("escalations", "0017_next_responses_and_updates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InboundMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=core.ids.new_id, unique=True)),
                ("recipient", models.CharField(blank=True, max_length=320)),
                ("message_id", models.CharField(blank=True, max_length=250)),
                ("sender", models.CharField(blank=True, max_length=320)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("filed", "Filed"),
                            ("ignored", "Ignored"),
                            ("quarantined", "Quarantined"),
                            ("discarded", "Discarded"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("automatic", "written by a machine"),
                            ("repeat", "the same mail came before"),
                            ("forged", "our mail server says that the sender is forged"),
                            ("unverified", "our mail server did not confirm the sender"),
                            ("reply_address", "its reply address is not one of ours"),
                            ("other_sender", "its reply address was given to somebody else"),
                            ("unknown_sender", "nobody with an account has this address"),
                            ("unknown_address", "no queue has this address"),
                            ("no_access", "the sender may not see the case"),
                            ("loop", "too many mails on one case in ten minutes"),
                            ("empty", "it says nothing"),
                            ("refused", "it could not be filed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=500)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mails", to="escalations.blob"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="escalations.case",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "received")), fields=["id"], name="inbound_mail_waiting"),
                    models.Index(fields=["state", "-received_at", "-id"], name="inbound_mail_by_state"),
                    models.Index(
                        condition=models.Q(("message_id", ""), _negated=True),
                        fields=["message_id"],
                        name="inbound_mail_by_message",
                    ),
                    models.Index(
                        condition=models.Q(("state", "filed")),
                        fields=["case", "-received_at"],
                        name="inbound_mail_of_case",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("blob", "recipient"), name="inbound_mail_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "filed"), _negated=True),
                            models.Q(("case__isnull", False), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="inbound_mail_filed_on_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("ignored", "quarantined")), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="inbound_mail_says_why",
                    ),
                ],
            },
        ),
        TenantTable("escalations_inboundmail"),
        TenantForeignKey("escalations_inboundmail", "case_id", "escalations_case"),
    ]
