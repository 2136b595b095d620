"""Which accounts a run is to look at, and signing in to each."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from scanner.accounts import Accounts, AwsAsked, Way
from scanner.config import Config
from scanner.judging import Only
from scanner.models.resource import GLOBAL, Cloud, Scope
from scanner.permissions.fitting import session_policy
from scanner.providers import provider_of
from scanner.providers.spec import Session
from scanner.runs.result import Key


@dataclass(frozen=True, slots=True)
class Choice:
    """What one run is to look at: the words of the command line over those of surefoot.toml.

    `within` names what holds accounts (organizations, folders, management groups), and as whom Google Cloud is read,
    by the keys of surefoot.toml.
    """

    clouds: tuple[Cloud, ...] = ()
    accounts: Mapping[Cloud, tuple[str, ...]] = field(default_factory=dict)
    regions: Mapping[Cloud, tuple[str, ...]] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()
    within: Mapping[Cloud, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    role: str | None = None
    external_id: str | None = None
    only: Only = field(default_factory=Only)

    def covers(self, scope: Scope) -> bool:
        """Tell whether what stands in a scope is to be looked at; what is global is, in a chosen account."""
        accounts, regions = self.accounts.get(scope.cloud), self.regions.get(scope.cloud)
        in_cloud = not self.clouds or scope.cloud in self.clouds
        return (
            in_cloud
            and (not accounts or scope.account in accounts)
            and (not regions or scope.region in (GLOBAL, *regions))
        )


def sign_in(
    config: Config,
    choice: Choice,
    run: str,
    accounts: Accounts | None = None,
    keys: Sequence[Key] | None = None,
    actions: Sequence[str] = (),
) -> dict[Key, Session]:
    """Sign in to every chosen account of every chosen cloud, or to these `keys`. Raises SignInError.

    `accounts` is accounts.toml: where it lists accounts of a cloud and nobody chose others, it chooses. A role that is
    taken on in AWS may do these `actions` and nothing else (none: whatever it may).
    """
    sessions: dict[Key, Session] = {}
    for cloud in choice.clouds:
        ours = None if keys is None else tuple(key.account for key in keys if key.cloud is cloud)
        if ours == ():
            continue
        settings = _settings_for(cloud, config, choice, accounts or Accounts(), ours)
        if isinstance(settings, AwsAsked):
            settings = settings.model_copy(update={"session_policy": session_policy(actions)})
        for session in provider_of(cloud).sign_in(settings, run):
            sessions[Key(session.cloud, session.account)] = session
    return dict(sorted(sessions.items()))


def _settings_for(
    cloud: Cloud, config: Config, choice: Choice, accounts: Accounts, ours: tuple[str, ...] | None
) -> Any:
    """Return what a provider is told: its section of surefoot.toml, and over it the words of the command line."""
    settings = getattr(config, cloud.value)
    listed = {key[1]: one for key, one in accounts.by_key.items() if key[0] == cloud}
    update: dict[str, Any] = {}
    for name, ids in choice.within.get(cloud, {}).items():
        update[name] = ids[0] if isinstance(getattr(settings, name), str) else ids
    if ours or choice.accounts.get(cloud):
        update["accounts"] = ours or choice.accounts[cloud]
    if cloud is Cloud.AWS:
        settings = AwsAsked(**dict(settings))
        said = {"profiles": choice.profiles, "role": choice.role, "external_id": choice.external_id}
        update |= {name: value for name, value in said.items() if value}
        ways = {id_: Way(one.profile, one.role, one.external_id) for id_, one in listed.items()}
        update["ways"] = ways if ours is None else {id_: ways.get(id_, Way()) for id_ in ours}
        if ours is not None:
            update["organization"] = ()
    elif listed and not update:
        update["accounts"] = tuple(listed)
    return settings.model_copy(update=update)


def sign_out(sessions: dict[Key, Session]) -> None:
    """Forget sign-ins of which nothing further is asked: judging then has the memory that their SDKs took."""
    for session in sessions.values():
        if isinstance(session, _Closing):
            session.close()
    sessions.clear()
    gc.collect()  # clients of an SDK refer to themselves


@runtime_checkable
class _Closing(Protocol):
    def close(self) -> None:
        """Close every connection."""
