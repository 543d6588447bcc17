"""P12: what the queue page weighs: JS ≤ 60 KB, CSS ≤ 30 KB, its HTML ≤ 80 KB, all gzipped, and nothing from elsewhere.

    python -m benchmarks.p12_weight http://127.0.0.1:8000 ana@demo.watchfloor.example watchfloor-demo

Asks a running product as a person would (sign-in, then /q/) and weighs what the page names. Exits 1 when a budget is
exceeded. Lighthouse is a browser's tool with downloads of its own: run it by hand where it is at hand.
"""

from __future__ import annotations

import argparse
import gzip
import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request

BUDGETS = {"js": 60_000, "css": 30_000, "html": 80_000}


def fetch(opener: urllib.request.OpenerDirector, url: str, data: dict[str, str] | None = None) -> bytes:
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    request = urllib.request.Request(url, data=body, headers={"Referer": url})
    with opener.open(request, timeout=30) as answer:
        read: bytes = answer.read()
        return read


def weight(content: bytes) -> int:
    """Bytes once compressed."""
    return len(gzip.compress(content, 9))


def imports_of(opener: urllib.request.OpenerDirector, url: str, seen: dict[str, int]) -> None:
    """Weigh a module and what it imports."""
    if url in seen:
        return
    content = fetch(opener, url)
    seen[url] = weight(content)
    for name in re.findall(rb"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", content):
        imports_of(opener, urllib.parse.urljoin(url, name.decode()), seen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="where the product answers")
    parser.add_argument("email")
    parser.add_argument("password")
    given = parser.parse_args()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    login = urllib.parse.urljoin(given.base, "/accounts/login/")
    form = fetch(opener, login).decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    if token is None:
        print("The sign-in page has no form.")
        return 1
    fetch(opener, login, {"login": given.email, "password": given.password, "csrfmiddlewaretoken": token[1]})
    page = fetch(opener, urllib.parse.urljoin(given.base, "/q/"))
    text = page.decode()
    if 'id="rows"' not in text:
        print("The queue did not open: check the e-mail and the password.")
        return 1
    named = re.findall(r'<(?:script[^>]+src|link[^>]+href)="([^"]+)"', text)
    foreign = [url for url in named if urllib.parse.urlsplit(url).netloc]
    scripts: dict[str, int] = {}
    for url in named:
        if url.split("?")[0].endswith(".js"):
            imports_of(opener, urllib.parse.urljoin(given.base, url), scripts)
    styles = [urllib.parse.urljoin(given.base, url) for url in named if url.split("?")[0].endswith(".css")]
    found = {
        "js": sum(scripts.values()),
        "css": sum(weight(fetch(opener, url)) for url in styles),
        "html": weight(page),
    }
    failed = bool(foreign)
    for name, budget in BUDGETS.items():
        failed |= found[name] > budget
        print(f"{name:<5} {found[name]:>7} bytes gzipped of {budget}  ratio {found[name] / budget:.2f}")
    print(f"third-party origins: {len(foreign)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
