"""Drafts, their review and publication; translations, acknowledgements, guidance; what becomes of a gap."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0003_gaps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Guidance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("edition", models.PositiveIntegerField(default=1)),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("scope", models.CharField(blank=True, max_length=1000)),
                ("crisis_ref", models.CharField(blank=True, max_length=16)),
                (
                    "policy_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), blank=True, default=list, size=None
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("needs_acknowledgement", models.BooleanField(default=True)),
                ("announced_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "Its time was over"),
                            ("withdrawn", "Withdrawn"),
                            ("replaced", "Replaced by a newer edition"),
                        ],
                        max_length=9,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "guidance",
            },
        ),
        migrations.CreateModel(
            name="GuidanceAcknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("acknowledged_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PolicyTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=3)),
                ("title", models.CharField(max_length=160)),
                ("rule", models.CharField(max_length=600)),
                ("public_rationale", models.TextField(blank=True)),
                ("elements", models.JSONField(blank=True, default=dict)),
                ("exceptions", models.JSONField(blank=True, default=dict)),
                ("synonyms", models.JSONField(blank=True, default=list)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("translated_at", models.DateTimeField()),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.RawSQL(
                            "\nsetweight(to_tsvector('public.watchfloor'::regconfig, title), 'A')\n|| setweight(to_tsvector('public.watchfloor'::regconfig, synonyms), 'A')\n|| setweight(to_tsvector('public.watchfloor'::regconfig, rule), 'B')\n|| setweight(to_tsvector('public.watchfloor'::regconfig, elements), 'C')\n|| setweight(to_tsvector('public.watchfloor'::regconfig, exceptions), 'D')\n|| setweight(to_tsvector('public.watchfloor'::regconfig, public_rationale), 'D')\n",
                            (),
                        ),
                        null=True,
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VersionAcknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("acknowledged_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="VersionComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("is_return", models.BooleanField(default=False)),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="gap",
            name="answer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="answers",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="gap",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="outcome",
            field=models.TextField(blank=True, help_text="Why no rule will be made."),
        ),
        migrations.AddField(
            model_name="gap",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gaps_owned",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="gap",
            name="target_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drafts",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="decision_tree",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="definitions",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="legal_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="legal_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="needs_acknowledgement",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="needs_legal",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="published_versions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="submitted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="submitted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="writers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="gap",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("answered", "Answered"),
                    ("wont_rule", "No rule will be made"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="open",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("review", "In review"),
                    ("legal", "Legal check"),
                    ("scheduled", "Scheduled"),
                    ("effective", "In force"),
                    ("retired", "Retired"),
                ],
                default="draft",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="policyversion",
            index=models.Index(
                condition=models.Q(("state__in", ("draft", "review", "legal", "scheduled"))),
                fields=["state", "id"],
                name="policy_version_to_come",
            ),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "answered"), _negated=True), ("answer__isnull", False), _connector="OR"
                ),
                name="gap_answered_by_a_clause",
            ),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "wont_rule"), models.Q(("outcome", ""), _negated=True)),
                    models.Q(models.Q(("state", "wont_rule"), _negated=True), ("outcome", "")),
                    _connector="OR",
                ),
                name="gap_outcome_iff_no_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state__in", ("answered", "wont_rule"))),
                    models.Q(("closed_at__isnull", True), ("state__in", ("open", "withdrawn"))),
                    _connector="OR",
                ),
                name="gap_closed_at_iff_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("legal_at__isnull", True), ("legal_by__isnull", True)),
                    models.Q(("legal_at__isnull", False), ("legal_by__isnull", False)),
                    _connector="OR",
                ),
                name="policy_version_legal_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                    models.Q(("published_at__isnull", False), ("published_by__isnull", False)),
                    _connector="OR",
                ),
                name="policy_version_published_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    ("author__isnull", True),
                    models.Q(("published_by", models.F("author")), _negated=True),
                    _connector="OR",
                ),
                name="policy_version_published_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("legal_by__isnull", True),
                    ("author__isnull", True),
                    models.Q(("legal_by", models.F("author")), _negated=True),
                    _connector="OR",
                ),
                name="policy_version_legal_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "review", "legal"))),
                fields=("policy", "market"),
                name="policy_version_one_draft_per_market",
            ),
        ),
        migrations.AddField(
            model_name="guidance",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="guidance",
            name="issuer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="guidance_issued", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="guidanceacknowledgement",
            name="guidance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="acknowledgements", to="policies.guidance"
            ),
        ),
        migrations.AddField(
            model_name="guidanceacknowledgement",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policytranslation",
            name="translated_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policytranslation",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="translations", to="policies.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="versionacknowledgement",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="versionacknowledgement",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acknowledgements",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="versioncomment",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="versioncomment",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="policies.policyversion"
            ),
        ),
        migrations.AddIndex(
            model_name="guidance",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["expires_at"], name="guidance_not_over"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.UniqueConstraint(fields=("number", "edition"), name="guidance_edition_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.CheckConstraint(
                condition=models.Q(("edition__gte", 1), ("number__gte", 1)), name="guidance_numbered_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                name="guidance_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("starts_at"))), name="guidance_expires_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__gte", models.F("issued_at"))), name="guidance_starts_no_earlier"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_cause", ""), ("ended_at__isnull", True)),
                    models.Q(("ended_at__isnull", False), models.Q(("end_cause", ""), _negated=True)),
                    _connector="OR",
                ),
                name="guidance_ended_at_iff_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__lte", models.F("expires_at")), _connector="OR"
                ),
                name="guidance_ends_by_its_expiry",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidance",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("number"), "="),
                    (
                        models.Func(
                            models.F("starts_at"),
                            models.Func(
                                models.F("starts_at"),
                                models.Func(models.F("ended_at"), models.F("expires_at"), function="COALESCE"),
                                function="GREATEST",
                            ),
                            models.Value("[)"),
                            function="TSTZRANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="guidance_one_edition_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidanceacknowledgement",
            constraint=models.UniqueConstraint(fields=("guidance", "user"), name="guidance_acknowledged_once"),
        ),
        migrations.AddIndex(
            model_name="policytranslation",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="policy_translation_by_words"),
        ),
        migrations.AddConstraint(
            model_name="policytranslation",
            constraint=models.UniqueConstraint(fields=("version", "language"), name="policy_translation_once"),
        ),
        migrations.AddConstraint(
            model_name="policytranslation",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__regex", "^[a-z]{2,3}$"), models.Q(("language", "en"), _negated=True)),
                name="policy_translation_language_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="policytranslation",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("rule", ""), _negated=True)),
                name="policy_translation_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionacknowledgement",
            constraint=models.UniqueConstraint(fields=("version", "user"), name="version_acknowledged_once"),
        ),
        migrations.AddConstraint(
            model_name="versioncomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="version_comment_says_something"
            ),
        ),
    ]
