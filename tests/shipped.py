"""The rules that Surefoot brings, loaded once for all tests that judge by one of them."""

from typing import Final

from scanner import packs

RULES: Final = packs.load().rules
