"""The rules of one run as the user set them: chosen, with their severities and options checked against the rules."""

import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scanner.accounts import Accounts
from scanner.config import Config, ConfigError, RuleTable
from scanner.engine import Tuned
from scanner.errors import UserError
from scanner.packs import PackError, Packs
from scanner.rule import Parameter, Rule, Severity


def tune(packs: Packs, config: Config, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[Tuned]:
    """Return the chosen rules with what surefoot.toml says of them. Raises ConfigError, PackError."""
    chosen = packs.select(select or config.select, (*config.ignore, *ignore))
    tables = {}
    for name, table in config.rules.items():
        rule = packs.find(name)
        if rule is None:
            raise config.problem(("rules", name), _no_such_rule(packs, name))
        tables[rule.id] = (name, table)
    tuned = [_tuned(rule, config, *tables.get(rule.id, (rule.id, RuleTable()))) for rule in chosen]
    return [one for one in tuned if tables.get(one.rule.id, ("", RuleTable()))[1].enabled]


def tune_for(
    packs: Packs, config: Config, accounts: Accounts, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Mapping[str, list[Tuned]]:
    """Return the chosen rules as each environment of accounts.toml has them: over surefoot.toml, key by key.

    Raises ConfigError that names the line of accounts.toml, PackError.
    """
    found = {}
    for name, environment in accounts.environments.items():
        tables = {_known(packs, rule): table for rule, table in config.rules.items()}
        for rule, table in environment.rules.items():
            id_ = _known(packs, rule)
            if packs.find(rule) is None:
                raise accounts.problem(("environments", name, "rules", rule), _no_such_rule(packs, rule))
            below = tables.get(id_, RuleTable())
            said = table.model_dump(exclude_unset=True)
            tables[id_] = RuleTable.model_validate({**below.model_dump(exclude_unset=True), **said})
        try:
            found[name] = tune(packs, config.model_copy(update={"rules": tables}), select, ignore)
        except ConfigError as error:
            raise accounts.problem(("environments", name, "rules"), str(error)) from None
    return found


def _known(packs: Packs, name: str) -> str:
    rule = packs.find(name)
    return rule.id if rule is not None else name


def _no_such_rule(packs: Packs, name: str) -> str:
    try:
        packs.select([name])
    except PackError as error:
        return str(error)
    return "a table names one rule, not a group of rules"


def _tuned(rule: Rule, config: Config, name: str, table: RuleTable) -> Tuned:
    options: dict[str, Any] = {}
    for key, value in (table.model_extra or {}).items():
        parameter = rule.signature.options.get(key)
        if parameter is None:
            known = ", ".join(["enabled", "severity", *rule.signature.options])
            raise config.problem(("rules", name, key), f"no such option; this rule has: {known}")
        try:
            options[key] = checked(parameter, value)
        except UserError as error:
            raise config.problem(("rules", name, key), str(error)) from None
    return Tuned(rule, Severity(table.severity) if table.severity else None, options)


def checked(parameter: Parameter, value: object) -> Any:
    """Return a user's value for an option in the option's type. Raises UserError that says what is allowed."""
    try:
        result = TypeAdapter(parameter.type).validate_python(value, strict=not _is_tuple(parameter.type))
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"]
        raise UserError(f"{value!r}: {said}; the default is {parameter.default!r}") from None
    option = parameter.option
    for one in result if isinstance(result, tuple) else (result,):
        if option is None:
            continue
        if option.at_least is not None and one < option.at_least:
            raise UserError(f"{one!r} is less than {option.at_least}, the least that is allowed")
        if option.at_most is not None and one > option.at_most:
            raise UserError(f"{one!r} is more than {option.at_most}, the most that is allowed")
        if option.choices and one not in option.choices:
            raise UserError(f"{one!r} is not one of {', '.join(option.choices)}")
    return result


def _is_tuple(type_: Any) -> bool:
    return typing.get_origin(type_) is tuple


def options_of(rules: Sequence[Tuned]) -> Mapping[str, Any]:
    """Return what a run's first line says of options: only what the user changed."""
    changed: dict[str, Any] = {}
    for tuned in rules:
        said: dict[str, Any] = dict(tuned.options)
        if tuned.severity is not None:
            said["severity"] = tuned.severity.value
        if said:
            changed[tuned.rule.id] = said
    return changed
