"""Documents on paper and as PDF: what they are made of (`parts`), and how they are printed (`rendering`)."""

from reporting.documents.parts import (
    ChartOf,
    Document,
    Facts,
    Heading,
    Items,
    PageBreak,
    Paragraph,
    Part,
    PictureOf,
    Quiet,
    TableOf,
    Tile,
    Tiles,
)
from reporting.documents.rendering import PAPERS, NotPrinted, Paper, Pdf, paper_of, picture, render

__all__ = [
    "PAPERS",
    "ChartOf",
    "Document",
    "Facts",
    "Heading",
    "Items",
    "NotPrinted",
    "PageBreak",
    "Paper",
    "Paragraph",
    "Part",
    "Pdf",
    "PictureOf",
    "Quiet",
    "TableOf",
    "Tile",
    "Tiles",
    "paper_of",
    "picture",
    "render",
]
