"""Full names of Google Cloud resources, as the asset inventory writes them: `//compute.googleapis.com/projects/...`."""

import re
from typing import Final

#: `https://www.googleapis.com/compute/v1/projects/...` and `https://compute.googleapis.com/compute/v1/projects/...`.
_URL: Final = re.compile(
    r"https://(?:www|(?P<host>[a-z]+))\.googleapis\.com/(?:(?P<api>[a-z]+)/)?(?:v\d\w*|alpha|beta)/(?P<path>.+)"
)


def full_name(text: str, service: str = "compute") -> str:
    """Return the full name for a URL, a relative path, or what is a full name already.

    `service` is the API that a relative path belongs to.
    """
    if text.startswith("//"):
        return text
    url = _URL.fullmatch(text)
    if url:
        return f"//{url['host'] or url['api'] or service}.googleapis.com/{url['path']}"
    return f"//{service}.googleapis.com/{text.lstrip('/')}"
