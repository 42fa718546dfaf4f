"""Every HTML answer is judged here: well-formed, labelled, without inline script; and used as a person would.

``Visitor`` goes to addresses and sends forms; ``Page`` is what comes back.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FIELDS = ("input", "select", "textarea")
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
DATA_BLOCKS = {"application/json", "application/ld+json"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\(\w+\)[sd]|<flask_babel|<built-in|<bound method")


class Page:
    """One HTML answer. Making it checks what every page must keep."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.source = response.get_data(as_text=True)
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(self.source)
        self.title = text_of(self._one("title"))
        self.h1 = text_of(self._one("h1"))
        self._check_words()
        self._check_names()
        self._check_labels()
        self._check_forms()
        self._check_nothing_inline()

    @property
    def text(self) -> str:
        """The words of the body, blanks collapsed."""
        return text_of(self._one("body"))

    @property
    def links(self) -> dict[str, str]:
        """Text of each link → its address."""
        return {text_of(link): link.get("href", "") for link in self.root.iter("a")}

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements with these attributes; ``class_``, ``data_x`` stand for ``class``, ``data-x``."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [one for one in self.root.iter(tag) if all(one.get(name) == wanted[name] for name in wanted)]

    def form(self, action: str | None = None) -> Element:
        """The only POST form of the page's main part, or the one whose action ends with ``action``."""
        forms = [one for one in self._one("main").iter("form") if one.get("method", "").lower() == "post"]
        if action is not None:
            forms = [one for one in forms if (one.get("action") or "").partition("?")[0].endswith(action)]
        assert len(forms) == 1, f"{len(forms)} forms {action or ''} on {self.title!r}"
        return forms[0]

    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [text_of(link) for box in self.all("div", role="alert") for link in box.iter("li")]

    def _one(self, tag: str) -> Element:
        found = list(self.root.iter(tag))
        assert len(found) == 1, f"{len(found)} <{tag}>, expected exactly one:\n{self.source[:2000]}"
        return found[0]

    def _check_words(self) -> None:
        assert self.root.get("lang") in {"pl", "en"}, "no language on <html>"
        assert self.h1, "an empty h1"
        assert self.title.startswith(self.h1), f"title {self.title!r} does not begin with the h1 {self.h1!r}"
        left = LEFT_OVER.search(self.text)
        assert not left, f"a placeholder is left in the text: {self.text[max(left.start() - 60, 0) :][:160]!r}"

    def _check_names(self) -> None:
        ids = [one.get("id") for one in self.root.iter() if one.get("id") is not None]
        twice = sorted({str(one) for one in ids if ids.count(one) > 1})
        assert not twice, f"ids used twice: {twice}"
        for one in self.root.iter():
            for name in REFERENCES:
                dead = [target for target in (one.get(name) or "").split() if target not in ids]
                assert not dead, f"<{one.tag} {name}> points at {dead}, which is not there"

    def _check_labels(self) -> None:
        labelled = {label.get("for") for label in self.root.iter("label")}
        inside = {id(field) for label in self.root.iter("label") for field in label.iter()}
        for field in (one for tag in FIELDS for one in self.root.iter(tag)):
            if field.get("type") in UNLABELLED or id(field) in inside:
                continue
            named = field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
            assert named, f"<{field.tag} name={field.get('name')!r}> has no label"
        for control in (one for tag in ("a", "button") for one in self.root.iter(tag)):
            assert text_of(control) or control.get("aria-label"), f"<{control.tag}> without words: {control.attrib}"
        for image in self.root.iter("img"):
            assert image.get("alt") is not None, f"<img src={image.get('src')!r}> has no alt"

    def _check_forms(self) -> None:
        for form in self.root.iter("form"):
            if form.get("method", "get").lower() == "post":
                tokens = [one for one in form.iter("input") if one.get("name") == "csrf_token"]
                assert len(tokens) == 1, f"{len(tokens)} csrf_token in the form {form.get('action')!r}"

    def _check_nothing_inline(self) -> None:
        assert not list(self.root.iter("style")), "inline <style>"
        for script in self.root.iter("script"):
            assert script.get("src") or script.get("type") in DATA_BLOCKS, "inline <script>"
        for one in self.root.iter():
            bad = [name for name in one.attrib if name == "style" or str(name).startswith("on")]
            assert not bad, f"<{one.tag}> has {bad}"


class Visitor:
    """A person with a browser: follows redirects, keeps cookies, sends forms with what they already hold."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> Page:
        """Open a page."""
        return self._judge(self.client.get(path, follow_redirects=True), status)

    def send(
        self,
        page: Page,
        fields: Mapping[str, Any] | None = None,
        *,
        form: str | None = None,
        status: int = 200,
    ) -> Page:
        """Fill a form of ``page`` and send it; ``form`` is the end of its action where there are several."""
        element = page.form(form)
        values = {**held_values(element), **(fields or {})}
        action = element.get("action") or page.response.request.path
        return self._judge(self.client.post(action, data=values, follow_redirects=True), status)

    def sign_in(self, email: str, password: str) -> Page:
        """By the sign-in page."""
        return self.send(self.get("/login"), {"email": email, "password": password})

    @staticmethod
    def _judge(response: TestResponse, status: int) -> Page:
        assert response.status_code == status, f"{response.request.path}: {response.status}\n{response.text[:1500]}"
        return Page(response)


def text_of(element: Element) -> str:
    """The words inside an element, blanks collapsed."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def held_values(form: Element) -> dict[str, Any]:
    """What a form would send as it stands."""
    values: dict[str, Any] = {}
    for field in form.iter():
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        kind = field.get("type", "text")
        if field.tag == "input" and kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                values.setdefault(name, []).append(field.get("value", "on"))
        elif field.tag == "input" and kind not in {"submit", "button", "file", "image", "reset"}:
            values[name] = field.get("value", "")
        elif field.tag == "textarea":
            values[name] = "".join(field.itertext()).removeprefix("\n")
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [one for one in options if one.get("selected") is not None] or options[:1]
            values[name] = [one.get("value", text_of(one)) for one in chosen]
    return values
