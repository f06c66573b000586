"""The static files of nginx, tuned: our pages as we answer them, and our blobs."""

import gzip
import os
import re
import subprocess
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

from bench.asking import HTML, JSON, Connection
from bench.corpus import Part
from bench.peers import Peer, ours
from bench.peers.filling import prepared
from bench.place import Place, program
from bench.servers import Running, free_port, running
from index.caching import PUBLIC

# Pages are files with the names of projects, in a folder of each representation, so that nginx
# has nothing to rewrite: /json/NAME, /html/NAME. Clients are led there from /simple/NAME/.
_CONFIGURATION = """\
daemon off;
{account}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    etag on;
    keepalive_timeout 3600;
    keepalive_requests 1000000000;
    keepalive_time 24h;
    open_file_cache max=200000 inactive=1h;
    open_file_cache_valid 1h;
    open_file_cache_min_uses 1;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 0;
    {upstream}
    map $http_accept $shown {{
        default html;
        "~application/vnd.pypi.simple.v1\\+json" json;
    }}
    server {{
        listen 127.0.0.1:{port} reuseport;
        {locations}
    }}
}}
"""

# Caches are told what we tell them: clients ask for pages again each time, and for files never.
_STATIC = f"""
        root {{folder}}/root;
        add_header Cache-Control "{PUBLIC.pages}";
        location /json/ {{{{ default_type application/vnd.pypi.simple.v1+json; }}}}
        location /zipped/ {{{{
            default_type application/vnd.pypi.simple.v1+json;
            gzip_static on;
        }}}}
        location /html/ {{{{ default_type text/html; gzip_static on; }}}}
        location /packages/ {{{{
            types {{{{ }}}}
            default_type application/octet-stream;
            add_header Cache-Control "{PUBLIC.files}";
        }}}}
        location /simple/ {{{{ rewrite ^/simple/(?<project>[^/]+)/$ /$shown/$project last; }}}}
"""

_BEFORE_OURS = """
        location / {{
            proxy_pass http://nodes;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
        location {place} {{ internal; alias {blobs}/; }}
"""


def version(_place: Place) -> str:
    """The version of the nginx that is installed. Raises Missing."""
    answer = subprocess.run([_nginx(), "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"nginx/(\S+)", answer.stderr)
    return found[1] if found else "?"


@contextmanager
def serve(place: Place, scratch: Path, parts: Sequence[Part]) -> Iterator[Running]:
    """nginx over files with the pages that we answer now. Raises Missing."""
    _nginx()
    folder = scratch / f"nginx-{free_port()}"
    root = folder / "root"
    source = prepared(place, parts)
    projects = {name for part in parts for name in part.projects}
    with ours.over(source) as server, Connection(server) as connection:
        for name in projects:
            _write_page(root, name, connection)
    _link_files(root, source, projects)
    with _over(folder, _STATIC.format(folder=folder)) as running_server:
        yield running_server


@contextmanager
def before(backends: Sequence[Running], blobs: Path, scratch: Path) -> Iterator[Running]:
    """nginx before our servers, with the folder of blobs for X-Accel-Redirect. Raises Missing."""
    folder = scratch / f"nginx-{free_port()}"
    folder.mkdir()
    nodes = "".join(f"server 127.0.0.1:{each.port}; " for each in backends)
    locations = _BEFORE_OURS.format(place=ours.OFFLOAD_PLACE, blobs=blobs)
    with _over(folder, locations, nodes=nodes) as server:
        yield server


def write(root: Path, representation: str, name: str, content: bytes) -> None:
    """One page as a file, and compressed beside it."""
    folder = root / representation
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    (folder / f"{name}.gz").write_bytes(gzip.compress(content, compresslevel=6))


@contextmanager
def of_files(root: Path) -> Iterator[Running]:
    """nginx over a folder `root` that was written page by page. Raises Missing."""
    with _over(root.parent, _STATIC.format(folder=root.parent)) as server:
        yield server


@contextmanager
def _over(folder: Path, locations: str, *, nodes: str = "") -> Iterator[Running]:
    port = free_port()
    upstream = f"upstream nodes {{ {nodes}keepalive 64; }}" if nodes else ""
    account = "user root;" if os.getuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, port=port, locations=locations, account=account, upstream=upstream
        )
    )
    command = [_nginx(), "-p", str(folder), "-c", str(configuration), "-e", "stderr"]
    with running(command, port=port, log=folder / "said.log") as server:
        yield server


def _nginx() -> str:
    return program("nginx", apt="nginx-light")


def _write_page(root: Path, name: str, connection: Connection) -> None:
    for representation, headers in (("json", JSON), ("html", HTML)):
        answer = connection.ask("GET", f"/simple/{name}/", headers=headers)
        write(root, representation, name, answer.body)


def _link_files(root: Path, folder: Path, projects: Set[str]) -> None:
    """Every file of the projects at its address below *root*, linked to its blob."""
    blobs = folder / "blobs" / "sha256"
    with ours.rows(folder) as database:
        rows = database.execute(
            "SELECT name, filename, sha256, core_metadata "
            "FROM files JOIN projects ON projects.id = project_id"
        ).fetchall()
    for filename, sha256, metadata in (row[1:] for row in rows if row[0] in projects):
        place = root / "packages" / sha256
        place.mkdir(parents=True, exist_ok=True)
        os.link(blobs / sha256[:2] / sha256, place / filename)
        os.link(blobs / metadata[:2] / metadata, place / f"{filename}.metadata")


NGINX = Peer(name="nginx", version=version, serve=serve)
