import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_foundations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("internal", "Internal"), ("vendor", "Vendor"), ("partner", "Partner")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("slug", models.SlugField(unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("contract_starts_on", models.DateField(blank=True, null=True)),
                ("contract_ends_on", models.DateField(blank=True, null=True)),
                ("targets", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "internal")), fields=("kind",), name="organization_one_internal"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254)),
                ("display_name", models.CharField(max_length=80)),
                ("outward_alias", models.CharField(blank=True, max_length=80)),
                ("is_active", models.BooleanField(default=True)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("locale", models.CharField(default="en", max_length=10)),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("system", "As the system"),
                            ("light", "Light"),
                            ("dark", "Dark"),
                            ("contrast", "High contrast"),
                        ],
                        default="system",
                        max_length=8,
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("compact", "Compact"), ("cosy", "Cosy"), ("touch", "Touch")],
                        default="compact",
                        max_length=8,
                    ),
                ),
                ("font_px", models.PositiveSmallIntegerField(default=13)),
                ("hour12", models.BooleanField(default=False)),
                ("week_starts_on", models.PositiveSmallIntegerField(default=1)),
                ("reduce_motion", models.BooleanField(default=False)),
                ("key_settings", models.JSONField(blank=True, default=dict)),
                ("display_settings", models.JSONField(blank=True, default=dict)),
                ("shield_settings", models.JSONField(blank=True, default=dict)),
                (
                    "harm_opt_outs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "auto_advance",
                    models.CharField(
                        choices=[
                            ("next_best", "Next best case"),
                            ("next_in_list", "Next in the list"),
                            ("stay", "Stay on the case"),
                        ],
                        default="next_best",
                        max_length=12,
                    ),
                ),
                ("undo_s", models.PositiveSmallIntegerField(default=10)),
                ("practice_state", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="people", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="user_email_unique_any_case"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("font_px__range", (13, 18))), name="user_font_px_13_to_18"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("undo_s__in", (10, 30, 60))), name="user_undo_s_10_30_60"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("week_starts_on__range", (0, 6))), name="user_week_starts_on_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RateWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=80)),
                ("window_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["window_at"], name="rate_window_oldest")],
                "constraints": [models.UniqueConstraint(fields=("subject", "window_at"), name="rate_window_once")],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("VS", "Vendor submitter"),
                            ("VL", "Vendor lead"),
                            ("SP", "Specialist"),
                            ("IC", "Senior / incident commander"),
                            ("LD", "Lead"),
                            ("PE", "Policy editor"),
                            ("QA", "Quality reviewer"),
                            ("LG", "Legal / restricted desk"),
                            ("AD", "Administrator"),
                            ("AU", "Auditor"),
                            ("RO", "Read-only leadership"),
                            ("PT", "Partner function"),
                            ("TV", "Vendor service key"),
                            ("TI", "Internal service key"),
                        ],
                        max_length=2,
                    ),
                ),
                ("granted_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles_granted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "role"), name="role_grant_once"),
                    models.CheckConstraint(
                        condition=models.Q(("granted_by", models.F("user")), _negated=True),
                        name="role_grant_not_to_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ("TV", "TI")), _negated=True), name="role_grant_not_a_key_role"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("prefix", models.CharField(max_length=16, unique=True)),
                ("secret_sha256", models.CharField(max_length=64)),
                ("sandbox_secret", models.TextField(blank=True)),
                ("is_sandbox", models.BooleanField(default=False)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "allowed_networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), blank=True, default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_keys_created",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_keys",
                        to="accounts.organization",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="accounts.servicekey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_sandbox", True), ("sandbox_secret", ""), _connector="OR"),
                        name="service_key_live_secret_not_kept",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("route", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=255)),
                ("body_sha256", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("answer", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "service_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.servicekey"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="idempotency_oldest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "service_key", "route", "key"), name="idempotency_key_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("language", "Language"),
                            ("policy", "Policy family"),
                            ("market", "Market"),
                            ("surface", "Surface"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=40)),
                ("level", models.PositiveSmallIntegerField(default=3)),
                ("certified_until_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="skills", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind", "value"), name="skill_once"),
                    models.CheckConstraint(condition=models.Q(("level__range", (1, 5))), name="skill_level_1_to_5"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("slug", models.SlugField(unique=True)),
                ("hub", models.CharField(blank=True, max_length=40)),
                ("function", models.CharField(blank=True, max_length=40)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="teams", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_lead", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="accounts.team"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "team"), name="membership_once")],
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "compartment",
                    models.CharField(
                        choices=[
                            ("CHILD_SAFETY", "Child safety"),
                            ("LAW_ENFORCEMENT", "Law enforcement"),
                            ("LEGAL_PRIVILEGED", "Legally privileged"),
                            ("INTERNAL_INVESTIGATION", "Internal investigation"),
                            ("IMMINENT_HARM", "Imminent harm"),
                            ("HIGH_PROFILE", "High profile"),
                        ],
                        max_length=32,
                    ),
                ),
                ("granted_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clearances_granted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "compartment"), name="clearance_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("granted_at"))),
                        name="clearance_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("granted_by", models.F("user")), _negated=True),
                        name="clearance_not_to_oneself",
                    ),
                ],
            },
        ),
    ]
