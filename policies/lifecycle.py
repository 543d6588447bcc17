"""The words of the policy library: families, labels, states, element logic, actions. Pure data and functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

KEY_PATTERN = r"^(CS|AD|CO|PR)-[A-Z]{2}-[1-9][0-9]?\.[1-9][0-9]?$"
KEY_RE = re.compile(KEY_PATTERN)


class Family(models.TextChoices):
    """The four books of rules."""

    COMMUNITY_STANDARDS = "community_standards", _("Community Standards")
    ADVERTISER = "advertiser", _("Advertiser")
    COMMERCE = "commerce", _("Commerce")
    PRODUCT = "product", _("Product")


KEY_PREFIX: Mapping[str, str] = {
    Family.COMMUNITY_STANDARDS: "CS",
    Family.ADVERTISER: "AD",
    Family.COMMERCE: "CO",
    Family.PRODUCT: "PR",
}


class VersionLabel(models.TextChoices):
    """How much a version changes: wording, understanding, or outcomes."""

    EDITORIAL = "editorial", _("Editorial")
    CLARIFICATION = "clarification", _("Clarification")
    SUBSTANTIVE = "substantive", _("Substantive")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    LEGAL = "legal", _("Legal check")
    SCHEDULED = "scheduled", _("Scheduled")
    EFFECTIVE = "effective", _("In force")
    RETIRED = "retired", _("Retired")


class GapState(models.TextChoices):
    """A gap is open until a clause answers it, or its owner says that none will; withdrawn with the decision that opened it."""

    OPEN = "open", pgettext_lazy("gap", "Open")
    ANSWERED = "answered", _("Answered")
    WONT_RULE = "wont_rule", _("No rule will be made")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class GuidanceEnd(models.TextChoices):
    """Why a guidance no longer holds."""

    EXPIRED = "expired", _("Its time was over")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REPLACED = "replaced", _("Replaced by a newer edition")


TRANSITIONS: Mapping[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.REVIEW}),
    VersionState.REVIEW: frozenset(
        {VersionState.DRAFT, VersionState.LEGAL, VersionState.SCHEDULED, VersionState.EFFECTIVE}
    ),
    VersionState.LEGAL: frozenset({VersionState.DRAFT, VersionState.SCHEDULED, VersionState.EFFECTIVE}),
    VersionState.SCHEDULED: frozenset({VersionState.DRAFT, VersionState.EFFECTIVE}),
    VersionState.EFFECTIVE: frozenset({VersionState.RETIRED}),
    VersionState.RETIRED: frozenset(),
}

# States in which a version has a range of validity. Whether it holds at an instant is read from the range alone, so a
# scheduled version binds from its first second, whenever the state column is turned.
PUBLISHED = (VersionState.SCHEDULED, VersionState.EFFECTIVE, VersionState.RETIRED)
# States before that: nobody decides by them. At most one per clause and market is open at a time.
UNPUBLISHED = (VersionState.DRAFT, VersionState.REVIEW, VersionState.LEGAL)


class Logic(models.TextChoices):
    """Which elements must be met. With `all_and_any`, each element says to which of the two groups it belongs."""

    ALL = "all", _("All of")
    ANY = "any", _("Any of")
    ALL_AND_ANY = "all_and_any", _("All of the first, and any of the others")


class Element(TypedDict):
    """One thing to establish. `group` is "all" or "any"; `key` stays the same from version to version."""

    key: str
    text: str
    group: str


class ExceptionText(TypedDict):
    """A circumstance in which the rule does not apply although its elements are met."""

    key: str
    text: str


class Definition(TypedDict):
    """A word of the clause and what it means there."""

    term: str
    text: str


class Node(TypedDict):
    """A step of a decision tree: a question or, without `then`, what follows from the answers before."""

    text: str
    then: list[Node]


class ActionType(models.TextChoices):
    """What can be done to content, money, service or account (compliance.md §3.3), and what has no statement of its own."""

    CONTENT_REMOVE = "content_remove", _("Remove content")
    CONTENT_DISABLE = "content_disable", _("Disable in some countries")
    CONTENT_DEMOTE = "content_demote", _("Limit reach")
    CONTENT_AGE_GATE = "content_age_gate", _("Age gate")
    INTERACTION_LIMIT = "interaction_limit", _("Limit comments and shares")
    CONTENT_LABEL = "content_label", _("Label or warning screen")
    VISIBILITY_OTHER = "visibility_other", _("Other limit of visibility")
    MONEY_SUSPEND = "money_suspend", _("Pause monetisation or payouts")
    MONEY_END = "money_end", _("End monetisation")
    FEATURE_BLOCK = "feature_block", _("Block a feature")
    FEATURE_END = "feature_end", _("Withdraw a feature")
    SERVICE_SUSPEND = "service_suspend", _("Suspend the whole service")
    SERVICE_END = "service_end", _("End the whole service")
    ACCOUNT_SUSPEND = "account_suspend", _("Suspend account")
    ACCOUNT_DISABLE = "account_disable", _("Disable account")
    STRIKE = "strike", _("Strike")
    WARNING = "warning", _("Warning")
    EDUCATION = "education", _("Education")
    IDENTITY_CHECK = "identity_check", _("Verify identity")
    PRESERVE_DATA = "preserve_data", _("Preserve data")
    REFER_AUTHORITY = "refer_authority", _("Refer to authority")
    HASH_BANK = "hash_bank", _("Add to hash bank")
    BLOCK_DOMAIN = "block_domain", _("Block domain")
    SUPPORT_RESOURCES = "support_resources", _("Offer support")
    RESTORE = "restore", _("Restore")
    MESSAGE = "message", _("Tell the person concerned")
    NO_ACTION = "no_action", _("No action")


class SorCategory(models.TextChoices):
    """Categories of the DSA statement of reasons in force since 1 July 2025 (compliance.md §3.4.4)."""

    ANIMAL_WELFARE = "STATEMENT_CATEGORY_ANIMAL_WELFARE", _("Animal welfare")
    CONSUMER_INFORMATION = "STATEMENT_CATEGORY_CONSUMER_INFORMATION", _("Consumer information infringements")
    CYBER_VIOLENCE = "STATEMENT_CATEGORY_CYBER_VIOLENCE", _("Cyber violence")
    CYBER_VIOLENCE_AGAINST_WOMEN = (
        "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
        _("Cyber violence against women"),
    )
    DATA_PROTECTION = (
        "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        _("Data protection and privacy violations"),
    )
    ILLEGAL_OR_HARMFUL_SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", _("Illegal or harmful speech")
    INTELLECTUAL_PROPERTY = (
        "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        _("Intellectual property infringements"),
    )
    CIVIC_DISCOURSE = (
        "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        _("Negative effects on civic discourse or elections"),
    )
    NOT_SPECIFIED_NOTICE = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", _("Not specified by the notifier")
    OTHER_VIOLATION_TC = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", _("Other violation of the terms")
    PROTECTION_OF_MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", _("Protection of minors")
    PUBLIC_SECURITY = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", _("Risk for public security")
    SCAMS_AND_FRAUD = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD", _("Scams and fraud")
    SELF_HARM = "STATEMENT_CATEGORY_SELF_HARM", _("Self-harm")
    UNSAFE_PRODUCTS = (
        "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
        _("Unsafe, non-compliant or prohibited products"),
    )
    VIOLENCE = "STATEMENT_CATEGORY_VIOLENCE", _("Violence")


# The plain values other apps use for the kind of thing a case is about and the kind of harm; their labels live with cases.
SURFACE_LABELS: Mapping[str, Promise] = {
    "organic": _("Organic"),
    "ads": _("Ads"),
    "commerce": _("Commerce"),
    "account": _("Account"),
    "product": _("Product"),
}
SURFACES = tuple(SURFACE_LABELS)
HARM_LABELS: Mapping[str, Promise] = {
    "child_safety": _("Child safety"),
    "violence": _("Violence"),
    "terrorism": _("Terrorism"),
    "suicide_self_harm": _("Suicide and self-harm"),
    "hate": _("Hate"),
    "harassment": _("Harassment"),
    "sexual_exploitation": _("Sexual exploitation"),
    "adult_content": _("Adult content"),
    "fraud_scam": _("Fraud and scams"),
    "misinformation": _("Misinformation"),
    "election_integrity": _("Election integrity"),
    "privacy": _("Privacy"),
    "impersonation": _("Impersonation"),
    "account_compromise": _("Account compromise"),
    "spam": _("Spam"),
    "cyber": _("Cybersecurity"),
    "dangerous_goods": _("Dangerous goods"),
    "ip": _("Intellectual property"),
    "graphic_violence": _("Graphic violence"),
    "human_exploitation": _("Human exploitation"),
    "ads_integrity": _("Ads integrity"),
    "commerce_safety": _("Commerce safety"),
    "product_support": _("Product support"),
    "other": _("Other"),
}
HARMS = tuple(HARM_LABELS)


@dataclass(frozen=True)
class Action:
    """One step of enforcement; `days` is how long it lasts (None: until lifted)."""

    type: ActionType
    days: int | None = None

    @property
    def label(self) -> str:
        """The action in words, with its duration: "Suspend account, 7 days"."""
        if self.days is None:
            return str(self.type.label)
        return str(
            ngettext_lazy("%(action)s, %(days)d day", "%(action)s, %(days)d days", "days")
            % {"action": self.type.label, "days": self.days}
        )


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: what is done the `number`-th time (1 is the first)."""

    number: int
    actions: tuple[Action, ...]

    @property
    def title(self) -> str:
        """The main action in words."""
        return self.actions[0].label

    @property
    def rest(self) -> list[str]:
        """The accompanying actions in words."""
        return [action.label for action in self.actions[1:]]


