"""The built page in a real browser: no request elsewhere, no error, readable without script, stale by itself."""

from __future__ import annotations

import functools
import http.server
import itertools
import shutil
import threading

import pytest
from larkspur import NOW, sample

from trustcenter.publish.site import build_site
from trustcenter.publish.view import build_view

pytestmark = pytest.mark.browser
PAGES = ["", "access/", "claims/", "frameworks/", "subprocessors/", "documents/", "not-done/", "verify/"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    given = vars(sample())
    view = build_view(given.pop("catalogue"), given.pop("assessment"), given.pop("record"), **given)
    built = build_site(
        view, lambda name: {"statement": name}, instance=folder, docs=folder / "site",
        destination=folder / "out", evidence=None,
    )  # fmt: skip
    handler = functools.partial(_Quiet, directory=str(built.folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened_in(chromium, address, *, at=None, **settings):
    """A page in a context of its own, loaded; what it asked for and what its console heard are kept."""
    opened = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **settings}).new_page()
    if at is not None:
        opened.clock.set_fixed_time(at)
    opened.heard = []
    opened.on("console", lambda message: opened.heard.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: opened.heard.append(str(error)))
    opened.asked = []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(address, wait_until="load")
    opened.wait_for_load_state("networkidle")
    return opened


@pytest.fixture
def visit(chromium, site):
    pages = []

    def open_page(path, **settings):
        pages.append(opened_in(chromium, site + path, **settings))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module", params=PAGES)
def page(request, chromium, site):
    """Each page of the site, loaded once for the tests that only look."""
    opened = opened_in(chromium, site + request.param)
    yield opened
    opened.context.close()


def test_no_request_leaves_the_host_and_the_console_is_silent(page, site):
    assert [url for url in page.asked if not url.startswith((site, "data:", "blob:"))] == []
    assert page.heard == []


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_no_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("innerWidth") == width
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [1240, 1440, 1920])
def test_nothing_in_the_bar_lies_over_another(page, width):
    """Name, tabs and tools stand side by side; a long name is shortened."""
    page.set_viewport_size({"width": width, "height": 800})
    edges = page.evaluate(
        """() => [".md-header__title", ".md-tabs__link", ".md-header__option", ".md-search"].flatMap(name =>
             [...document.querySelectorAll(name)].map(e => e.getBoundingClientRect()).filter(box => box.width)
               .map(box => [box.left, box.right])).sort((a, b) => a[0] - b[0])"""
    )
    assert len(edges) >= 10
    assert [pair for pair in itertools.pairwise(edges) if pair[1][0] < pair[0][1] - 1] == []


def test_landmarks_headings_and_links_have_their_names(page):
    assert page.locator("main h1").count() == 1
    assert page.evaluate(
        """() => {
          const ids = [...document.querySelectorAll('main [id]')].map(e => e.id);
          const doubled = ids.filter((id, i) => ids.indexOf(id) !== i);
          const nameless = [...document.querySelectorAll('main a[href], main summary')]
            .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label')));
          const pictures = [...document.querySelectorAll('main svg[role=img], main [role=img]')]
            .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')));
          const levels = [...document.querySelectorAll('main :is(h1, h2, h3, h4)')].map(e => +e.tagName[1]);
          const leaps = levels.filter((level, i) => i && level > levels[i - 1] + 1);
          return [doubled, nameless.length, pictures.length, leaps]; }"""
    ) == [[], 0, 0, []]


def test_the_page_reads_without_script(visit):
    opened = visit("access/", java_script_enabled=False)
    text = opened.inner_text("main")
    assert "Passwords are stored as bcrypt hashes" in text
    assert "Not currently confirmed: Access reviews" in text
    assert "until 22\u00a0Nov\u00a02026" in text
    opened.click("#owner-2fa ~ details summary")
    assert "curl -s" in opened.inner_text("main")


def test_a_claim_is_fresh_until_its_evidence_expires(visit):
    opened = visit("access/", at=NOW)
    assert "Tested by us" in opened.inner_text("article.claim:has(#password-hash) .claim-state")
    assert "Not known now" not in opened.inner_text("article.claim:has(#password-hash) h3")


def test_a_claim_goes_stale_in_the_readers_browser(visit):
    later = visit("access/", at="2026-11-23T00:00:00Z")
    article = later.locator("article.claim:has(#password-hash)")
    assert "Stale" in article.locator(".claim-state").inner_text()
    assert article.locator("h3").inner_text().startswith("Not known now:")
    overview = visit("", at="2026-11-23T00:00:00Z")
    overview.wait_for_selector(".asks .has-expired")
    assert "Stale, expired 2026-11-22" in overview.inner_text(".asks")


def test_search_finds_a_claim_by_a_questionnaires_words(visit):
    opened = visit("")
    opened.click("input[name=query]")
    opened.keyboard.type("test your backups")
    opened.wait_for_selector(".md-search-result__item a", state="attached", timeout=15_000)
    first = opened.locator(".md-search-result__item").first
    targets = [link.get_attribute("href") for link in first.locator("a").all()]
    assert any("continuity/#restore" in target for target in targets), targets


TELEPHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True}
RESULT = ".md-search-result__item a"


def bundles(opened):
    return [url for url in opened.asked if "/javascripts/bundle" in url]


def test_a_wide_screen_has_the_themes_script_from_the_start(visit):
    opened = visit("access/")
    assert len(bundles(opened)) == 1
    assert opened.evaluate("document.documentElement.classList.contains('js')")


@pytest.mark.parametrize("by", ["/", ".md-header__button[for=__search]"])
def test_a_telephone_gets_the_themes_script_with_the_search(visit, by):
    opened = visit("access/", **TELEPHONE)
    assert bundles(opened) == []
    if by == "/":
        opened.keyboard.press(by)
    else:
        opened.tap(by)
        opened.wait_for_function("document.activeElement.name === 'query'")
    opened.keyboard.type("bcrypt")
    opened.wait_for_selector(RESULT, state="attached", timeout=15_000)
    assert opened.input_value("input[name=query]") == "bcrypt"
    assert len(bundles(opened)) == 1
    assert opened.heard == []


def test_a_telephone_chooses_its_colours_and_keeps_them(visit):
    opened = visit("access/", **TELEPHONE)
    for scheme in ("default", "slate"):
        opened.tap(".md-header__option label:not([hidden])")
        opened.wait_for_function(f"document.body.dataset.mdColorScheme === '{scheme}'")
    opened.reload(wait_until="load")
    assert opened.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert opened.locator(".md-header__option label:not([hidden])").count() == 1
    assert bundles(opened)
    assert opened.heard == []


def test_a_telephone_copies_a_command(visit):
    opened = visit("access/", **TELEPHONE)
    opened.tap("#owner-2fa ~ details summary")
    opened.locator("#owner-2fa ~ details pre").first.scroll_into_view_if_needed()
    opened.locator("#owner-2fa ~ details .md-code__button").first.wait_for(timeout=10_000)


def test_a_telephone_goes_to_a_claim_far_down_and_draws_all_of_the_page(visit):
    last = visit("access/", **TELEPHONE).evaluate("[...document.querySelectorAll('.claim [id]')].at(-1).id")
    there = visit(f"access/#{last}", **TELEPHONE)
    top = there.evaluate("id => document.getElementById(id).getBoundingClientRect().top", last)
    assert 0 <= top < 800
    opened = visit("access/", **TELEPHONE)
    opened.mouse.move(200, 400)
    opened.wait_for_function(
        "[...document.querySelectorAll('.claim')].every(e => getComputedStyle(e).contentVisibility === 'visible')"
    )


UNDRAWN = """[...document.querySelectorAll('.later, .claim')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.top < innerHeight && box.bottom > 0
    && ![...e.children].every(child => child.checkVisibility({contentVisibilityAuto: true})
        || getComputedStyle(child).display === 'none'); }).length"""
"""Parts in sight that are not drawn, one frame after the last move."""
FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_what_comes_into_a_telephone_s_sight_is_drawn(visit):
    """Within the first ten seconds: below a finger, where find in page leads, and on paper."""
    opened = visit("", **TELEPHONE)
    waiting = "[...document.querySelectorAll('.later')].filter(e => !e.classList.contains('is-drawn')).length"
    assert opened.evaluate(waiting) > 3, "an untouched page has parts that wait"
    touch = opened.context.new_cdp_session(opened)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 195, "y": 700}]})
    for y in range(660, 60, -120):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 195, "y": y}]})
        opened.evaluate(FRAME)
        assert opened.evaluate(UNDRAWN) == 0
    assert opened.evaluate("scrollY") > 300

    sought = visit("access/", **TELEPHONE)
    sought.emulate_media(media="print")
    drawn = "[...document.querySelectorAll('.claim')].every(e => getComputedStyle(e).contentVisibility === 'visible')"
    assert sought.evaluate(drawn)
    sought.emulate_media(media="screen")
    assert not sought.evaluate(drawn)
    last = sought.evaluate("[...document.querySelectorAll('.claim h3')].at(-1).firstChild.textContent.trim()")
    assert sought.evaluate("words => find(words)", last)
    sought.evaluate(FRAME)
    assert sought.evaluate("scrollY") > 400
    assert sought.evaluate(UNDRAWN) == 0


def test_the_overview_prints_on_one_page(visit):
    assert visit("").pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_the_paper(visit, scheme):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 for each state's word."""
    opened = visit("verify/", color_scheme=scheme)
    ratios = opened.evaluate(
        """() => {
          const canvas = document.createElement('canvas').getContext('2d');
          const light = colour => {
            canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => {
              v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const paper = light(getComputedStyle(document.body).backgroundColor);
          return [...document.querySelectorAll('.t-legend .state, .t-legend td, .sub')].map(e => {
            const ink = light(getComputedStyle(e).color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); }); }"""
    )
    assert len(ratios) > 20
    assert min(ratios) >= 4.5
