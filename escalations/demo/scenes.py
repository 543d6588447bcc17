"""What the demo's cases are about: invented scenes with words to fill in, by surface and harm. No brand, nothing graphic."""

from __future__ import annotations

from dataclasses import dataclass, field

from escalations.lifecycle import Verdict


@dataclass(frozen=True)
class Scene:
    """A kind of escalation. `titles` and `ask` take {brand} {person} {place} {thing} {n}; `verdicts` are weights."""

    surface: str
    harm: str
    clause: str
    weight: float
    titles: tuple[str, ...]
    ask: str
    subject: str
    verdicts: dict[str, float] = field(default_factory=dict)
    tier: str = "G0"
    # Severity answers by level: which make it this bad. Levels a scene cannot have are left out.
    answers: dict[int, dict[str, str]] = field(default_factory=dict)


_NOTHING = {"physical_harm": "none", "imminence": "none", "reversibility": "reversible"}
_MONEY = {
    4: _NOTHING,
    3: {"velocity": "growing"},
    2: {"actor_profile": "organized"},
    1: {"reversibility": "irreversible", "vulnerable": "at_risk_group"},
}
_BODY = {
    3: {"velocity": "flat"},
    2: {"physical_harm": "possible"},
    1: {"physical_harm": "serious"},
    0: {"physical_harm": "lethal", "imminence": "hours"},
}
_WORDS = {
    4: _NOTHING,
    3: {"velocity": "growing"},
    2: {"actor_profile": "public_figure"},
    1: {"physical_harm": "serious"},
}
_SUPPORT = {4: _NOTHING, 3: {"reversibility": "reversible"}, 2: {"actor_profile": "public_figure"}}
_USUAL = {"remove": 6, "restrict": 1.5, "account_action": 1.5, "no_violation": 2, "insufficient_info": 0.6}
_LENIENT = {"remove": 2, "restrict": 2, "no_violation": 5, "restore": 0.6, "insufficient_info": 0.6, "policy_gap": 0.2}

