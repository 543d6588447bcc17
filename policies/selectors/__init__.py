"""Reading the library. What others call most stands here; the rest in its module."""

from policies.selectors.library import (
    CONFIG,
    Book,
    CardElement,
    ClauseCard,
    ClausePage,
    Filters,
    Found,
    Row,
    Section,
    clause_card,
    clause_page,
    library_rows,
    library_tree,
    markets_with_variants,
    search_clauses,
    suggest_clauses,
)

__all__ = [
    "CONFIG",
    "Book",
    "CardElement",
    "ClauseCard",
    "ClausePage",
    "Filters",
    "Found",
    "Row",
    "Section",
    "clause_card",
    "clause_page",
    "library_rows",
    "library_tree",
    "markets_with_variants",
    "search_clauses",
    "suggest_clauses",
]
