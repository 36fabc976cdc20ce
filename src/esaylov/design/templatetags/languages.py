"""Which language a text is in. These filters are there in every template, without `{% load %}`."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from esaylov.design import words

register = template.Library()


@register.filter
def bcp47(code: str) -> str:
    """The code of a language as `lang` and `hreflang` name it: `{{ LANGUAGE_CODE|bcp47 }}`."""
    return words.bcp47(code)


@register.filter
def named(text: str) -> SafeString:
    """A text from data, such as a name: marked with its language where that is not the page's, so that
    screen readers speak it right. `{{ place.name|named }}`.
    """
    code = words.other_language(text)
    return format_html('<span lang="{}">{}</span>', code, text) if code else conditional_escape(text)


@register.filter
def articles(named_by: str) -> str:
    """The articles of the law that a rule names: `{{ check.article|articles }}` gives "Articles 58, 94"."""
    return words.articles_text(named_by)
