"""The stored pages through a real nginx with the configuration that production uses, with the application dead and alive."""

from __future__ import annotations

import http.server
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from benchmarks.machine import free_ports
from benchmarks.nginx import BROTLI, Nginx, placeholders, write_configuration
from newsroom.articles.addresses import story_path
from newsroom.common import clock
from publishing.reader.pages import services
from publishing.reader.pages.store import PageStore
from tests import services as machine
from tests.publishing.paper import Paper

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not machine.nginx(), reason=machine.NO_NGINX)]
OWN = {"date", "server", "connection", "content-length", "last-modified", "etag", "vary", "content-encoding", "cache-control", "cdn-cache-control", "surrogate-key", "accept-ranges", "transfer-encoding", "content-type"}


class Django(http.server.BaseHTTPRequestHandler):
    """Stands where Django stands: says what it was asked."""

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = f"DJANGO {self.command} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def front(pages: PageStore, tmp_path: Path) -> Iterator[str]:
    """nginx with nobody behind it."""
    port = free_ports()
    running = Nginx.start(folder=tmp_path / "nginx", port=port, upstream=f"127.0.0.1:{port + 1}", var=pages.root.parent)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.stop()


@pytest.fixture
def behind(front: str) -> Iterator[str]:
    """Somebody behind it."""
    port = int(front.rsplit(":", 1)[1]) + 1
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Django)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()


def make(*addresses: str) -> None:
    for address in addresses:
        services.make(address, now=clock.now())


def get(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers={"Accept-Encoding": "identity", **headers}, timeout=10, allow_redirects=False)


def said(headers: Any) -> dict[str, set[str]]:
    """What an answer promises beside what belongs to it alone; the order of a policy's parts means nothing."""
    return {name.lower(): {part.strip() for part in value.split(";")} for name, value in headers.items() if name.lower() not in OWN}


