"""The rehearsal platforms as a real process, for tests and benchmarks.

A test module (or conftest) imports both fixtures: ``from tests.fakes.rehearsal import rehearsal_process, rehearsal_server``.
`rehearsal_server` is the shared process with everything but its connections wiped; without pytest use `RehearsalServer.start(folder)`.
"""

import base64
import hashlib
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
REDIRECT = "http://127.0.0.1:9/admin/kenh/facebook/tro-lai/"
SCOPES = "pages_show_list,pages_manage_posts,pages_read_engagement,pages_manage_engagement,read_insights"
YOUTUBE_SCOPES = tuple(f"https://www.googleapis.com/auth/youtube.{name}" for name in ("upload", "readonly", "force-ssl"))
TIKTOK_SCOPES = ("user.info.basic", "video.upload", "video.list", "video.publish")
SECONDS = 20


class RehearsalServer:
    """One running process and what tests ask of it."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path, base_url: str) -> None:
        self.process = process
        self.folder = folder  # what NEWSROOM_VAR would be
        self.base_url = base_url  # the pages for readers
        self.graph = base_url + "/facebook"  # a connector's base URL, graph and dialog both
        card = self.demo()
        self.app_id, self.app_secret = card["app_id"], card["app_secret"]
        self.page_id, self.email, self.password = card["page_id"], card["email"], card["password"]
        self._page_tokens: dict[str, str] = {}

    @classmethod
    def start(cls, folder: Path, *, port: int = 0, env: dict[str, str] | None = None) -> "RehearsalServer":
        """Start a process that keeps its store under `folder`; port 0 takes a free one."""
        process = subprocess.Popen(
            [sys.executable, "-m", "distribution.rehearsal", "--port", str(port), "--var", str(folder)],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
        )
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        line = process.stdout.readline() if ready else ""
        found = re.search(r"http://\S+?:\d+", line)
        if not found:
            process.kill()
            raise RuntimeError(f"the rehearsal platforms did not start: {line!r}")
        return cls(process, folder, found.group())

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(urlsplit(self.base_url).port or 0)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self._ended()

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self.process.kill()
        self._ended()

    def restarted(self, *, env: dict[str, str] | None = None) -> "RehearsalServer":
        """A new process with the same store on the same port; stop this one first."""
        return type(self).start(self.folder, port=self.port, env=env)

    def _ended(self) -> int:
        code = self.process.wait(timeout=SECONDS)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    # The operator's side
    def demo(self) -> dict[str, str]:
        """App, person and Page that a script needs to connect."""
        return self._json("demo.json")["facebook"]

    def posts(self, *, state: str = "", account: str = "") -> list[dict[str, Any]]:
        """Every post there is, or those of one state or account, oldest first."""
        found = self._json("posts.json")
        return [post for post in found if post["state"] == (state or post["state"]) and post["account"] == (account or post["account"])]

    def calls(self, call: str = "") -> list[dict[str, Any]]:
        """Every write call that arrived (feed, photos, edit, delete), oldest first."""
        return [row for row in self._json("calls.json") if row["call"] == (call or row["call"])]

    def comments(self, post_id: str) -> list[str]:
        """What stands under a Facebook post, oldest first, as the Page's own client reads it."""
        query = {"access_token": self.page_token(), "fields": "message"}
        answer = requests.get(f"{self.graph}/v26.0/{post_id}/comments", params=query, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        return [row["message"] for row in answer.json()["data"]]

    def faults(self) -> list[dict[str, Any]]:
        """The fault switches that are on."""
        return self._json("faults")

    def fault(self, fault: str, times: int = 1, *, platform: str = "facebook", **more: Any) -> None:
        """Set a fault of channels.md 17.3; `more`: account, call (feed, photos, edit, delete), seconds, minutes, subcode."""
        body = {"platform": platform, "fault": fault, "times": times, **more}
        answer = requests.post(f"{self.base_url}/_rehearsal/faults", json=body, timeout=SECONDS)
        assert answer.status_code == 200, answer.text

    def reset(self) -> None:
        """No posts, photos, faults or calls; connections stay."""
        requests.post(f"{self.base_url}/_rehearsal/reset", timeout=SECONDS).raise_for_status()

    def page_html(self, page_id: str = "", *, kind: str = "facebook") -> str:
        """What readers of a Page or channel see."""
        return requests.get(self.base_url, params={"trang": f"{kind}-{page_id or self.page_id}"}, timeout=SECONDS).text

    def wait_until(self, true: Callable[[], bool], *, seconds: float = 10) -> None:
        """Returns once it is true; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.1)

    def wait_for_posts(self, count: int, *, seconds: float = 10) -> list[dict[str, Any]]:
        """The posts once there are `count` of them; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len(found := self.posts()) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{len(self.posts())} posts instead of {count}")

    def _json(self, name: str) -> Any:
        answer = requests.get(f"{self.base_url}/_rehearsal/{name}", timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    # The way in: OAuth over HTTP, as the newsroom and a person's browser do it together
    def dialog_url(self, *, redirect_uri: str = REDIRECT, state: str = "s", scope: str = SCOPES, **more: str) -> str:
        """The address that the newsroom sends a browser to."""
        query = {"client_id": self.app_id, "redirect_uri": redirect_uri, "state": state, "scope": scope, "response_type": "code", **more}
        return f"{self.graph}/v26.0/dialog/oauth?{urlencode(query)}"

    def consent(self, url: str, **form: Any) -> "requests.Response":
        """A person signs in and allows everything, in one form POST; the answer is the redirect back to the newsroom."""
        data = {"email": self.email, "password": self.password, "decision": "allow", **form}
        return requests.post(url, data=data, allow_redirects=False, timeout=SECONDS)

    def code(self, **form: Any) -> str:
        """An authorization code for REDIRECT."""
        answer = self.consent(self.dialog_url(), **form)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def user_token(self, *, long: bool = True, **form: Any) -> str:
        """A user token through the whole flow."""
        client = {"client_id": self.app_id, "client_secret": self.app_secret}
        short = self._token({**client, "redirect_uri": REDIRECT, "code": self.code(**form)})
        return self._token({**client, "grant_type": "fb_exchange_token", "fb_exchange_token": short}) if long else short

    def _token(self, query: dict[str, str]) -> str:
        answer = requests.get(f"{self.graph}/v26.0/oauth/access_token", params=query, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def page_token(self, page_id: str = "", *, fresh: bool = False) -> str:
        """A Page token without end (the demo Page's unless said), kept for the next test; `fresh` goes through the log-in again."""
        page_id = page_id or self.page_id
        if fresh or page_id not in self._page_tokens:
            query = {"access_token": self.user_token(), "fields": "id,access_token"}
            pages = requests.get(f"{self.graph}/v26.0/me/accounts", params=query, timeout=SECONDS).json()["data"]
            self._page_tokens.update({page["id"]: page["access_token"] for page in pages})
        return self._page_tokens[page_id]


    # YouTube
    @property
    def youtube(self) -> str:
        """Base address of the YouTube platform: interface, log-in and token endpoint."""
        return self.base_url + "/youtube"

    def uploads(self) -> list[dict[str, Any]]:
        """What each resumable upload brought over the line."""
        return self._json("uploads.json")

    def youtube_tokens(self, *, channel: str = "", scopes: tuple[str, ...] = YOUTUBE_SCOPES, **form: Any) -> dict[str, Any]:
        """Access and refresh token of a channel (the demo's unless said), through the log-in."""
        client = {"client_id": self.app_id, "redirect_uri": REDIRECT}
        query = {**client, "response_type": "code", "scope": " ".join(scopes), "state": "s", "access_type": "offline", "prompt": "consent"}
        answer = self.consent(f"{self.youtube}/o/oauth2/v2/auth?{urlencode(query)}", channel=channel, **form)
        assert answer.status_code == 302, answer.text
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        data = {**client, "client_secret": self.app_secret, "grant_type": "authorization_code", "code": code}
        answer = requests.post(f"{self.youtube}/token", data=data, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


    # TikTok
    @property
    def tiktok(self) -> str:
        """Base address of the TikTok platform: interface, log-in and token endpoint."""
        return self.base_url + "/tiktok"

    def tiktok_tokens(self, *, account: str = "", scopes: tuple[str, ...] = TIKTOK_SCOPES, **form: Any) -> dict[str, Any]:
        """A pair of tokens of an account (the demo's unless said), through the log-in."""
        query = {"client_key": self.app_id, "redirect_uri": REDIRECT, "response_type": "code", "scope": ",".join(scopes), "state": "s"}
        answer = self.consent(f"{self.tiktok}/v2/auth/authorize/?{urlencode(query)}", account=account, **form)
        assert answer.status_code == 302, answer.text
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        data = {"client_key": self.app_id, "client_secret": self.app_secret, "redirect_uri": REDIRECT, "grant_type": "authorization_code", "code": code}
        answer = requests.post(f"{self.tiktok}/v2/oauth/token/", data=data, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def card(self, kind: str) -> dict[str, Any]:
        """What the card of a platform tells: addresses, accounts, values of its form of keys."""
        found: dict[str, Any] = self._json("demo.json")[kind]
        return found

    def finish_draft(self, publish_id: str, *, account: str, caption: str = "", privacy: str = "PUBLIC_TO_EVERYONE", act: str = "") -> "requests.Response":
        """What a person does in TikTok's app: post a draft of the inbox, or discard it."""
        data = {"publish_id": publish_id, "caption": caption, "privacy": privacy, "act": act}
        return requests.post(f"{self.tiktok}/inbox/{account}", data=data, timeout=SECONDS, allow_redirects=False)

    # Zalo
    @property
    def zalo(self) -> str:
        """Base address of the Zalo platform: interface, consent and token endpoint."""
        return self.base_url + "/zalo"

    def zalo_tokens(self, *, account: str = "", verifier: str = "v" * 43, **form: Any) -> dict[str, Any]:
        """A pair of tokens of an Official Account (the demo's unless said), through the consent page; with what the way back named as `oa_id`."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {"app_id": self.app_id, "redirect_uri": REDIRECT, "code_challenge": challenge, "state": "s"}
        answer = self.consent(f"{self.zalo}/v4/oa/permission?{urlencode(query)}", account=account, **form)
        assert answer.status_code == 302, answer.text
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
        data = {"code": back["code"][0], "app_id": self.app_id, "grant_type": "authorization_code", "code_verifier": verifier}
        answer = requests.post(f"{self.zalo}/v4/oa/access_token", data=data, headers={"secret_key": self.app_secret}, timeout=SECONDS)
        tokens: dict[str, Any] = answer.json()
        assert "access_token" in tokens, answer.text
        return {**tokens, "oa_id": back["oa_id"][0]}


@pytest.fixture(scope="session")
def rehearsal_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One process for the whole session."""
    server = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"))
    yield server
    server.kill()


@pytest.fixture
def rehearsal_server(rehearsal_process: RehearsalServer) -> RehearsalServer:
    """The shared process, empty: no posts, photos, faults or calls."""
    rehearsal_process.reset()
    return rehearsal_process
