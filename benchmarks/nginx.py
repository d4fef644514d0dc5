"""A real nginx with the configuration of docker/nginx, in a folder of its own: for measurements and for the suite."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[1] / "docker" / "nginx"
MODULES = Path("/usr/lib/nginx/modules")
BROTLI = MODULES / "ngx_http_brotli_static_module.so"
ECHO_ERRORS = "error_log {folder}/error.log warn;"


@dataclass
class Nginx:
    """One nginx. `plain` is the folder of files that a second server on the next port gives without any rule of ours."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, *, folder: Path, port: int, upstream: str, var: Path, plain: Path | None = None, workers: int = 1) -> Nginx:
        """Write the configuration and start it. Raises FileNotFoundError without nginx, RuntimeError where nginx refuses the configuration."""
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        if not Path(program).exists():
            raise FileNotFoundError("nginx")
        folder.mkdir(parents=True, exist_ok=True)
        write_configuration(folder / "conf.d", upstream=upstream, var=var)
        main = folder / "nginx.conf"
        main.write_text(_main(folder, port, plain, workers))
        command = [program, "-e", str(folder / "error.log"), "-c", str(main), "-p", str(folder)]
        tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
        if tried.returncode:
            raise RuntimeError(tried.stderr)
        made = cls(folder, port, subprocess.Popen([*command, "-g", "daemon off;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        made._wait()
        return made

    def _wait(self) -> None:
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError((self.folder / "error.log").read_text()[-2000:]) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(timeout=10)


def write_configuration(folder: Path, *, upstream: str, var: Path) -> None:
    """What the image's entry point does: the templates with their two names filled in, and brotli where the module is."""
    for template in TEMPLATES.rglob("*.template"):
        text = template.read_text().replace("${NEWSROOM_UPSTREAM}", upstream).replace("${NEWSROOM_VAR}", str(var))
        target = folder / str(template.relative_to(TEMPLATES)).removesuffix(".template")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("/etc/nginx/conf.d", str(folder)))
    if BROTLI.exists():
        (folder / "include" / "brotli.conf").write_text("brotli_static on;\n")


def _main(folder: Path, port: int, plain: Path | None, workers: int) -> str:
    brotli = f"load_module {BROTLI};\n" if BROTLI.exists() else ""
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    packed = "gzip_static on;" + (" brotli_static on;" if BROTLI.exists() else "")
    beside = f"server {{ listen 127.0.0.1:{port + 1}; root {plain}; {packed} types {{ text/html html; }} }}" if plain else ""
    own = "user root;\n" if os.getuid() == 0 else ""  # its folders are this user's alone
    return f"""{brotli}{own}worker_processes {workers};
pcre_jit on;
pid {folder}/nginx.pid;
{ECHO_ERRORS.format(folder=folder)}
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    {temporary}
    include {folder}/conf.d/http.conf;
    server {{ listen 127.0.0.1:{port}; include {folder}/conf.d/include/paper.conf; }}
    {beside}
}}
"""


def placeholders() -> set[str]:
    """Names that the templates leave to the environment."""
    found = (re.findall(r"\$\{([A-Z_]+)\}", template.read_text()) for template in TEMPLATES.rglob("*.template"))
    return {name for names in found for name in names}