def test_with_everything_dead_but_nginx_the_paper_is_read(front: str, paper: Paper, pages: PageStore) -> None:
    story = story_path(paper.story("Bão vào"))
    addresses = ("/", "/thoi-su/", story, "/rss.xml", "/rss/thoi-su.rss", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt")
    make(*addresses)
    for address in addresses:
        answer = get(front + address)
        assert (answer.status_code, answer.content) == (200, pages.read(address)), address
        pages.keep(address)
        answer = get(front + address)
        assert (answer.status_code, answer.headers.get("X-Paper-Kept")) == (200, "1"), address
    closed = get(front + "/chua-luu/")
    assert closed.status_code == 503 and "Báo đang được sửa chữa" in closed.content.decode() and closed.headers["Retry-After"] == "60"


def test_a_stored_page_says_what_django_says(front: str, client: Client, paper: Paper) -> None:
    for address in ("/", "/thoi-su/", "/rss.xml", "/rss/thoi-su.rss", "/sitemap.xml", "/robots.txt"):
        make(address)
        ours, django = get(front + address), client.get(address)
        assert said(ours.headers) == said(django.headers), address
        assert ours.headers["Content-Type"].replace(" ", "").lower() == django.headers["Content-Type"].replace(" ", "").lower(), address
    assert get(front + "/thoi-su/").headers["Surrogate-Key"] == "paper section section-thoi-su"


def test_an_unknown_parameter_is_the_same_file_and_staff_and_forms_go_to_django(behind: str, paper: Paper) -> None:
    make("/")
    assert "DJANGO" not in get(behind + "/?utm_id=01JABC&fbclid=x").text
    assert get(behind + "/", Cookie="sessionid=abc").text == "DJANGO GET /"
    assert requests.post(behind + "/", timeout=10).text == "DJANGO POST /"
    assert get(behind + "/tim-kiem/?q=tau").text == "DJANGO GET /tim-kiem/?q=tau"
    assert get(behind + "/thoi-su/x-a9.html?utm_id=1").text == "DJANGO GET /thoi-su/x-a9.html?utm_id=1"


def test_conditional_requests_head_and_twins(front: str, paper: Paper, pages: PageStore) -> None:
    make("/")
    whole = get(front + "/")
    assert get(front + "/", **{"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert get(front + "/", **{"If-Modified-Since": whole.headers["Last-Modified"]}).status_code == 304
    head = requests.head(front + "/", timeout=10, headers={"Accept-Encoding": "identity"})
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(whole.content)))
    for encoding in ("gzip", *(["br"] if BROTLI.exists() else [])):
        answer = requests.get(front + "/", headers={"Accept-Encoding": encoding}, timeout=10)
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert int(answer.headers["Content-Length"]) < len(whole.content) / 2
        assert answer.headers["ETag"] != whole.headers["ETag"]


def test_a_changed_page_is_new_at_the_next_request(front: str, pages: PageStore) -> None:
    pages.write("/thoi-su/", b"truoc")
    before = get(front + "/thoi-su/")
    pages.write("/thoi-su/", b"saunu")
    after = get(front + "/thoi-su/", **{"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.content) == (200, b"saunu")


@pytest.mark.parametrize("path", ["/headers.json", "/../headers.json", "/../current/index.html", "/%2e%2e/kept/index.html", "/thoi-su/../.headers.json", "/media/original_images/x.jpg", "/.new-abc"])
def test_what_is_not_a_page_is_not_given(path: str, front: str, paper: Paper, pages: PageStore) -> None:
    make("/")
    (pages.root.parent / "media" / "original_images").mkdir(parents=True)
    (pages.root.parent / "media" / "original_images" / "x.jpg").write_bytes(b"noi chup")
    request = requests.Request("GET", front).prepare()
    request.url = front + path
    answer = requests.Session().send(request, timeout=10)
    assert answer.status_code in (400, 404, 503) or answer.content == pages.read("/")
    assert b"noi chup" not in answer.content and b"frame-ancestors" not in answer.content


def test_the_templates_ask_for_nothing_that_compose_does_not_give() -> None:
    assert placeholders() == {"NEWSROOM_UPSTREAM", "NEWSROOM_VAR"}


def test_the_server_of_production_with_its_certificate_is_taken_by_nginx(tmp_path: Path) -> None:
    write_configuration(tmp_path / "conf.d", upstream="127.0.0.1:9", var=tmp_path)
    make_certificate(tmp_path)
    server = (tmp_path / "conf.d" / "server.conf").read_text().replace("/etc/nginx/certificates", str(tmp_path))
    version = subprocess.run([str(machine.nginx()), "-v"], capture_output=True, text=True, check=True).stderr
    if tuple(int(part) for part in version.split("/")[1].split(" ")[0].split(".")[:2]) < (1, 25):
        server = server.replace("    http2 on;\n", "")  # Debian's nginx says it otherwise; the image has a newer one
    (tmp_path / "conf.d" / "server.conf").write_text(server)
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    temporary = " ".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(
        f"{module} pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{ }} http {{ include /etc/nginx/mime.types; access_log off; {temporary} include {tmp_path}/conf.d/*.conf; }}"
    )
    tried = subprocess.run([str(machine.nginx()), "-e", f"{tmp_path}/error.log", "-c", f"{tmp_path}/nginx.conf", "-t"], capture_output=True, text=True)
    assert "syntax is ok" in tried.stderr, tried.stderr


def make_certificate(folder: Path) -> None:
    """One that nobody trusts, for a configuration that is only read."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bao.example.vn")])
    now = clock.now()
    certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = certificate.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def test_a_front_says_that_it_is_a_front_and_a_folder_without_a_page_is_asked_of_django(behind: str, paper: Paper) -> None:
    make("/", "/thoi-su/", "/rss/thoi-su.rss")
    assert get(behind + "/").headers["Surrogate-Key"] == "paper front"
    assert get(behind + "/rss/").text == "DJANGO GET /rss/"
    assert requests.post(behind + "/thoi-su/?a=%C4%91", timeout=10).text == "DJANGO POST /thoi-su/?a=%C4%91"
    assert get(behind + "/media/original.jpg").status_code == 404
