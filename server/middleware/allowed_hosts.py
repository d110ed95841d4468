"""Check of the Host header: only names that no other site can control.

DNS rebinding: after its page has loaded, a hostile site points its own name at this computer's address. The browser
then treats our answers as that site's own. The Host header of these requests still holds the name of the hostile site.
"""

import ipaddress

from flask import Flask, request
from werkzeug.exceptions import SecurityError

LOCAL_DOMAINS = ("localhost", "local")  # last labels that the public name system never resolves


def init_app(app: Flask, hosts: str) -> None:
    """Refuses a Host header that is no address, no name of the local network and none of `hosts`."""
    allowed = {host.strip().lower().rstrip(".") for host in hosts.split(",")}

    @app.before_request
    def check_host() -> None:
        host = _name(request.host)
        local = _is_address(host) or "." not in host or host.split(".")[-1] in LOCAL_DOMAINS
        if not ("*" in allowed or host in allowed or local):
            raise SecurityError(f"This server has no name “{host}”. The setting INKLING_HOSTS lists its names.")


def _name(host: str) -> str:
    """Returns a Host header without the port."""
    name = host.rpartition("]")[0][1:] if host.startswith("[") else host.partition(":")[0]
    return name.lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
