"""The base of every form, named once: Flask-WTF ships no types."""

from flask_wtf import FlaskForm


class PageForm(FlaskForm):  # type: ignore[misc]  # no types there
    """A form with its CSRF token."""
