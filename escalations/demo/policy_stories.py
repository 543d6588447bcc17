"""What the policy library has to show in the demo (ux.md §19, D1, D5): guidance in its third edition, gaps with owners, a draft that
waits for its second person, translations of which one fell behind, leading cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from accounts.demo import DOMAIN
from accounts.models import User
from escalations.lifecycle import DecisionState
from escalations.models import Case, Decision
from escalations.operations import precedents
from policies.models import Guidance, Policy, PolicyVersion
from policies.operations import drafts, gaps, guidance, reading
from policies.operations.guidance import Instruction
from policies.operations.reading import Translated
from policies.wording import wording_of

EDITIONS = (
    (70, "Hold altered polling dates for Valdoria; ask the election desk before removing."),
    (41, "Remove altered polling dates for Valdoria at once. No strike while the source is unclear."),
    (
        9,
        "Remove altered polling dates and places for Valdoria at once, with a strike where the same account posts a second one. "
        "Screenshots that warn of them stay, with a label. Anything that names a polling worker goes to CS-EL-3.1.",
    ),
)
# Hours ago, question, position meanwhile, whether somebody owns it.
OPEN_GAPS = (
    (
        52,
        "May a shop sell a chatbot that speaks like its own dead founder?",
        "Leave it, label it, and tell the owner of CS-AU-2.4.",
        True,
    ),
    (
        230,
        "Is a map of polling places that leaves out two villages wrong, or only incomplete?",
        "Treat as wrong from a week before the vote.",
        True,
    ),
    (19, "Does a “rating swap” between two authors count when no money moves?", "", False),
)
ANSWERED = "Does an estate's consent suffice for an invented message of somebody who has died?"
SPANISH = {
    "AD-FR-2.1": (
        "Ofertas de inversión engañosas",
        "No se permiten anuncios que prometan ganancias garantizadas o imposibles.",
    ),
    "CS-EL-1.4": (
        "Datos falsos sobre cómo, cuándo y dónde votar",
        "No se permiten afirmaciones falsas sobre la fecha, la hora, el lugar, el modo o el derecho de voto, con cualquier intención.",
    ),
    "CS-BH-1.1": (
        "Acoso a una persona particular",
        "No se permite el acoso repetido o grave a una persona particular, y ninguno a un menor.",
    ),
    "CS-FR-1.1": (
        "Inversiones y planes de dinero",
        "No se permite prometer dinero rápido, seguro o multiplicado para que otros paguen, inviertan o recluten.",
    ),
}
HOLDINGS = (
    "A promise of returns is one however it is hedged in small print.",
    "A disclaimer at the end does not undo the claim that people saw first.",
)


def add(*, now: datetime) -> None:
    """All of it, unless it is there; `now` is the demo's instant (aware UTC). Records what the operations record."""
    if Guidance.objects.exists():
        return
    editor = User.objects.select_related("organization").get(email=f"petra@{DOMAIN}")
    with transaction.atomic():
        _guidance(now)
        _gaps(editor, now)
        _draft(editor, now)
        _translations(editor, now)
        _leading(editor, now)


def _guidance(now: datetime) -> None:
    marta = User.objects.select_related("organization").get(email=f"marta@{DOMAIN}")
    ana = User.objects.select_related("organization").get(email=f"ana@{DOMAIN}")
    number = None
    for hours, text in EDITIONS:
        at = now - timedelta(hours=hours)
        issued = guidance.issue_guidance(
            instruction=Instruction(
                title="Altered polling dates in Valdoria",
                text=text,
                scope="harm:election_integrity",
                crisis_ref="CR-12",
                policy_keys=["CS-EL-1.1"],
                expires_at=at + timedelta(days=9),
            ),
            by=marta,
            at=at,
            replaces=number,
        )
        number = issued.number
        if hours > EDITIONS[-1][0]:  # the newest waits to be read
            guidance.acknowledge_guidance(guidance_id=issued.pk, by=ana, at=at + timedelta(hours=1))


def _gaps(editor: User, now: datetime) -> None:
    ana = User.objects.select_related("organization").get(email=f"ana@{DOMAIN}")
    refs = list(Case.objects.visible_to(ana).filter(is_sandbox=False).order_by("id").values_list("ref", flat=True)[:4])
    if len(refs) < 4:
        return
    for (hours, question, position, is_owned), ref in zip(OPEN_GAPS, refs, strict=False):
        at = now - timedelta(hours=hours)
        gap = gaps.open_gap(question=question, source_ref=ref, by=ana, at=at, interim_position=position)
        if is_owned:
            gaps.keep_gap(
                gap_id=gap.pk,
                owner=editor,
                target_on=(at + timedelta(days=14)).date(),
                interim_position=position,
                revision=gap.revision,
                by=editor,
                at=at + timedelta(hours=3),
            )
    answer = PolicyVersion.objects.effective(at=now).filter(policy__key="CS-AU-2.4", market="").first()
    since = answer.effective_from if answer is not None else None
    if answer is not None and since is not None:
        gap = gaps.open_gap(
            question=ANSWERED,
            source_ref=refs[3],
            by=ana,
            at=since - timedelta(days=20),
            nearest=None,
            interim_position="Remove.",
        )
        gaps.answer_gap(gap_id=gap.pk, version_id=answer.pk, revision=gap.revision, by=editor, at=since)


def _draft(editor: User, now: datetime) -> None:
    policy = Policy.objects.filter(key="CS-AU-2.4").first()
    if policy is None:
        return
    draft = drafts.start_draft(policy_id=policy.pk, by=editor, at=now - timedelta(hours=6))
    wording = wording_of(draft)
    wording = replace(
        wording,
        fine_examples=[
            *wording.fine_examples,
            "A museum's guide speaks as a poet of the last century, marked at its start.",
        ],
        changed_note="Adds the museum's guide to what is fine: four museums had asked before they opened.",
        needs_acknowledgement=True,
    )
    draft = drafts.edit_draft(
        version_id=draft.pk, wording=wording, revision=draft.revision, by=editor, at=now - timedelta(hours=5)
    )
    drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=now - timedelta(hours=4))


def _translations(editor: User, now: datetime) -> None:
    """Spanish for four clauses; of the first the words are those of the version before, so that they show as out of date."""
    for index, (key, (title, rule)) in enumerate(SPANISH.items()):
        lines = PolicyVersion.objects.published().filter(policy__key=key, market="").order_by("-number")
        version = (lines[1:2] or lines[:1])[0] if index == 0 and lines.count() > 1 else lines.first()
        if version is not None:
            reading.translate_version(
                version_id=version.pk,
                language="es",
                words=Translated(title=title, rule=rule),
                by=editor,
                at=now - timedelta(days=3),
            )


def _leading(editor: User, now: datetime) -> None:
    found = Decision.objects.filter(
        state=DecisionState.EFFECTIVE,
        clause__policy__key__startswith="AD-FR",
        repeats__isnull=True,
        overturned_at__isnull=True,
        case__is_sandbox=False,
        effective_at__lt=now,
    ).order_by("-id")
    for decision, holding in zip(found[: len(HOLDINGS)], HOLDINGS, strict=False):
        precedents.name_leading_case(
            decision_id=decision.pk, holding=holding, review_on=(now + timedelta(days=120)).date(), by=editor, at=now
        )
