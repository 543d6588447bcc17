"""Django's `i18n` tags with words of ours looked up once per language: `{% translate "Claim" %}` stands in pages hundreds of times.

Installed under the name `i18n` (TEMPLATES in the settings), so templates load it as they always did.
"""

from __future__ import annotations

from typing import Any

from django.template.base import FilterExpression, Parser, Token, Variable
from django.template.context import Context
from django.template.library import Library
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Said(i18n.TranslateNode):
    """Words that stand in the template itself, in a context that does too: they depend on nothing but the language."""

    def __init__(self, node: Any) -> None:
        super().__init__(node.filter_expression, node.noop, node.asvar, node.message_context)
        self._said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        found = self._said.get(language)
        if found is None:
            found = self._said[language] = super().render(context)
        return found


def _is_fixed(expression: FilterExpression | None) -> bool:
    if expression is None:
        return True
    var = expression.var
    return not expression.filters and (isinstance(var, str) or (isinstance(var, Variable) and var.lookups is None))


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Any:
    """As Django's; what cannot vary is kept."""
    node = i18n.do_translate(parser, token)
    fixed = node.asvar is None and _is_fixed(node.filter_expression) and _is_fixed(node.message_context)
    return Said(node) if fixed else node
