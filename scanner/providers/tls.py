"""Connections of clients that are built on requests: many at once, over one TLS context."""

import os
from pathlib import Path
from typing import Any, Final

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

#: Open connections kept per host, and hosts whose connections are kept.
CONNECTIONS: Final = 128
HOSTS: Final = 32


class SharedTls(HTTPAdapter):
    """Connections that share one TLS context: the CA bundle is read once, and not for every connection."""

    def __init__(self, bundle: str) -> None:
        self._context = create_urllib3_context()
        if Path(bundle).is_dir():
            self._context.load_verify_locations(capath=bundle)
        else:
            self._context.load_verify_locations(cafile=bundle)
        super().__init__(pool_connections=HOSTS, pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give every pool the context."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Give the pools behind a proxy the context too."""
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' signature
        """Ask for a certificate; who may have signed it is in the context already."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = conn.ca_cert_dir = None


def plain() -> HTTPAdapter:
    """Return the connections to addresses without TLS: servers on this machine."""
    return HTTPAdapter(pool_connections=HOSTS, pool_maxsize=CONNECTIONS)


def ca_bundle() -> str:
    """Return the CA bundle as requests finds it: REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, else its own."""
    environment = os.environ
    return (
        environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    )
