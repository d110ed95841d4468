"""Under which names the server may be called: those that no other site can point at it.

A site may give its own name this computer's address after its page was loaded (DNS rebinding); the browser then takes
what the page asks of us for the site's own. Such a request still carries the site's name in its Host header.
"""

import ipaddress

from flask import Flask, request
from werkzeug.exceptions import SecurityError

OWN = ("localhost", "local")  # last labels that the public name system never answers for


def register(app: Flask, hosts: str) -> None:
    """Answer only where the Host header has an address, a name of the local network, or one of `hosts`."""
    named = {host.strip().lower().rstrip(".") for host in hosts.split(",")}

    @app.before_request
    def check() -> None:
        host = _name(request.host)
        if not ("*" in named or host in named or _is_address(host) or "." not in host or host.split(".")[-1] in OWN):
            raise SecurityError(f"This server does not go by the name “{host}”. INKLING_HOSTS lists its names.")


def _name(host: str) -> str:
    """A Host header without the port."""
    name = host.rpartition("]")[0][1:] if host.startswith("[") else host.partition(":")[0]
    return name.lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
