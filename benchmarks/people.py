"""Someone who signs in to the running product, as a browser does."""

import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

PASSWORD = "base-demo-2026"


@dataclass(frozen=True)
class DemoAudit:
    """An audit that can be filled: criteria with their levels, only those that do not depend on others.

    ``heads``: criterion → the operation that gave the answer that stands.
    """

    id: str
    criteria: list[tuple[str, list[str]]]
    heads: dict[str, str]


class Browser:
    """Keeps cookies; every request is a fresh connection."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        return self.get_bytes(path).decode(errors="replace")

    def get_bytes(self, path: str) -> bytes:
        with self._opener.open(urllib.request.Request(self.url + path, headers={"X-Audit-Client": "1"})) as answer:
            content: bytes = answer.read()
            return content

    def sign_in(self, email: str) -> None:
        """Sign in by the form; raises when it does not work."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/login"))
        if token is None:
            raise RuntimeError("the sign-in page has no token")
        form = {"email": email, "password": PASSWORD, "csrf_token": token[1]}
        with self._opener.open(self.url + "/login", urllib.parse.urlencode(form).encode()) as answer:
            if answer.geturl().endswith("/login"):
                raise RuntimeError(f"{email} could not sign in")

    @property
    def api_headers(self) -> dict[str, str]:
        """Headers of a request of the tablet."""
        cookie = "; ".join(f"{each.name}={each.value}" for each in self.cookies)
        return {"Content-Type": "application/json", "X-Audit-Client": "1", "Origin": self.url, "Cookie": cookie}


def demo_audit(browser: Browser) -> DemoAudit:
    """The demo's audit under way, found as a person finds it: by the list of cases."""
    listed = browser.get("/cases?state=in_audit")
    case = re.search(r'href="(/cases/[0-9a-f-]{36})"', listed)
    if case is None:
        raise RuntimeError("the demo has no audit under way")
    found = re.search(r"/app/audits/([0-9a-f-]{36})", browser.get(case[1]))
    if found is None:
        raise RuntimeError("the case has no audit")
    bundle: dict[str, Any] = json.loads(browser.get(f"/api/v1/audits/{found[1]}/bundle"))
    heads = {each["criterion"]: each["head_op"] for each in bundle["answers"] if each["field"] == "score"}
    return DemoAudit(found[1], list(_simple_criteria(bundle["template"])), heads)


def _simple_criteria(template: dict[str, Any]) -> Any:
    for area in template["areas"]:
        for section in area["sections"]:
            for criterion in section["criteria"]:
                levels = template["scales"][criterion["scale"]].get("levels")
                if levels and not criterion.get("asked_when"):
                    yield criterion["id"], [level["value"] for level in levels]
