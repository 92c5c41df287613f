"""Templates translated when they are compiled: one Jinja2 environment a language, so that a page in use asks for nothing.

A call of `_("…")` with one constant text becomes the text itself; with values, the text waiting to be filled. Everything
else (`ngettext`, a text that is not constant) is asked for at run time as always. The catalogues do not change while a
process runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.template.backends.jinja2 import Jinja2
from django.utils import translation
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape


def fill(text: Markup, /, **values: Any) -> Markup:
    """The text with its `%(name)s` filled, values escaped."""
    return text % values


class _Translator(NodeTransformer):
    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 -- named by Jinja2
        found = self.generic_visit(node)
        if not isinstance(found, nodes.Call) or not _is_constant_text(found):
            return found
        given = cast("nodes.Const", found.args[0]).value
        with translation.override(self.language):
            text = Markup(translation.gettext(given))  # noqa: S704 — a string of our own source or catalogue
        if found.kwargs:
            called = nodes.Name("fill_text", "load", lineno=found.lineno)
            constant = nodes.Const(text, lineno=found.lineno)
            return nodes.Call(called, [constant], found.kwargs, None, None, lineno=found.lineno)
        return nodes.Const(text % {}, lineno=found.lineno)


def _is_constant_text(call: nodes.Call) -> bool:
    return (
        isinstance(call.node, nodes.Name)
        and call.node.name == "_"
        and len(call.args) == 1
        and isinstance(call.args[0], nodes.Const)
        and isinstance(call.args[0].value, str)
        and call.dyn_args is None
        and call.dyn_kwargs is None
    )


#: Texts remembered a language: labels and words of registers, some hundreds. More than this is data, not interface.
_MOST = 5_000


def translator(language: str) -> Callable[..., Markup]:
    """What `_(…)` does with a text that is not constant (the label of a field): translated, escaped, remembered."""
    known: dict[str, Markup] = {}

    def translate(text: Any, /, **values: Any) -> Markup:
        plain = str(text)
        found = known.get(plain)
        if found is None:
            with translation.override(language):
                found = escape(translation.gettext(plain)) if plain else Markup("")
            if len(known) < _MOST:
                known[plain] = found
        return found % values if values else found

    return translate


class TranslatedEnvironment(Environment):
    """Compiles templates for one language, `language`."""

    language = ""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return cast("nodes.Template", _Translator(self.language).visit(tree)) if self.language else tree


class Templates(Jinja2):
    """Django's template backend with one environment for each language that is asked for."""

    def __init__(self, params: dict[str, Any]) -> None:
        options = params["OPTIONS"]
        self._again = dict(params, OPTIONS=dict(options))
        super().__init__({**params, "OPTIONS": dict(options)})
        self._by_language: dict[str, Jinja2] = {}

    def get_template(self, template_name: str) -> Any:
        language = translation.get_language() or ""
        backend = self._by_language.get(language)
        if backend is None:
            backend = Jinja2({**self._again, "OPTIONS": {**self._again["OPTIONS"], "language": language}})
            self._by_language[language] = backend
        return backend.get_template(template_name)
