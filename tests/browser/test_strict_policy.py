"""The page under its own strict headers, with a reader who comes again, and within its weight."""

from __future__ import annotations

import gzip
import http.server
import shutil
import threading

import pytest
from larkspur import sample

from trustcenter.publish.response_headers import write_headers
from trustcenter.publish.site import build_site
from trustcenter.publish.view import build_view

pytestmark = pytest.mark.browser
HEAVIEST = 150_000
"""Bytes of the overview with everything it loads, gzip -9 where that helps (issue 3)."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strict")
    given = vars(sample())
    view = build_view(given.pop("catalogue"), given.pop("assessment"), given.pop("record"), **given)
    return build_site(
        view, lambda name: {"statement": name}, instance=folder, docs=folder / "site",
        destination=folder / "out", evidence=None,
    ).folder  # fmt: skip


@pytest.fixture(scope="module")
def strict(built, tmp_path_factory):
    policy = write_headers(built, tmp_path_factory.mktemp("headers"))
    assert policy.blocked == ()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(built))

        def log_message(self, *_):
            pass

        def end_headers(self):
            for name, value in policy.headers.items():
                self.send_header(name, value)
            super().end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def reader(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def listening(context):
    page = context.new_page()
    page.heard = []
    page.on("console", lambda message: page.heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    return page


def test_the_policy_stops_nothing_that_the_page_needs(reader, strict):
    page = listening(reader)
    for path in ("", "access/", "status/", "readers/auditor/", "changes/", "verify/", "404.html"):
        page.goto(strict + path, wait_until="networkidle")
        assert page.heard == [], path
        assert page.evaluate("[...document.fonts].some(font => font.status === 'loaded')"), path
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Trust Sans"'), path


def test_search_works_under_the_policy_and_finds_a_claim_by_other_words_for_it(reader, strict):
    page = listening(reader)
    page.goto(strict, wait_until="networkidle")
    page.click("input[name=query]")
    page.keyboard.type("disaster recovery test")
    page.wait_for_selector(".md-search-result__item a", state="attached", timeout=15_000)
    targets = [link.get_attribute("href") for link in page.locator(".md-search-result__item a").all()]
    assert "continuity/#restore" in targets[0].split("?")[0] or any("#restore" in target for target in targets[:2])
    assert not any("readers/" in target or "claims/" in target for target in targets)
    assert page.heard == []


def test_an_injected_script_does_not_run(reader, strict, built):
    page = listening(reader)
    page.goto(strict, wait_until="networkidle")
    page.evaluate(
        "() => { const made = document.createElement('script'); made.textContent = 'window.ran = 1';"
        " document.body.append(made) }"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in said for said in page.heard)


def test_a_reader_who_comes_again_sees_what_changed_since(reader, strict):
    page = listening(reader)
    page.goto(strict, wait_until="networkidle")
    assert page.locator(".since-visit").count() == 0
    page.evaluate("localStorage.setItem('trustcenter.last-visit', '2020-01-01'); sessionStorage.clear()")
    page.goto(strict, wait_until="networkidle")
    changes = page.locator(".changes li > time, .changes li > p > time").count()
    assert changes > 0
    assert page.locator(".changes li.is-new").count() == changes
    assert "since your last visit on 2020-01-01" in page.inner_text(".changes p.since-visit")
    page.goto(strict + "changes/", wait_until="networkidle")
    assert page.locator(".changes li.is-new").count() >= changes
    assert page.heard == []


def test_a_claim_is_marked_only_when_it_changed_after_the_last_visit(reader, strict):
    page = listening(reader)
    page.goto(strict, wait_until="networkidle")
    marked = {}
    for seen in ("2020-01-01", "2099-01-01"):
        page.evaluate(f"localStorage.setItem('trustcenter.last-visit', '{seen}'); sessionStorage.clear()")
        page.goto(strict + "access/", wait_until="networkidle")
        marked[seen] = page.locator("article.claim .since-visit").count()
    assert marked["2020-01-01"] == page.locator("article.claim[data-changed]").count() > 0
    assert marked["2099-01-01"] == 0


def test_the_page_reads_the_same_where_storage_is_refused(reader, strict):
    page = listening(reader)
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new DOMException('refused', 'SecurityError') }})"
    )
    page.goto(strict + "changes/", wait_until="domcontentloaded")
    assert page.locator(".changes li").count() > 0
    assert not [said for said in page.heard if "visits.js" in said]


def test_the_overview_weighs_less_than_150_kb(reader, strict):
    page = listening(reader)
    bodies = {}
    page.on("response", lambda response: bodies.setdefault(response.url, response))
    page.goto(strict, wait_until="networkidle")
    answered = list(bodies.items())  # asking for a body lets further answers in
    weight = {url: min(len(gzip.compress(found.body(), 9)), len(found.body())) for url, found in answered}
    assert any("inter.woff2" in url for url in weight)
    assert sum(weight.values()) < HEAVIEST, weight


def test_cells_name_their_columns_at_390_pixels(browser, strict):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(strict + "subprocessors/", wait_until="networkidle")
    named = page.evaluate(
        "() => [...document.querySelectorAll('.t-subprocessors tbody tr:first-child td')].slice(1)"
        ".map(cell => getComputedStyle(cell, '::before').content)"
    )
    heads = page.evaluate(
        "() => [...document.querySelectorAll('.t-subprocessors th')].slice(1).map(h => h.textContent)"
    )
    assert named == [f'"{head}"' for head in heads]
    context.close()