SCENES: tuple[Scene, ...] = (
    Scene(
        "ads",
        "fraud_scam",
        "AD-FR-2.1",
        9,
        (
            "Fake broker ads promise guaranteed daily returns as {brand}",
            "Investment ads use an edited clip of {person}",
            "Cloned news page sells a trading bot by {brand}",
        ),
        "These ads keep returning after removal. Please decide for the whole advertiser and tell us whether we may remove copies ourselves.",
        "advertiser",
        _USUAL,
        "G0",
        _MONEY,
    ),
    Scene(
        "ads",
        "fraud_scam",
        "AD-FR-1.1",
        6,
        (
            "Loan ads ask for a fee before paying out, {place}",
            "Ads for {brand} collect card data on a copied bank page",
        ),
        "Our reviewers disagree whether the landing page counts. We need a ruling before the evening wave.",
        "ad",
        _USUAL,
        "G0",
        _MONEY,
    ),
    Scene(
        "ads",
        "ads_integrity",
        "AD-CL-1.2",
        5,
        (
            "Advertiser shows reviewers a different page than people see",
            "Rotating domains behind {brand} ads evade review",
        ),
        "Screens from two networks attached. Please confirm circumvention.",
        "domain",
        _USUAL,
        "G0",
        _MONEY,
    ),
    Scene(
        "ads",
        "ads_integrity",
        "AD-HW-1.1",
        4,
        ("Weight-loss ads with before and after pictures, {brand}", "Supplement ads claim to cure diabetes"),
        "Health claim or lifestyle claim? We have 40 of these a day.",
        "ad",
        _USUAL,
        "G0",
        _MONEY,
    ),
    Scene(
        "ads",
        "ads_integrity",
        "AD-PO-1.1",
        3,
        ("Political ad without a disclaimer in {place}", "Page buys issue ads from outside {place}"),
        "The authorisation looks expired. The campaign manager wrote to us twice.",
        "ad",
        _LENIENT,
        "G0",
        _WORDS,
    ),
    Scene(
        "ads",
        "ads_integrity",
        "AD-PA-1.1",
        2.5,
        ("Ad copy implies it knows the reader's illness", "Ads address people by religion, {brand}"),
        "Is this a personal attribute under the rule?",
        "ad",
        _LENIENT,
        "G0",
        _MONEY,
    ),
    Scene(
        "ads",
        "ads_integrity",
        "AD-SE-1.1",
        2,
        ("Sensational picture in ads for {brand}", "Shock thumbnails lead to a gambling page"),
        "Borderline imagery, described in the note. Do we restrict or remove?",
        "ad",
        _USUAL,
        "G1",
        _MONEY,
    ),
    Scene(
        "organic",
        "election_integrity",
        "CS-EL-1.4",
        5,
        (
            "Altered polling-date image spreads in {place}",
            "Posts tell voters in {place} to vote by message",
            "Fake notice closes polling stations in {place}",
        ),
        "The commission asks how fast these come down. Many copies, small edits.",
        "post",
        _USUAL,
        "G0",
        _WORDS,
    ),
    Scene(
        "organic",
        "misinformation",
        "CS-MI-2.1",
        5,
        ("Edited video of {person} announcing a curfew", "False evacuation order circulates in {place}"),
        "Local press calls. We need a decision and a line for them.",
        "post",
        _LENIENT,
        "G0",
        _BODY,
    ),
    Scene(
        "organic",
        "violence",
        "CS-VI-1.1",
        6,
        (
            "Threat against staff of {place} town hall",
            "User announces an attack on a school in {place}",
            "Threats in comments under {person}'s post",
        ),
        "Credible? The account posted a photo of the building an hour ago (not shown here).",
        "account",
        _USUAL,
        "G1",
        _BODY,
    ),
    Scene(
        "organic",
        "violence",
        "CS-VI-3.2",
        4,
        ("Call to gather armed outside a court in {place}", "Group organises a march with weapons, {place}"),
        "The event is tonight. Partners in {place} ask for our position.",
        "group",
        _USUAL,
        "G0",
        _BODY,
    ),
    Scene(
        "organic",
        "graphic_violence",
        "CS-GV-1.1",
        4,
        ("Attack footage re-uploaded with new captions, Port Ellis", "Accident video without warning, {place}"),
        "Copies keep their caption but change the crop. Description in the note, media shielded.",
        "post",
        {"remove": 3, "restrict": 5, "no_violation": 1},
        "G3",
        _BODY,
    ),
    Scene(
        "organic",
        "hate",
        "CS-HC-1.1",
        5,
        ("Dehumanising comparison in posts about newcomers, {place}", "Slur used as a team nickname"),
        "Reclaimed use or attack? Reviewers split three to two.",
        "post",
        _LENIENT,
        "G0",
        _WORDS,
    ),
    Scene(
        "organic",
        "harassment",
        "CS-BH-1.1",
        5,
        ("Mass tagging of {person} after a match", "Group shares edited pictures of a teacher in {place}"),
        "Target reported it herself. She asks what happens next.",
        "account",
        _USUAL,
        "G1",
        _WORDS,
    ),
    Scene(
        "organic",
        "harassment",
        "CS-BH-1.2",
        2,
        ("Page exists to mock one private person in {place}",),
        "Takedown asked by the person's lawyer.",
        "page",
        _USUAL,
        "G0",
        _WORDS,
    ),
    Scene(
        "organic",
        "privacy",
        "CS-PV-1.1",
        4,
        ("Home address of {person} posted with a map", "List of phone numbers of poll workers, {place}"),
        "Posted an hour ago, already copied. Please decide and remove copies.",
        "post",
        _USUAL,
        "G0",
        _BODY,
    ),
    Scene(
        "organic",
        "suicide_self_harm",
        "CS-SI-1.2",
        3,
        ("Livestream with a farewell message, {place}", "Challenge asks for risky stunts"),
        "Is this imminent? Local emergency contact is in the note.",
        "account",
        {"remove": 3, "restrict": 4, "no_violation": 2},
        "G2",
        _BODY,
    ),
    Scene(
        "organic",
        "terrorism",
        "CS-DO-1.1",
        2.5,
        ("Channel praises a listed group, {place}", "Recruitment post with a contact number"),
        "Name variants attached. Is the symbol alone enough?",
        "group",
        _USUAL,
        "G2",
        _BODY,
    ),
    Scene(
        "organic",
        "spam",
        "CS-SP-1.1",
        3,
        ("Comment farms push one link under news posts", "Engagement bait wave in {place}"),
        "Pattern and accounts attached.",
        "account",
        _USUAL,
        "G0",
        {4: _NOTHING, 3: {"velocity": "growing"}},
    ),
    Scene(
        "organic",
        "impersonation",
        "CS-AU-1.1",
        3,
        ("Account pretends to be {person}", "Page copies the town of {place}"),
        "The real person confirmed by mail.",
        "account",
        {"account_action": 6, "no_violation": 2, "insufficient_info": 1},
        "G0",
        _SUPPORT,
    ),
    Scene(
        "organic",
        "child_safety",
        "CS-CE-1.2",
        1.2,
        ("Adult account contacts several minors, metadata only", "Group name suggests exploitation, metadata only"),
        "No media is attached. Signals and account links are in the data item.",
        "account",
        {"account_action": 6, "no_violation": 1},
        "G2",
        {2: {"vulnerable": "minor"}, 1: {"vulnerable": "minor", "reversibility": "irreversible"}},
    ),
    Scene(
        "commerce",
        "commerce_safety",
        "CO-RC-1.1",
        4,
        ("Recalled e-bike batteries listed again, {place}", "Baby rocker under recall sold by {brand}"),
        "The regulator's deadline is this week.",
        "listing",
        _USUAL,
        "G0",
        {4: _NOTHING, 3: {"velocity": "growing"}, 2: {"physical_harm": "possible"}, 1: {"physical_harm": "serious"}},
    ),
    Scene(
        "commerce",
        "dangerous_goods",
        "CO-WE-1.1",
        3,
        ("Listing shows a pocket knife set with hidden blades", "Replica weapons sold as toys by {brand}"),
        "Photos described in the note. Weapon or collectible?",
        "listing",
        _USUAL,
        "G0",
        _BODY,
    ),
    Scene(
        "commerce",
        "fraud_scam",
        "CO-OF-1.1",
        4,
        ("Seller {brand} takes money and ships nothing", "Gift cards sold below value in bulk"),
        "32 buyers wrote to us this week.",
        "listing",
        {"account_action": 4, "remove": 4, "no_violation": 1},
        "G0",
        _MONEY,
    ),
    Scene(
        "commerce",
        "ip",
        "CO-CF-1.1",
        2.5,
        ("Copies of {brand} bags offered as originals",),
        "Rights holder's notice attached.",
        "listing",
        _USUAL,
        "G0",
        {4: _NOTHING, 3: {"velocity": "growing"}},
    ),
    Scene(
        "account",
        "account_compromise",
        "PR-AC-1.1",
        5,
        (
            "Verified singer's account hijacked, crypto stream",
            "Shop page taken over, owner locked out, {place}",
            "Creator {person} lost access after a fake copyright mail",
        ),
        "Owner proved identity. Please restore and secure.",
        "account",
        {"restore": 6, "account_action": 2, "insufficient_info": 1},
        "G0",
        _SUPPORT,
    ),
    Scene(
        "account",
        "product_support",
        "PR-AC-2.1",
        3,
        ("Ad account of {brand} disabled, campaign starts tomorrow", "Wrongly disabled after mass reports, {person}"),
        "Please look again: the history is clean.",
        "advertiser",
        {"restore": 4, "no_violation": 2, "account_action": 2},
        "G0",
        _SUPPORT,
    ),
    Scene(
        "product",
        "product_support",
        "PR-LG-1.1",
        1.5,
        ("Memorial request for a private person, {place}", "Username claim by the city of {place}"),
        "Documents attached.",
        "account",
        {"no_violation": 3, "insufficient_info": 1},
        "G0",
        {4: _NOTHING},
    ),
)

