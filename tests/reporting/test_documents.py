"""PDFs: whatever is written into them stays text, the same comes out the same, and a draft says that it is one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.roles import Role
from reporting.documents import (
    ChartOf,
    Document,
    Heading,
    Items,
    NotPrinted,
    Paragraph,
    TableOf,
    Tile,
    Tiles,
    paper_of,
    render,
    rendering,
)
from reporting.documents.pictures import printable, style
from tests.factories.people import make_user, make_vendor

HOSTILE = (
    '#read("/etc/passwd") #import "@preview/cades:0.3.0" $x^2$ *bold* `raw` \\ [#sys.inputs] "quoted" <label> @ref '
    "= Heading // comment /* block */ https://example.org \x00\x07\u202e gpj.exe"
)
SVG = '<svg viewBox="0 0 60 20" role="img"><title>t</title><a href="/q/"><rect width="40" height="10"/></a></svg>'


def document(text: str = "Calm", **more) -> Document:
    values = {
        "title": text,
        "parts": [
            Heading(text),
            Paragraph(text),
            Items([(text, text)]),
            Tiles([Tile(text, text, text)]),
            TableOf([text], [[text]], caption=text),
            ChartOf(text, SVG, text),
        ],
        "classification": "Internal",
        "name": "BRF-1@v2",
        "made": "Generated 22 Nov 2026 14:51 UTC by Ana",
        "as_of": "Figures as of 22 Nov 2026 14:00 UTC",
        "header": [("As of", text)],
    }
    return Document(**{**values, **more})


def headings(shown: Document, folder) -> list[str]:
    """The text of each heading as Typst laid it out."""
    import typst

    (folder / "layout.typ").write_bytes(rendering._LAYOUT.read_bytes())
    (folder / "document.json").write_text(json.dumps(rendering._data(shown, "a4", folder)))
    compiler = typst.Compiler(input=str(folder / "layout.typ"), root=str(folder), ignore_system_fonts=True)
    return [one["body"]["text"] for one in json.loads(compiler.query("heading"))]


def test_the_same_document_gives_the_same_bytes_and_another_gives_others():
    first = render(document())

    assert first.content.startswith(b"%PDF-")
    assert b"StructTreeRoot" in first.content  # tagged: it has a reading order
    assert render(document()).content == first.content
    assert render(document(), paper="us-letter").content != first.content
    assert render(document(is_draft=True)).content != first.content


def test_what_people_wrote_is_never_read_as_markup(tmp_path):
    assert render(document(HOSTILE)).content.startswith(b"%PDF-")

    said = headings(document(HOSTILE), tmp_path)

    assert said == [HOSTILE.replace("\x00", "\ufffd").replace("\x07", "\ufffd")] * 2


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "a" * 5000, "\ud800", "x\ny\r\nz"])
def test_odd_texts_are_printed(text):
    assert render(document(text)).content.startswith(b"%PDF-")


def test_characters_without_a_glyph_are_told_of(tmp_path):
    made = render(document("Sumerian \U00012000 and a private sign \U000f0001"))

    assert made.is_missing
    assert not render(document("Zażółć gęślą jaźń")).is_missing


def test_a_picture_brings_nothing_from_outside_and_is_painted_by_our_sheets():
    made = printable(
        '<svg viewBox="0 0 9 9"><a href="//evil.example"><image href="file:///etc/passwd"/><script>x</script>'
        '<rect class="m" width="3" height="3"/></a></svg>'
    )

    assert not any(word in made for word in ("evil", "passwd", "script", "var("))
    assert "<rect" in made
    assert made.count("<style>") == 1


def test_every_colour_of_the_charts_sheet_reaches_paper():
    made = style()

    assert ".ch-band{fill:#E2E7EE;stroke:none}" in made
    assert ".ch-h1{fill:#" in made
    assert not any(word in made for word in ("var(", "light-dark", "color-mix", "CanvasText", "rem"))


def test_a_layout_that_takes_too_long_is_an_error_and_not_a_wait(monkeypatch):
    monkeypatch.setattr(rendering, "TIMEOUT_S", 0.01)

    with pytest.raises(NotPrinted):
        render(document())


def test_paper_is_what_printers_hold_there():
    assert paper_of("America/Chicago") == "us-letter"
    assert paper_of("Asia/Kolkata") == "a4"


@pytest.mark.django_db
def test_a_scorecard_is_printed_for_whoever_reads_reports():
    vendor, lead = make_vendor("northgate"), make_user(roles=[Role.LEAD])
    answers = {}
    for who in (lead, make_user(roles=[Role.PARTNER]), make_user(organization=vendor, roles=[Role.VENDOR_LEAD])):
        client = Client()
        client.force_login(who)
        answers[who.pk] = client.get("/vendors/northgate/pdf/")

    assert [answer.status_code for answer in answers.values()] == [200, 403, 404]
    assert answers[lead.pk].content.startswith(b"%PDF-")


def test_a_printed_page_tells_its_notes_leaves_out_what_a_click_does_and_sets_numbers_by_their_digits():
    from reporting.charts.parts import Chart, Table
    from reporting.documents.reports import Printed, report_document
    from reporting.pages import Drawn, Page, Panel

    chart = Chart(SVG, Table(("Week", "Cases", "Rate"), (("2 Nov", "1,204", "–"), ("9 Nov", "96", "3 of 4"))), "t", "s")
    drawn = Drawn(charts=[chart], note="How to read it.", hint="A point leads to cases.")
    panel = Panel("ch", "Question", lambda _ask: drawn)
    page = Page("sla", "SLA", "Are we?", (panel,))
    notes = {"ch": [("22 Nov 2026", "Plan changed", "SLA plan")]}
    shown = report_document(
        Printed(page, [(panel, drawn)], [], "sla@1", "Ana", datetime(2026, 11, 23, tzinfo=UTC), notes=notes)
    )

    [found] = [part for part in shown.parts if isinstance(part, ChartOf)]
    assert found.table.numeric == {1}
    assert Paragraph("1 · 22 Nov 2026 · Plan changed (SLA plan)", is_meta=True) in shown.parts
    assert "leads to" not in str(shown.parts)
    assert render(shown).content.startswith(b"%PDF-")


def test_words_that_no_line_holds_may_be_broken_and_addresses_still_lead_there():
    address, digest = "https://example.org/" + "a" * 200, "f" * 64

    said = rendering._cleaned(Paragraph(f"{digest} {address}", url=address))

    assert said["url"] == address
    assert said["text"].startswith(f"{digest} https://exam\u200bple.org/")
