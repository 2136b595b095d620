"""The demo's AWS: moto's server in a process of its own, and an account in it that a scan finds by the environment."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from scanner.demo.aws.account import HOME, Account
from scanner.demo.aws.process import serving

#: Settings of the machine by which a scan of the demo could reach something else, or sign in as somebody else.
_MACHINE: Final = re.compile(r"AWS_.*|.*_PROXY|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|BOTO_CONFIG")


@contextmanager
def running() -> Iterator[None]:
    """Serve a furnished account while the block runs. Raises UserError when moto is not installed."""
    sys.stderr.write("starting a cloud of our own on 127.0.0.1 ...\n")
    with serving() as url, environment(asking(url)):
        sys.stderr.write(f"furnishing its account at {url} ...\n")
        furnish(url)
        yield


def furnish(url: str) -> Account:
    """Fill the empty account behind `url` with the demo's resources, the same ids each time.

    The value knows what a scan has to make of each of them.
    """
    from scanner.demo.aws import (
        alerts,
        compute,
        databases,
        identity,
        keys,
        load_balancers,
        messaging,
        metrics,
        network,
        reach,
        storage,
        stores,
        trail,
    )

    account = Account(url)
    account.begin()
    home = network.furnish(account)
    load_balancers.furnish(account, home)
    compute.furnish(account, home)
    storage.furnish(account)
    databases.furnish(account, home)
    metrics.furnish(account)
    reach.furnish(account, home)
    stores.furnish(account, home)
    identity.furnish(account)
    messaging.furnish(account)
    trail.furnish(account, home)
    keys.furnish(account)
    # Last, since moto's ids hang on how many were drawn before.
    alerts.furnish(account)
    identity.furnish_roles(account)
    return account


def asking(url: str) -> Mapping[str, str]:
    """Return the environment variables by which the SDK finds the account, with made-up keys."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_DEFAULT_REGION": HOME,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Put these variables in place of the machine's own settings for AWS and proxies while the block runs."""
    before = dict(os.environ)
    try:
        for name in before:
            if _MACHINE.fullmatch(name.upper()):
                del os.environ[name]
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