BRANDS = (
    "Orbix Yield",
    "Lumera",
    "Fintaro",
    "Velda Home",
    "Nobel & Wren",
    "Castella",
    "Brightmoor",
    "Tandem Gear",
    "Okura Labs",
    "Saffrona",
)
PEOPLE = (
    "Mara Quill",
    "Teo Brandt",
    "Lena Osei",
    "Idris Vane",
    "Nadia Korr",
    "Paulo Serra",
    "Min-ji Arden",
    "Sunil Marr",
)
PLACES = ("Valdoria", "Port Ellis", "Nerim", "Kestrel Bay", "Osmere", "Talven", "Brisk Hollow", "Santa Lira")
# code → share of the inflow, and the markets it mostly comes from. "qtv" (private use) stands for Valdorian.
LANGUAGES: dict[str, tuple[float, tuple[str, ...]]] = {
    "en": (0.46, ("US", "GB", "IE", "AU", "NG", "ZA")),
    "es": (0.17, ("ES", "MX", "CO", "AR")),
    "pt": (0.12, ("BR", "PT")),
    "ar": (0.08, ("EG", "JO", "AE", "SA")),
    "hi": (0.07, ("IN",)),
    "tl": (0.05, ("PH",)),
    "qtv": (0.05, ("DE", "PL")),
}
NOTES = (
    "Looked at the history: three similar reports this month.",
    "The landing page changed twice since the submission.",
    "Same wording as an earlier case; linked.",
    "Local holiday there today, the reply may take longer.",
    "Checked the translation with a native reader.",
    "Context matters here: the caption quotes somebody else.",
)
REPLIES = (
    "Thank you. We are looking at it now and answer with a decision.",
    "We have it. Please hold copies back until our decision.",
    "Received, with the evidence. A specialist is on it.",
)
NEWS = (
    "We are still on it: the material is being compared with what was sent in before.",
    "No decision yet. Somebody has it, and you hear from us again.",
    "Still open: we look at the other posts of this account first.",
)
OUTSIDE = "The registrar, for who holds the domain."
QUESTIONS = (
    "Please send the landing page as you saw it.",
    "Which market did you see this in?",
    "Please attach the original text.",
)
RATIONALES = (
    "The elements are met on the face of the material; no exception applies.",
    "Evidence and pattern agree with earlier decisions under this clause.",
    "Context considered; the exception for condemnation does not apply.",
)
NOTHING_FOUND = (
    "One element is missing: nobody is named or plainly meant.",
    "The caption condemns what it quotes; the exception applies.",
    "Earlier decisions under this clause left the same wording up.",
)
# What a decision that no rule fits asks: it becomes the question of a gap.
OPEN_QUESTIONS = (
    "Does an avatar that imitates a living person without saying so count as impersonation?",
    "Is a price that changes after the click misleading when the page says “from”?",
    "May a fundraiser for a wanted person stay up while the charge is contested?",
)
TOO_LITTLE = (
    "The landing page is gone and no capture was sent; it cannot be judged.",
    "The clip starts after the words that the report is about.",
)


def rationales(verdict: Verdict) -> tuple[str, ...]:
    """The lines that people write for such a verdict."""
    apart = {
        Verdict.NO_VIOLATION: NOTHING_FOUND,
        Verdict.POLICY_GAP: OPEN_QUESTIONS,
        Verdict.INSUFFICIENT_INFO: TOO_LITTLE,
    }
    return apart.get(verdict, RATIONALES)
