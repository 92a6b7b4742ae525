"""One door to the outside: nothing but the guarded fetcher opens what a credential names."""

import ast

from tests.house.sources import PRODUCT, python_files, tree

CLIENTS = frozenset(
    {"socket", "ssl", "httpx", "httpx2", "httpcore", "httpcore2", "requests", "aiohttp", "urllib3"}
    | {"http.client", "urllib.request", "ftplib", "telnetlib", "asyncio.streams", "websockets"}
)
"""What could open a connection."""

DOORS = {
    "service/addresses.py": "looks names up, once, for the fetcher",
    "service/connections.py": "the guarded sockets of the fetcher",
    "service/fetch.py": "the fetcher",
    "service/mail_servers.py": "the mail server of the settings",
    "service/serving.py": "listens",
    "skillspass.py": "asks whether the own services of a trial are running, on this machine",
}
"""Every file that may, and why; none of them takes an address from a credential, save the first."""


def imports(node: ast.AST) -> list[str]:
    """The modules that one statement imports, with what it takes from them."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return []


def clients(module: ast.AST) -> set[str]:
    """What of a module could open a connection."""
    named = {name for node in ast.walk(module) for name in imports(node)}
    return {name for name in named if name in CLIENTS or name.split(".")[0] in CLIENTS}


def test_only_the_fetcher_and_what_stands_under_it_can_open_a_connection() -> None:
    found = {str(path): clients(tree(path)) for path in python_files(PRODUCT)}
    opened = {path: names for path, names in found.items() if names}
    assert "service/fetch.py" in opened
    assert {path: names for path, names in opened.items() if path not in DOORS} == {}


def test_a_planted_client_would_be_seen() -> None:
    for text in (
        "import httpx2",
        "import socket as s",
        "from urllib.request import urlopen",
        "from urllib import request",
        "def f():\n    import requests",
        "from http import client",
    ):
        assert clients(ast.parse(text)), text
    assert clients(ast.parse("from urllib.parse import urlsplit\nimport http.cookiejar")) == set()
