"""Floor 1: the kinds that every cloud is mapped to. Imports nothing of ours."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from scanner.models.resource import Resource


@cache
def kinds() -> Mapping[str, type[Resource]]:
    """Every kind by its name, in the order of the modules' and classes' names."""
    found: dict[str, type[Resource]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Resource) and value is not Resource:
                found[value.kind()] = value
    return MappingProxyType(dict(sorted(found.items())))