def read_rungs(ladder: Mapping[str, Any], surface: str) -> list[Rung]:
    """The rungs of a stored ladder for a surface; empty where the clause has none there.

    Stored form: `{"ads": [[{"type": "content_remove"}, {"type": "account_suspend", "days": 7}], …]}`.
    """
    return [
        Rung(number, tuple(Action(ActionType(step["type"]), step.get("days")) for step in steps))
        for number, steps in enumerate(ladder.get(surface, []), start=1)
    ]


def is_met(logic: str, elements: Iterable[Element], ticked: Collection[str]) -> bool:
    """Whether the ticked element keys satisfy the rule: every one of the "all" group, at least one of the "any" group."""
    listed = list(elements)
    needed = [element["key"] in ticked for element in listed if element["group"] == "all"]
    choice = [element["key"] in ticked for element in listed if element["group"] == "any"]
    if logic == Logic.ANY:
        return any(choice)
    return bool(listed) and all(needed) and (logic == Logic.ALL or any(choice))


def ladder_problems(ladder: Mapping[str, Any]) -> list[str]:
    """What is wrong with a ladder, in sentences; empty when it can be stored."""
    problems = [f"the ladder names an unknown surface “{surface}”" for surface in ladder if surface not in SURFACES]
    if not ladder:
        problems.append("the ladder has no surface")
    for surface, rungs in ladder.items():
        if not rungs or not all(rungs):
            problems.append(f"the ladder for {surface} has an empty rung")
        for step in (step for rung in rungs for step in rung):
            if step.get("type") not in ActionType.values:
                problems.append(f"the ladder for {surface} names an unknown action “{step.get('type')}”")
            if (days := step.get("days")) is not None and not 1 <= days <= 3650:
                problems.append(f"the ladder for {surface} has a duration of {days} days; give 1 to 3650")
    return problems


