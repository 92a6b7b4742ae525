"""What a browser may load for our pages (Content Security Policy Level 3)."""

WITHOUT_SCRIPTS = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""No script at all. ``form-action`` also stops a form that is redirected to another origin."""

WITH_OWN_SCRIPTS = f"{WITHOUT_SCRIPTS}; script-src 'self'; connect-src 'self'"
"""Files of this service alone: never a line inside a page, never another origin."""
