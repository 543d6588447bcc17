import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_row_security"),
        ("accounts", "__first__"),
        ("oncall", "0002_versions_never_change"),
    ]

    operations = [
        migrations.CreateModel(
            name="SlaPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("size", models.BigIntegerField()),
                ("media_type", models.CharField(max_length=100)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("tile_rgb", models.CharField(blank=True, max_length=7)),
                ("perceptual_hash", models.CharField(blank=True, max_length=64)),
                ("blurred_sha256", models.CharField(blank=True, max_length=64)),
                ("preview_state", models.CharField(default="none", max_length=8)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("perceptual_hash", ""), _negated=True),
                        fields=["perceptual_hash"],
                        name="blob_by_perceptual_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=16, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("api", "API"),
                            ("portal", "Portal"),
                            ("bulk", "Bulk"),
                            ("email", "E-mail"),
                            ("manual", "Manual"),
                            ("radar", "Radar"),
                        ],
                        max_length=8,
                    ),
                ),
                ("external_ref", models.CharField(blank=True, max_length=120)),
                ("is_sandbox", models.BooleanField(default=False)),
                ("title", models.CharField(max_length=200)),
                ("ask", models.TextField()),
                (
                    "surface",
                    models.CharField(
                        choices=[
                            ("organic", "Organic"),
                            ("ads", "Ads"),
                            ("commerce", "Commerce"),
                            ("account", "Account"),
                            ("product", "Product"),
                        ],
                        max_length=8,
                    ),
                ),
                ("platform", models.CharField(blank=True, max_length=60)),
                (
                    "harm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("child_safety", "Child safety"),
                            ("violence", "Violence and incitement"),
                            ("terrorism", "Dangerous organizations"),
                            ("suicide_self_harm", "Suicide and self-injury"),
                            ("hate", "Hateful conduct"),
                            ("harassment", "Bullying and harassment"),
                            ("sexual_exploitation", "Sexual exploitation"),
                            ("adult_content", "Adult content"),
                            ("fraud_scam", "Fraud and scams"),
                            ("misinformation", "Misinformation"),
                            ("election_integrity", "Election integrity"),
                            ("privacy", "Privacy"),
                            ("impersonation", "Impersonation"),
                            ("account_compromise", "Account compromise"),
                            ("spam", "Spam"),
                            ("cyber", "Cybersecurity"),
                            ("dangerous_goods", "Dangerous goods"),
                            ("ip", "Intellectual property"),
                            ("graphic_violence", "Graphic violence"),
                            ("human_exploitation", "Human exploitation"),
                            ("ads_integrity", "Ads integrity"),
                            ("commerce_safety", "Commerce safety"),
                            ("product_support", "Product support"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                ("suspected_policy", models.CharField(blank=True, max_length=40)),
                ("market", models.CharField(blank=True, max_length=8)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("deadline_at", models.DateTimeField(blank=True, null=True)),
                ("deadline_reason", models.CharField(blank=True, max_length=300)),
                ("contact", models.CharField(blank=True, max_length=200)),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "S0: life at risk, mass impact"),
                            (1, "S1: severe, within hours"),
                            (2, "S2: high"),
                            (3, "S3: moderate"),
                            (4, "S4: low"),
                        ]
                    ),
                ),
                (
                    "severity_source",
                    models.CharField(
                        choices=[("computed", "Computed"), ("person", "Set by a person")],
                        default="computed",
                        max_length=8,
                    ),
                ),
                ("severity_inputs", models.JSONField(blank=True, default=dict)),
                ("severity_why", models.JSONField(blank=True, default=list)),
                ("severity_reason", models.CharField(blank=True, max_length=300)),
                (
                    "severity_claimed",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "S0: life at risk, mass impact"),
                            (1, "S1: severe, within hours"),
                            (2, "S2: high"),
                            (3, "S3: moderate"),
                            (4, "S4: low"),
                        ],
                        null=True,
                    ),
                ),
                ("impact", models.JSONField(blank=True, default=list)),
                ("reach", models.BigIntegerField(default=0)),
                ("spend", models.BigIntegerField(default=0)),
                ("spend_currency", models.CharField(blank=True, max_length=3)),
                (
                    "graphic_tier",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(0, "G0 none"), (1, "G1 upsetting"), (2, "G2 graphic"), (3, "G3 extreme")],
                        null=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("in_review", "In review"),
                            ("waiting", "Waiting"),
                            ("decided", "Decided"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        max_length=9,
                    ),
                ),
                (
                    "is_open",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(("status__in", ("new", "in_review", "waiting", "decided"))),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("violating_removed", "Violating: removed"),
                            ("violating_restricted", "Violating: restricted"),
                            ("account_actioned", "Account actioned"),
                            ("no_violation", "No violation"),
                            ("restored", "Restored"),
                            ("insufficient_info", "Insufficient information"),
                            ("policy_gap", "No rule fits"),
                            ("invalid", "Invalid"),
                            ("duplicate", "Duplicate"),
                            ("withdrawn", "Withdrawn"),
                            ("merged", "Merged"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "waiting_on",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("submitter", "the submitter"),
                            ("consult", "a consult"),
                            ("external", "somebody outside"),
                        ],
                        max_length=9,
                    ),
                ),
                ("waiting_until", models.DateTimeField(blank=True, null=True)),
                ("routed_why", models.JSONField(blank=True, default=dict)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "L1 specialist"),
                            (2, "L2 senior"),
                            (3, "L3 lead"),
                            (4, "On-call"),
                            (5, "Executive"),
                        ],
                        default=1,
                    ),
                ),
                (
                    "required_skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("snooze_wake_on", models.CharField(blank=True, max_length=12)),
                (
                    "compartments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                ("is_legal_hold", models.BooleanField(default=False)),
                ("is_high_profile", models.BooleanField(default=False)),
                ("cluster_size", models.PositiveIntegerField(default=0)),
                ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                ("order_at", models.DateTimeField()),
                ("order_terms", models.JSONField(blank=True, default=dict)),
                ("boost_s", models.IntegerField(default=0)),
                ("boost_until", models.DateTimeField(blank=True, null=True)),
                (
                    "due_metric",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "Acknowledge"),
                            ("F", "First response"),
                            ("N", "Next response"),
                            ("R", "Resolve"),
                            ("U", "Promised update"),
                            ("C", "Consult answer"),
                            ("M", "Mitigate"),
                            ("L", "Legal deadline"),
                        ],
                        max_length=1,
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("due_target_s", models.PositiveIntegerField(blank=True, null=True)),
                ("risk_at", models.DateTimeField(blank=True, null=True)),
                ("is_paused", models.BooleanField(default=False)),
                ("is_breached", models.BooleanField(default=False)),
                ("received_at", models.DateTimeField()),
                ("first_response_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("outward_text", models.TextField(blank=True)),
                ("internal_text", models.TextField(blank=True)),
                (
                    "outward_vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "title", "ask", "outward_text", config="watchfloor"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "internal_vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "title", "ask", "outward_text", "internal_text", config="watchfloor"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_assigned",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "boost_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.servicekey",
                    ),
                ),
                (
                    "is_practice_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="practice_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="accounts.organization"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="escalations.case",
                    ),
                ),
                (
                    "severity_set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_submitted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["assignee", "order_at", "id"],
                        name="case_open_by_assignee",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)), fields=["order_at", "id"], name="case_open_by_order"
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)), fields=["due_at", "id"], name="case_open_by_due"
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["harm", "order_at", "id"],
                        name="case_open_by_harm",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["language", "order_at", "id"],
                        name="case_open_by_language",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["market", "order_at", "id"],
                        name="case_open_by_market",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["severity", "order_at", "id"],
                        name="case_open_by_severity",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["organization", "order_at", "id"],
                        name="case_open_by_organization",
                    ),
                    models.Index(fields=["organization", "-received_at", "-id"], name="case_by_organization_newest"),
                    models.Index(fields=["-received_at", "-id"], name="case_newest"),
                    models.Index(
                        condition=models.Q(("is_open", False)), fields=["-closed_at", "-id"], name="case_closed_newest"
                    ),
                    models.Index(
                        condition=models.Q(("parent__isnull", False)), fields=["parent"], name="case_children"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("is_open", True)), fields=["internal_vector"], name="case_open_words"
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["internal_vector"], name="case_words"),
                    django.contrib.postgres.indexes.GinIndex(fields=["outward_vector"], name="case_outward_words"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="case_organization_id"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("status", "closed")),
                            models.Q(models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="case_closed_at_iff_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "closed"), models.Q(("resolution", ""), _negated=True)),
                            models.Q(models.Q(("status", "closed"), _negated=True), ("resolution", "")),
                            _connector="OR",
                        ),
                        name="case_resolution_iff_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "waiting"), models.Q(("waiting_on", ""), _negated=True)),
                            models.Q(models.Q(("status", "waiting"), _negated=True), ("waiting_on", "")),
                            _connector="OR",
                        ),
                        name="case_waiting_on_iff_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("assignee__isnull", True), ("claimed_at__isnull", True)),
                            models.Q(("assignee__isnull", False), ("claimed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_claimed_at_iff_assigned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lease_until__isnull", True), ("assignee__isnull", False), _connector="OR"),
                        name="case_lease_needs_assignee",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("assignee__isnull", False), ("status", "new"), _negated=True),
                        name="case_new_is_unassigned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__range", (0, 4))), name="case_severity_0_to_4"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("severity_source", "person"), _negated=True),
                            models.Q(("severity_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="case_pinned_severity_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True), name="case_not_its_own_parent"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("external_ref", ""), _negated=True), ("is_sandbox", False)),
                        fields=("organization", "external_ref"),
                        name="case_external_ref_once_per_organization",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=core.ids.new_id, unique=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[("internal", "Team only"), ("submitter", "Submitter"), ("restricted", "Restricted")],
                        max_length=10,
                    ),
                ),
                ("body", models.TextField()),
                ("is_from_submitter", models.BooleanField(default=False)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("created_at", models.DateTimeField()),
                ("visible_at", models.DateTimeField()),
                ("retracted_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="accounts.servicekey",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="escalations.case",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "created_at"], name="comment_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("author__isnull", True), ("author_key__isnull", True), _connector="OR"),
                        name="comment_one_author",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("decision", "Decision"), ("note", "Note"), ("reply", "Reply")], max_length=8
                    ),
                ),
                ("data", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="escalations.case",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "user", "kind"), name="draft_one_per_kind")],
            },
        ),
        migrations.CreateModel(
            name="Entity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "Account"),
                            ("post", "Post"),
                            ("ad", "Ad"),
                            ("advertiser", "Advertiser"),
                            ("listing", "Listing"),
                            ("page", "Page"),
                            ("group", "Group"),
                            ("domain", "Domain"),
                            ("payment_instrument", "Payment instrument"),
                            ("device", "Device"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=300)),
                ("label", models.CharField(blank=True, max_length=300)),
                ("url", models.CharField(blank=True, max_length=2000)),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["key"], name="entity_by_key")],
                "constraints": [
                    models.UniqueConstraint(fields=("platform", "kind", "key"), name="entity_identity_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEntity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("violator", "Violator"),
                            ("victim", "Victim"),
                            ("asset", "Asset"),
                            ("reporter", "Reporter"),
                            ("bystander", "Bystander"),
                        ],
                        default="violator",
                        max_length=10,
                    ),
                ),
                ("reported", models.JSONField(default=dict)),
                ("added_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subjects",
                        to="escalations.case",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="in_cases", to="escalations.entity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "entity", "role"), name="case_entity_once_per_role")
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=core.ids.new_id, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "File"),
                            ("url", "Web address"),
                            ("text", "Text"),
                            ("data", "Structured data"),
                        ],
                        max_length=4,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("original_url", models.CharField(blank=True, max_length=2000)),
                ("captured_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "graphic_tier",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "G0 none"), (1, "G1 upsetting"), (2, "G2 graphic"), (3, "G3 extreme")], null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("quarantined", "Quarantined"), ("available", "Available")],
                        default="available",
                        max_length=11,
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("is_internal", models.BooleanField(default=False)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "added_by_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.servicekey",
                    ),
                ),
                (
                    "blob",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="escalations.blob",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="escalations.case",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="escalations.evidence",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sha256"], name="evidence_by_sha256")],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "number"), name="evidence_number_once_per_case"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blob__isnull", False), ("kind", "file")),
                            models.Q(models.Q(("kind", "file"), _negated=True), ("blob__isnull", True)),
                            _connector="OR",
                        ),
                        name="evidence_file_iff_blob",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("duplicate_of", "Duplicate of"), ("related", "Related to"), ("blocks", "Blocks")],
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="escalations.case",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links_here", to="escalations.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "other", "kind"), name="link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("case", models.F("other")), _negated=True), name="link_not_to_itself"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mentions",
                        to="escalations.case",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="escalations.comment"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("comment", "user"), name="mention_once")],
            },
        ),
        migrations.CreateModel(
            name="Queue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80)),
                ("outward_name", models.CharField(blank=True, max_length=80)),
                ("is_default", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "required_skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queues",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="queue_one_default"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_active", False), ("is_default", True), _negated=True),
                        name="queue_default_is_active",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="escalations.queue"
            ),
        ),
        migrations.CreateModel(
            name="RoutingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("published_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("filter_text", models.CharField(max_length=512)),
                (
                    "severity_floor",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "S0: life at risk, mass impact"),
                            (1, "S1: severe, within hours"),
                            (2, "S2: high"),
                            (3, "S3: moderate"),
                            (4, "S4: low"),
                        ],
                        null=True,
                    ),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="escalations.queue"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="escalations.routingversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "position"), name="routing_rule_position_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=60)),
                ("filter_text", models.CharField(max_length=512)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("personal", "Only me"), ("team", "My team"), ("shared", "Everyone")],
                        default="personal",
                        max_length=8,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "team"), ("team__isnull", False)),
                            models.Q(models.Q(("audience", "team"), _negated=True), ("team__isnull", True)),
                            _connector="OR",
                        ),
                        name="saved_view_team_iff_for_team",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SlaClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=16)),
                ("object_id", models.BigIntegerField()),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("A", "Acknowledge"),
                            ("F", "First response"),
                            ("N", "Next response"),
                            ("R", "Resolve"),
                            ("U", "Promised update"),
                            ("C", "Consult answer"),
                            ("M", "Mitigate"),
                            ("L", "Legal deadline"),
                        ],
                        max_length=1,
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("met", "Met"),
                            ("missed", "Missed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=9,
                    ),
                ),
                ("target_s", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("breach_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                ("consumed_s", models.PositiveIntegerField(default=0)),
                ("carried_s", models.PositiveIntegerField(default=0)),
                ("grace_s", models.PositiveIntegerField(default=0)),
                ("paused_reason", models.CharField(blank=True, max_length=12)),
                ("cancelled_why", models.CharField(blank=True, max_length=40)),
                ("excuse", models.CharField(blank=True, max_length=300)),
                ("epoch", models.PositiveIntegerField(default=1)),
                (
                    "calendar_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="oncall.calendarversion"
                    ),
                ),
                (
                    "excused_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("pending", "running", "paused"))),
                        fields=("object_type", "object_id", "metric"),
                        name="sla_clock_one_open_per_metric",
                    ),
                    models.UniqueConstraint(
                        fields=("object_type", "object_id", "metric", "cycle"), name="sla_clock_cycle_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("excuse", ""), ("excused_by__isnull", True)),
                            models.Q(("excused_by__isnull", False), models.Q(("excuse", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="sla_clock_excuse_has_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SlaClockEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("start", "Start"),
                            ("pause", "Pause"),
                            ("resume", "Resume"),
                            ("retarget", "Retarget"),
                            ("stop", "Stop"),
                            ("warn", "Warn"),
                            ("breach", "Breach"),
                            ("cancel", "Cancel"),
                            ("reopen", "Reopen"),
                            ("excuse", "Excuse"),
                            ("correct", "Correct"),
                            ("retract", "Retract"),
                        ],
                        max_length=8,
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("actor_kind", models.CharField(blank=True, max_length=8)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("cause", models.CharField(blank=True, max_length=120)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("data", models.JSONField(default=dict)),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="escalations.slaclock"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["clock", "occurred_at", "id"], name="sla_event_of_clock")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "breach")), fields=("clock",), name="sla_one_breach_per_clock"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SlaPlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("condition", models.CharField(blank=True, max_length=512)),
                ("published_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="escalations.slaplan"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="sla_plan_version_once")],
            },
        ),
        migrations.CreateModel(
            name="SlaTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("A", "Acknowledge"),
                            ("F", "First response"),
                            ("N", "Next response"),
                            ("R", "Resolve"),
                            ("U", "Promised update"),
                            ("C", "Consult answer"),
                            ("M", "Mitigate"),
                            ("L", "Legal deadline"),
                        ],
                        max_length=1,
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "S0: life at risk, mass impact"),
                            (1, "S1: severe, within hours"),
                            (2, "S2: high"),
                            (3, "S3: moderate"),
                            (4, "S4: low"),
                        ],
                        null=True,
                    ),
                ),
                ("seconds", models.PositiveIntegerField()),
                (
                    "warn_percent",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "pause_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="oncall.calendar"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="escalations.slaplanversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "metric", "severity"), name="sla_target_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seconds__range", (60, 34560000))), name="sla_target_1_min_to_400_days"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="slaclock",
            name="target",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="escalations.slatarget"
            ),
        ),
        migrations.CreateModel(
            name="SlaTimer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=16)),
                ("object_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("epoch", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("armed", "Armed"),
                            ("fired", "Fired"),
                            ("cancelled", "Cancelled"),
                            ("quarantined", "Quarantined"),
                        ],
                        default="armed",
                        max_length=11,
                    ),
                ),
                ("fired_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("data", models.JSONField(default=dict)),
                (
                    "clock",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="timers",
                        to="escalations.slaclock",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "armed")), fields=["due_at", "id"], name="sla_timer_armed_by_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "armed")),
                        fields=["object_type", "object_id"],
                        name="sla_timer_armed_of_object",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("clock__isnull", False), ("state", "armed")),
                        fields=("clock", "kind", "level"),
                        name="sla_timer_one_armed_per_clock",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("clock__isnull", True), ("state", "armed")),
                        fields=("object_type", "object_id", "kind", "level"),
                        name="sla_timer_one_armed_per_object",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("api", "API"),
                            ("portal", "Portal"),
                            ("bulk", "Bulk"),
                            ("email", "E-mail"),
                            ("manual", "Manual"),
                            ("radar", "Radar"),
                        ],
                        max_length=8,
                    ),
                ),
                ("idempotency_key", models.CharField(blank=True, max_length=255)),
                ("external_ref", models.CharField(blank=True, max_length=120)),
                ("is_sandbox", models.BooleanField(default=False)),
                ("payload", models.JSONField()),
                ("received_at", models.DateTimeField()),
                (
                    "result",
                    models.CharField(
                        choices=[("created", "Case created"), ("attached", "Attached to a case")],
                        default="created",
                        max_length=8,
                    ),
                ),
                ("warnings", models.JSONField(blank=True, default=list)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="escalations.case"
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="accounts.servicekey",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="accounts.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-received_at", "-id"], name="submission_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("idempotency_key", ""), _negated=True),
                        fields=("organization", "key", "idempotency_key"),
                        name="submission_idempotency_key_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("external_ref", ""), _negated=True), ("is_sandbox", False), ("result", "created")
                        ),
                        fields=("organization", "external_ref"),
                        name="submission_external_ref_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("external_ref", ""), _negated=True), ("is_sandbox", True), ("result", "created")
                        ),
                        fields=("organization", "external_ref"),
                        name="submission_sandbox_external_ref_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_tags",
                        to="escalations.case",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="case_tags", to="escalations.tag"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "tag"), name="case_tag_once")],
            },
        ),
        migrations.CreateModel(
            name="UndoEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=core.ids.new_id, unique=True)),
                ("action", models.CharField(max_length=32)),
                ("data", models.JSONField(default=dict)),
                ("label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="undo_oldest")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=core.ids.new_id, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("claimed_type", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField()),
                ("attached_at", models.DateTimeField(null=True)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="escalations.blob"
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.servicekey",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="accounts.organization"
                    ),
                ),
                (
                    "person",
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
                    models.Index(
                        condition=models.Q(("attached_at__isnull", True)),
                        fields=["created_at"],
                        name="upload_unattached_oldest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watches",
                        to="escalations.case",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watches", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "user"), name="watch_once")],
            },
        ),
        migrations.CreateModel(
            name="ClusterMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=core.ids.new_id, unique=True)),
                ("before", models.JSONField(default=dict)),
                ("merged_at", models.DateTimeField()),
                ("unmerged_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cluster_moves",
                        to="escalations.case",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="absorbed", to="escalations.case"
                    ),
                ),
                (
                    "unmerged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("unmerged_at__isnull", True)),
                        fields=("case",),
                        name="cluster_move_one_live_per_case",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_open", True)), fields=["queue", "order_at", "id"], name="case_open_by_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("assignee__isnull", True), ("is_open", True)),
                fields=["queue", "order_at", "id"],
                name="case_unclaimed_by_queue",
            ),
        ),
    ]
