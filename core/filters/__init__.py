"""The filter language: one grammar for lists, the API, saved views and rules (docs: `/help/filters/`).

`parse` makes a tree or points at the fault; `compile_query` turns a tree into a Django condition through a registry of fields that the
app with the tables brings. Nothing here knows a domain word.
"""
