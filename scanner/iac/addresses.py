"""Addresses of Terraform: `module.net["blue"].module.deep.aws_s3_bucket.b[0]`, taken apart."""

import re
from typing import Final, NamedTuple

_INDEX: Final = r"(?:\[(?:\"(?:\\.|[^\"\\])*\"|\d+)\])?"
_MODULE: Final = re.compile(rf"module\.([\w-]+)({_INDEX})(?:\.|$)")
_RESOURCE: Final = re.compile(rf"([\w-]+)\.([\w-]+)({_INDEX})$")


class Step(NamedTuple):
    """One `module.NAME[KEY]`; `key` with its brackets, "" where there is none."""

    name: str
    key: str = ""

    def __str__(self) -> str:
        return f"module.{self.name}{self.key}"


class Address(NamedTuple):
    """The modules around a resource, its type, name and key. A module alone has the type ""."""

    modules: tuple[Step, ...]
    type: str = ""
    name: str = ""
    key: str = ""

    def __str__(self) -> str:
        own = [f"{self.type}.{self.name}{self.key}"] if self.type else []
        return ".".join([*(str(step) for step in self.modules), *own])

    @property
    def block(self) -> "Address":
        """The address without keys: what is written once, however many there are."""
        return Address(tuple(Step(step.name) for step in self.modules), self.type, self.name)


def parse(text: str) -> Address | None:
    """Take an address apart; None for what is none."""
    modules, rest = [], text.strip()
    while match := _MODULE.match(rest):
        modules.append(Step(match[1], match[2]))
        rest = rest[match.end() :]
    if not rest:
        return Address(tuple(modules)) if modules else None
    own = _RESOURCE.match(rest)
    return Address(tuple(modules), own[1], own[2], own[3]) if own else None


def moved(address: Address, source: Address, target: Address) -> Address | None:
    """Return where a `moved` block takes an address; None where it is about another.

    A block about a module or a resource without a key moves every instance, which keep their keys.
    """
    depth = len(source.modules)
    around = zip(source.modules, address.modules, strict=False)
    if len(address.modules) < depth or not all(_covers(pattern, step) for pattern, step in around):
        return None
    if not source.type:  # a module
        if depth != len(target.modules) or target.type:
            return None
        last, old = target.modules[-1], address.modules[depth - 1]
        key = last.key or ("" if source.modules[-1].key else old.key)
        steps = (*target.modules[:-1], Step(last.name, key), *address.modules[depth:])
        return address._replace(modules=steps)
    own = (source.type, source.name) == (address.type, address.name) and len(address.modules) == depth
    if not own or (source.key and source.key != address.key) or not target.type:
        return None
    key = target.key or ("" if source.key else address.key)
    return Address(target.modules, target.type, target.name, key)


def _covers(pattern: Step, step: Step) -> bool:
    return pattern.name == step.name and pattern.key in ("", step.key)
