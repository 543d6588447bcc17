"""Who is in the demo: organizations, hubs, teams, people, queues and routing."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Role
from escalations.lifecycle import Verdict
from escalations.operations import approvals
from escalations.operations.routing import RuleInput


@dataclass(frozen=True)
class Vendor:
    """An outsourced review company: how much of the inflow it sends, and how much of it is sent back."""

    slug: str
    name: str
    time_zone: str
    share: float
    invalid_share: float


VENDORS = (
    Vendor("northgate", "Northgate", "Europe/Warsaw", 0.34, 0.09),
    Vendor("bluefern", "Bluefern", "Asia/Manila", 0.24, 0.07),
    Vendor("halden", "Halden Review", "America/Bogota", 0.18, 0.06),
    Vendor("orchid-line", "Orchid Line", "Asia/Kolkata", 0.14, 0.08),
    Vendor("tarsus", "Tarsus", "Africa/Cairo", 0.10, 0.11),
)
VENDOR_PEOPLE = 36

# hub → zone
HUBS = {"Dublin": "Europe/Dublin", "Singapore": "Asia/Singapore", "Austin": "America/Chicago"}


@dataclass(frozen=True)
class DemoTeam:
    slug: str
    name: str
    hub: str
    function: str
    queue_name: str
    outward_name: str


TEAMS = (
    DemoTeam("ads-emea", "Ads EMEA", "Dublin", "ads", "Ads EMEA", "Ads"),
    DemoTeam("ads-apac", "Ads APAC", "Singapore", "ads", "Ads APAC", "Ads"),
    DemoTeam("ads-amer", "Ads Americas", "Austin", "ads", "Ads Americas", "Ads"),
    DemoTeam("safety-emea", "Safety EMEA", "Dublin", "organic", "Safety EMEA", "Content safety"),
    DemoTeam("safety-apac", "Safety APAC", "Singapore", "organic", "Safety APAC", "Content safety"),
    DemoTeam("safety-amer", "Safety Americas", "Austin", "organic", "Safety Americas", "Content safety"),
    DemoTeam("commerce", "Commerce", "Austin", "commerce", "Commerce", "Commerce"),
    DemoTeam("accounts", "Accounts and support", "Singapore", "account", "Accounts and support", "Account support"),
)

EMEA = "IE,GB,DE,FR,ES,PT,PL,EG,JO,AE,SA,NG,ZA"
APAC = "IN,PH,SG,JP,AU,ID"

ROUTING = (
    RuleInput(name="Accounts and product support", filter_text="surface:account,product", queue="accounts"),
    RuleInput(name="Commerce", filter_text="surface:commerce", queue="commerce"),
    RuleInput(name="Ads from Asia and the Pacific", filter_text=f"surface:ads market:{APAC}", queue="ads-apac"),
    RuleInput(
        name="Ads from Europe, the Middle East and Africa", filter_text=f"surface:ads market:{EMEA}", queue="ads-emea"
    ),
    RuleInput(name="Other ads", filter_text="surface:ads", queue="ads-amer"),
    RuleInput(
        name="Child safety is at least S2", filter_text="harm:child_safety", queue="safety-emea", severity_floor=2
    ),
    RuleInput(
        name="Content from Asia and the Pacific", filter_text=f"surface:organic market:{APAC}", queue="safety-apac"
    ),
    RuleInput(
        name="Content from Europe, the Middle East and Africa",
        filter_text=f"surface:organic market:{EMEA}",
        queue="safety-emea",
    ),
    RuleInput(name="Other content", filter_text="surface:organic", queue="safety-amer"),
)

FIRST_NAMES = [
    "Aoife",
    "Bram",
    "Chidi",
    "Dalia",
    "Emeka",
    "Freya",
    "Gita",
    "Hana",
    "Iker",
    "Jonas",
    "Kavya",
    "Lior",
    "Maeve",
    "Nuno",
    "Oona",
    "Priya",
    "Quim",
    "Rosa",
    "Sefa",
    "Tariq",
    "Ursula",
    "Vik",
    "Wren",
    "Ximena",
    "Yara",
    "Zane",
    "Amara",
    "Bodil",
    "Cyra",
    "Devon",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jun",
    "Kaito",
    "Leila",
    "Mbali",
    "Noa",
]
LAST_NAMES = [
    "Byrne",
    "Castel",
    "Duarte",
    "Eze",
    "Fontaine",
    "Grady",
    "Hakimi",
    "Ito",
    "Jansen",
    "Kaur",
    "Lund",
    "Mensah",
    "Novak",
    "Okafor",
    "Pires",
    "Quinn",
    "Reyes",
    "Sato",
    "Toure",
    "Ulmer",
    "Varga",
    "Walsh",
    "Xu",
    "Yilmaz",
    "Zeman",
    "Adeyemi",
    "Blom",
    "Costa",
    "Diallo",
    "Engel",
]


# Invented colleagues, by their number, who answer as second persons beside the senior of the role switcher.
SENIORS = (5, 20)
APPROVAL_RULES = (
    approvals.RuleInput(
        name="Accounts in the public eye",
        expires_s=4 * 3600,
        verdicts=(Verdict.ACCOUNT_ACTION,),
        is_high_profile=True,
    ),
    approvals.RuleInput(
        name="Under a legal hold", expires_s=8 * 3600, is_legal_hold=True, roles=(Role.LEGAL, Role.SENIOR)
    ),
)
