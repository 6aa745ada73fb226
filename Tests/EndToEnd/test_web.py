"""The web plugin over the wire: what it serves, to whom, and what it does when a build comes or is broken."""

import gzip
import http.client
import shutil
import socket

import pytest

from accounts import new_account
from harness import BINARIES, Lonja, Running, curl, fetch, free_ports, wait_until
from small_build import SCRIPT, TEXT, write_build

ASSET = f"/assets/{SCRIPT}"


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("client") / "web"
    write_build(folder)
    return folder


@pytest.fixture(scope="module")
def alone(build):
    """Without a gateway, as in a cluster. What it serves is gone from the disk: all of it is in memory."""
    copy = build.with_name("gone")
    shutil.copytree(build, copy)
    running = Lonja("web", {"LONJA_WEB_FOLDER": str(copy), "LONJA_PUBLIC_URL": "https://lonja.example"})
    shutil.rmtree(copy)
    yield running
    running.close()


@pytest.fixture(scope="module")
def beside(build):
    running = Lonja("market,gateway,web", {"LONJA_WEB_FOLDER": str(build)})
    yield running
    running.close()


def raw(port, text):
    """The answer to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text.encode() + b"\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def test_assets_come_in_the_coding_that_is_liked_best(alone):
    plain = fetch(alone.http, ASSET)
    assert plain.status == 200 and plain.body == TEXT and plain.headers["content-encoding"] is None
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["vary"] == "accept-encoding"
    brotli = fetch(alone.http, ASSET, headers={"accept-encoding": "gzip, deflate, br"})
    assert brotli.body == b"the build's own brotli" and brotli.headers["content-encoding"] == "br"
    zipped = fetch(alone.http, ASSET, headers={"accept-encoding": "br;q=0.2, gzip;q=0.7"})
    assert gzip.decompress(zipped.body) == TEXT and zipped.headers["content-encoding"] == "gzip"
    assert len({each.headers["etag"] for each in (plain, brotli, zipped)}) == 3


def test_pages_are_compressed_and_decode_to_the_same(alone):
    plain = fetch(alone.http, "/")
    zipped = fetch(alone.http, "/", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(zipped.body) == plain.body and len(zipped.body) < len(plain.body)
    version, status, body = curl("--compressed", "-H", "accept-encoding: br", f"http://127.0.0.1:{alone.http}/")
    assert (version, status, body) == ("1.1", 200, plain.body)


def test_language_and_theme_are_there_before_the_first_paint(alone):
    answer = fetch(alone.http, "/stocks/AAPL", headers={"accept-language": "es-MX, en;q=0.5", "cookie": "lonja-theme=dark"})
    assert '<html lang="es" data-theme="dark">' in answer.body.decode() and "shell es" in answer.body.decode()
    assert answer.headers["vary"] == "accept-encoding, accept-language, cookie"
    chosen = fetch(alone.http, "/", headers={"accept-language": "es", "cookie": "a=b; lonja-language=en"})
    assert '<html lang="en" data-theme="auto">' in chosen.body.decode()


def test_pages_have_every_field_of_the_reference(alone):
    fields = fetch(alone.http, "/").headers
    assert fields["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in fields["content-security-policy"]
    assert "require-trusted-types-for 'script'" in fields["content-security-policy"]
    assert fields["x-content-type-options"] == "nosniff" and fields["x-frame-options"] == "DENY"
    assert fields["cross-origin-opener-policy"] == fields["cross-origin-resource-policy"] == "same-origin"
    assert fields["referrer-policy"] == "same-origin" and "camera=()" in fields["permissions-policy"]
    assert fields["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert fields["server"] is None and fields["cache-control"] == "no-cache"
    assert fetch(alone.http, "/verify-email?token=x").headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", ASSET, "/robots.txt", "/stocks/AAPL"])
def test_who_has_it_gets_304(alone, path):
    tag = fetch(alone.http, path).headers["etag"]
    again = fetch(alone.http, path, headers={"if-none-match": f'"other", {tag}'})
    assert again.status == 304 and again.body == b"" and again.headers["etag"] == tag


def test_head_tells_the_length_and_sends_nothing(alone):
    connection = http.client.HTTPConnection("127.0.0.1", alone.http, timeout=10)
    for path in (ASSET, "/", "/nowhere"):
        connection.request("GET", path)
        whole = connection.getresponse()
        length = len(whole.read())
        connection.request("HEAD", path)
        head = connection.getresponse()
        assert head.status == whole.status and int(head.headers["content-length"]) == length and head.read() == b""
    connection.close()


def test_ranges_are_refused_cleanly(alone):
    answer = fetch(alone.http, ASSET, headers={"range": "bytes=5-9"})
    assert answer.status == 200 and answer.body == TEXT and answer.headers["accept-ranges"] == "none"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed(alone, method):
    for path in ("/", ASSET):
        answer = fetch(alone.http, path, method)
        assert answer.status == 405 and answer.headers["allow"] == "GET, HEAD"


def test_unknown_paths_are_404_in_the_visitors_language(alone):
    answer = fetch(alone.http, "/nowhere", headers={"accept-language": "es"})
    assert answer.status == 404 and "not-found es" in answer.body.decode() and answer.headers["cache-control"] == "no-store"
    assert fetch(alone.http, "/assets/gone-00000000.js").status == 404
    assert fetch(alone.http, "/stocks").status == 404


@pytest.mark.parametrize("path", [
    "/../../../etc/passwd", "/assets/../site.json", "/assets/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc/passwd", "/assets/%2e%2e/site.json", "/assets/..%5c..%5csite.json", "//etc/passwd", "/./site.json",
    "/stocks/..%00", "/site.json", "/pages/en/home.html", "/fingerprint", "/%c0%ae%c0%ae/etc/passwd", "/proc/self/environ",
    f"/assets/{SCRIPT}.br",
])
def test_nothing_else_of_the_disk_can_be_asked_for(beside, path):
    status, body = raw(beside.http, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n")
    assert status == 404 and b"not-found" in body or status == 404 and b"no such file" in body
    assert b"root:" not in body and b"prerendered" not in body


def test_one_slash_too_many_leads_on(alone):
    status, _ = raw(alone.http, "GET //evil.example/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n")
    assert status == 404
    connection = http.client.HTTPConnection("127.0.0.1", alone.http, timeout=10)
    connection.request("GET", "/stocks/AAPL/?range=1m")
    answer = connection.getresponse()
    assert answer.status == 308 and answer.headers["location"] == "/stocks/AAPL?range=1m"
    connection.close()


def test_http2_serves_the_same(alone):
    for path in ("/", ASSET, "/nowhere"):
        plain = fetch(alone.http, path)
        version, status, body = curl("--http2-prior-knowledge", f"http://127.0.0.1:{alone.http}{path}")
        assert (version, status, body) == ("2", plain.status, plain.body)


def test_the_api_stays_the_gateways(beside):
    quote = fetch(beside.http, "/api/v1/quotes/AAPL")
    assert quote.status == 200 and quote.json["symbol"] == "AAPL"
    assert fetch(beside.http, "/openapi.json").json["openapi"].startswith("3.1")
    assert "text/html" in fetch(beside.http, "/docs").headers["content-type"]
    lost = fetch(beside.http, "/api/v1/nowhere")
    assert lost.status == 404 and lost.headers["content-type"] == "application/problem+json"
    assert fetch(beside.http, "/hooks/nowhere").headers["content-type"] == "application/problem+json"
    page = fetch(beside.http, "/")
    assert page.status == 200 and "home en" in page.body.decode()
    assert "not-found en" in fetch(beside.http, "/apis").body.decode()


def test_answers_are_counted(alone):
    fetch(alone.http, ASSET)
    metrics = fetch(alone.admin, "/metrics").body.decode()
    assert 'web_responses_total{kind="file"}' in metrics and 'web_builds_total{outcome="served"} 1' in metrics


def test_a_new_build_is_picked_up_and_a_broken_one_is_not(tmp_path):
    folder = tmp_path / "web"
    running = Lonja("web", {"LONJA_WEB_FOLDER": str(folder), "LONJA_WEB_WATCH": "true"})

    def shows(words):
        return lambda: words in fetch(running.http, "/").body.decode()

    try:
        early = fetch(running.http, "/")
        assert early.status == 503 and early.headers["retry-after"] == "1"
        write_build(folder, "first")
        wait_until(shows("home en first"), "the first build")
        tag = fetch(running.http, "/").headers["etag"]
        write_build(folder, "broken", without=[f"assets/{SCRIPT}{end}" for end in ("", ".br", ".gz")])
        wait_until(lambda: "a build of the client is not served" in running.output, "the log to say why")
        assert f"names /assets/{SCRIPT}, which is missing" in running.output
        assert fetch(running.http, "/", headers={"if-none-match": tag}).status == 304
        assert fetch(running.http, ASSET).body == TEXT
        write_build(folder, "second", script="main-0000AAAA.js")
        wait_until(shows("home en second"), "the second build")
        assert fetch(running.http, "/assets/main-0000AAAA.js").status == 200
        assert fetch(running.http, "/", headers={"if-none-match": tag}).status == 200
        shutil.rmtree(folder)
        assert shows("home en second")()
        running.check_alive()
    finally:
        running.close()


@pytest.mark.parametrize("without, reason", [
    (["site.json"], "site.json: No such file or directory"),
    (["pages/es/home.html"], "pages/es/home.html is missing"),
])
def test_a_folder_that_was_asked_for_has_to_be_there(tmp_path, without, reason):
    folder = tmp_path / "web"
    write_build(folder, without=without)
    rpc, port, admin = free_ports(3)
    refused = Running([BINARIES / "lonja", "serve"], {
        "LONJA_PLUGIN": "web", "LONJA_WEB_FOLDER": str(folder), "LONJA_RPC_LISTEN": f"127.0.0.1:{rpc}",
        "LONJA_HTTP_LISTEN": f"127.0.0.1:{port}", "LONJA_ADMIN_LISTEN": f"127.0.0.1:{admin}"})
    try:
        assert refused.wait(20) == 69
        assert "plugin web" in refused.output and reason in refused.output
    finally:
        refused.close()


def test_mails_of_local_work_are_shown_to_this_machine_alone(together):
    address, _ = new_account(together)
    port = together.http
    listed = fetch(port, "/mails")
    assert listed.status == 200 and address in listed.body.decode()
    path = listed.body.decode().split('<a href="')[1].split('"')[0]
    mail = fetch(port, path)
    assert mail.status == 200 and f'href="http://localhost:{port}/' in mail.body.decode()
    html = fetch(port, f"{path}/html")
    assert html.headers["content-security-policy"].startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "<base target=\"_blank\">" in html.body.decode()
    for answer in (listed, mail, html):
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"
    assert fetch(port, "/mails", headers={"host": "evil.example"}).status != 200
    assert fetch(port, f"{path}/../../admin.sock").status != 200


def test_without_local_work_there_are_no_mails(beside):
    assert fetch(beside.http, "/mails").status == 404