TREE_DEPTH = 6


def tree_problems(nodes: object, depth: int = 1) -> list[str]:
    """What is wrong with a decision tree, in sentences; empty when it can be stored. At most six questions deep."""
    if not isinstance(nodes, list):
        return ["the decision tree is no list"]
    if nodes and depth > TREE_DEPTH:
        return [f"the decision tree is deeper than {TREE_DEPTH} steps"]
    problems = []
    for node in nodes:
        if not isinstance(node, dict) or set(node) != {"text", "then"} or not isinstance(node["text"], str):
            problems.append("a step of the decision tree has another form")
        elif not node["text"].strip():
            problems.append("a step of the decision tree has no text")
        else:
            problems += tree_problems(node["then"], depth + 1)
    return problems


def element_problems(logic: str, elements: Iterable[Element]) -> list[str]:
    """What is wrong with the elements of a clause, in sentences; empty when they can be stored."""
    listed = list(elements)
    groups = {element["group"] for element in listed}
    expected = {Logic.ALL: {"all"}, Logic.ANY: {"any"}, Logic.ALL_AND_ANY: {"all", "any"}}[Logic(logic)]
    problems = []
    if groups != expected:
        problems.append(f"the elements' groups {sorted(groups)} do not fit the logic “{logic}”")
    keys = [element["key"] for element in listed]
    if len(set(keys)) != len(keys):
        problems.append("two elements share a key")
    if any(not element["text"].strip() for element in listed):
        problems.append("an element has no text")
    return problems
