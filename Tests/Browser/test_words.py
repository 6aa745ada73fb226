"""Every word is in both languages: the compiler says so, and pages in strange letters have no others."""

import re
import shutil
import subprocess

import pytest
from texts import CLIENT

# What is the same in every language: names of companies and people, symbols, numbers, addresses.
SAME = re.compile(r"^Mozilla/|^[\W\d_]*$|^[A-Z]{1,5}$|@|^https?:|^Lonja$|^English$|^Español$|^▲|^▼|^[A-Z]{3}-[A-Z]{3}")


def strange(page):
    """Texts of the page that no catalogue has given, each with where it is."""
    return page.evaluate("""() => {
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
            const element = node.parentElement;
            if (element.closest('code, [lang="en"]') !== null || !element.checkVisibility()) continue;
            const text = node.data.trim();
            if (/[a-zA-Z]{3,}/.test(text)) found.push(text);
        }
        for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], img[alt]')) {
            for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
                const text = element.getAttribute(name);
                if (text !== null && /[a-zA-Z]{3,}/.test(text)) found.push(text);
            }
        }
        return found;
    }""")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/stocks",
        "/stocks/AAPL",
        "/stocks/NOPE",
        "/login",
        "/register",
        "/recover",
        "/verify-email",
        "/reset-password",
        "/offline",
        "/nowhere",
        "/wallet",
        "/profile",
        "/password",
        "/stocks/AAPL/review",
    ],
)
def test_no_text_is_outside_the_catalogues(visit, holder_of_little, path):
    visitor = visit(language="qps", width=360, guide=True)
    if path in ("/wallet", "/profile", "/password"):
        visitor.enter(holder_of_little)
    page = visitor.open(path)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(1_200)
    known = set()
    for company in holder_of_little.get("/companies?limit=200").json["items"]:
        known |= {company["name"], company["symbol"], company["exchange"], company["sector"]}
    known |= {"Ana", "Ruiz", "Lonja", "English", "Español"}
    # A catalogue's text is in brackets; a value that was put into it is within them.
    left = []
    for text in strange(page):
        bare = re.sub(r"\[[^\[\]]*\]", "", text)
        for each in sorted(known, key=len, reverse=True):
            bare = bare.replace(each, "")
        # Days and moments are written by the browser for its locale.
        bare = re.sub(
            r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\b[AP]M\b|\bUSD\b|\bEST|EDT|UTC\b", "", bare
        )
        if re.search(r"[a-zA-Z]{3,}", bare) and not SAME.search(text):
            left.append(text)
    assert left == [], left
    assert (
        page.evaluate("document.querySelector('.frame-scroll').scrollWidth - document.documentElement.clientWidth") <= 0
    )


@pytest.fixture
def copy(tmp_path, client):
    folder = tmp_path / "client"
    shutil.copytree(CLIENT, folder, symlinks=True, ignore=shutil.ignore_patterns(".venv", "tests"))
    return folder


def check(folder):
    done = subprocess.run(["tsc", "-p", "."], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("change", ["missing", pytest.param("left over", marks=pytest.mark.whole)])
def test_a_catalogue_that_lacks_a_text_is_not_built(copy, change):
    file = copy / "packages/i18n/es/home.ts"
    text = file.read_text()
    assert re.search(r"^    look: .*\n", text, re.M), "the line that the test takes away"
    file.write_text(
        re.sub(r"^(    look: .*\n)", "" if change == "missing" else r"\1    looked: 'Mira',\n", text, flags=re.M)
    )
    code, said = check(copy)
    assert code != 0 and "home.ts" in said and ("look" in said), said


@pytest.mark.whole
def test_the_catalogues_as_they_are_pass(copy):
    assert check(copy) == (0, "")
