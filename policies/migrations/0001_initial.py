"""Clauses and their versions, with the text search configuration their words are found by."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# Clauses are written in English: stems are cut, so that "guarantees a return" finds "guaranteed returns". (`watchfloor`,
# which cases use, cuts none: cases come in dozens of languages.)
TEXT_SEARCH = """
CREATE TEXT SEARCH CONFIGURATION watchfloor_english (COPY = english);
ALTER TEXT SEARCH CONFIGURATION watchfloor_english
  ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word WITH unaccent, english_stem;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_foundations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(TEXT_SEARCH, "DROP TEXT SEARCH CONFIGURATION watchfloor_english"),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator("^(CS|AD|CO|PR)-[A-Z]{2}-[1-9][0-9]?\\.[1-9][0-9]?$")
                        ],
                    ),
                ),
                (
                    "family",
                    models.CharField(
                        choices=[
                            ("community_standards", "Community Standards"),
                            ("advertiser", "Advertiser"),
                            ("commerce", "Commerce"),
                            ("product", "Product"),
                        ],
                        max_length=24,
                    ),
                ),
                ("section", models.CharField(max_length=80)),
                (
                    "harms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_policies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "policies",
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "label",
                    models.CharField(
                        choices=[
                            ("editorial", "Editorial"),
                            ("clarification", "Clarification"),
                            ("substantive", "Substantive"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "In review"),
                            ("scheduled", "Scheduled"),
                            ("effective", "In force"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                (
                    "market",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="ISO 3166 country of a variant; empty: all markets.",
                        max_length=2,
                    ),
                ),
                ("effective", django.contrib.postgres.fields.ranges.DateTimeRangeField(blank=True, null=True)),
                ("title", models.CharField(max_length=120)),
                ("rule", models.CharField(help_text="The rule in one line.", max_length=400)),
                (
                    "rationale",
                    models.TextField(blank=True, help_text="Why, for people who decide. Never shown outside."),
                ),
                ("public_rationale", models.TextField(help_text="Why, in words a vendor may read.")),
                ("elements", models.JSONField(default=list)),
                (
                    "logic",
                    models.CharField(
                        choices=[
                            ("all", "All of"),
                            ("any", "Any of"),
                            ("all_and_any", "All of the first, and any of the others"),
                        ],
                        default="all",
                        max_length=16,
                    ),
                ),
                ("exceptions", models.JSONField(blank=True, default=list)),
                ("violating_examples", models.JSONField(blank=True, default=list)),
                ("fine_examples", models.JSONField(blank=True, default=list)),
                ("ladder", models.JSONField(default=dict)),
                ("strike_weight", models.PositiveSmallIntegerField(default=1)),
                (
                    "sor_category",
                    models.CharField(
                        choices=[
                            ("STATEMENT_CATEGORY_ANIMAL_WELFARE", "Animal welfare"),
                            ("STATEMENT_CATEGORY_CONSUMER_INFORMATION", "Consumer information infringements"),
                            ("STATEMENT_CATEGORY_CYBER_VIOLENCE", "Cyber violence"),
                            ("STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN", "Cyber violence against women"),
                            (
                                "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
                                "Data protection and privacy violations",
                            ),
                            ("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "Illegal or harmful speech"),
                            (
                                "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
                                "Intellectual property infringements",
                            ),
                            (
                                "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
                                "Negative effects on civic discourse or elections",
                            ),
                            ("STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", "Not specified by the notifier"),
                            ("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "Other violation of the terms"),
                            ("STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "Protection of minors"),
                            ("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", "Risk for public security"),
                            ("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "Scams and fraud"),
                            ("STATEMENT_CATEGORY_SELF_HARM", "Self-harm"),
                            (
                                "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
                                "Unsafe, non-compliant or prohibited products",
                            ),
                            ("STATEMENT_CATEGORY_VIOLENCE", "Violence"),
                        ],
                        max_length=80,
                    ),
                ),
                ("sor_keywords", models.JSONField(blank=True, default=list)),
                ("synonyms", models.JSONField(blank=True, default=list)),
                ("changed_note", models.TextField(blank=True, help_text="What this version changes and why.")),
                ("created_at", models.DateTimeField()),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.RawSQL(
                            "\nsetweight(to_tsvector('public.watchfloor_english'::regconfig, title), 'A')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, synonyms), 'A')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, rule), 'B')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, jsonb_path_query_array(elements, '$[*].text')), 'C')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, jsonb_path_query_array(exceptions, '$[*].text')), 'D')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, violating_examples), 'C')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, fine_examples), 'D')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, public_rationale), 'D')\n|| setweight(to_tsvector('public.watchfloor_english'::regconfig, rationale), 'D')\n",
                            (),
                        ),
                        null=True,
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="written_versions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="policies.policy"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__regex", "^(CS|AD|CO|PR)-[A-Z]{2}-[1-9][0-9]?\\.[1-9][0-9]?$")),
                name="policy_key_is_well_formed",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("family", "community_standards"), ("key__startswith", "CS-")),
                    models.Q(("family", "advertiser"), ("key__startswith", "AD-")),
                    models.Q(("family", "commerce"), ("key__startswith", "CO-")),
                    models.Q(("family", "product"), ("key__startswith", "PR-")),
                    _connector="OR",
                ),
                name="policy_key_begins_with_its_family",
            ),
        ),
        migrations.AddIndex(
            model_name="policyversion",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="policy_version_by_words"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(fields=("policy", "number"), name="policy_version_number_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="policy_version_number_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("strike_weight__lte", 10)), name="policy_version_strike_weight_to_ten"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("market__regex", "^([A-Z]{2})?$")), name="policy_version_market_is_a_country"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("effective__isnull", False), ("state__in", ("scheduled", "effective", "retired"))),
                    models.Q(
                        models.Q(("state__in", ("scheduled", "effective", "retired")), _negated=True),
                        ("effective__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="policy_version_dated_iff_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective__isnull", True),
                    models.Q(
                        ("effective__isempty", False),
                        ("effective__lower_inc", True),
                        ("effective__lower_inf", False),
                        ("effective__upper_inc", False),
                    ),
                    _connector="OR",
                ),
                name="policy_version_starts_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "retired"), _negated=True), ("effective__upper_inf", False), _connector="OR"
                ),
                name="policy_version_retired_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[(models.F("policy"), "="), (models.F("market"), "="), (models.F("effective"), "&&")],
                name="policy_version_one_per_instant",
            ),
        ),
    ]
