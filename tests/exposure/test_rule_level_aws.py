"""The worked cases of AWS at rule level: from EC2's JSON, through the source's own readers, to classes of ports."""

from collections.abc import Sequence

import pytest
from aws_cases import prefix_list_entries, security_groups
from cases import ExposureCase, cases

from scanner import mapping
from scanner.exposure import in_short, openings
from scanner.exposure.firewall import rule_level
from scanner.models.network import AddressList, Firewall
from scanner.models.resource import Cloud, Code, Scope, Why
from scanner.providers.aws.network import PREFIX_LISTS, SECURITY_GROUPS, prefix_lists
from scanner.providers.spec import Raw
from scanner.rule import InRegion

SCOPE = Scope(Cloud.AWS, "123456789012", "eu-west-1")


def firewall(group: Raw) -> Firewall:
    made = mapping.finish_item(mapping.start_item(SECURITY_GROUPS, group, SCOPE, "aws"))
    assert isinstance(made, Firewall)
    return made


def address_list(row: Raw, entries: Sequence[Raw] | None) -> AddressList:
    item = mapping.start_item(PREFIX_LISTS, row, SCOPE, "aws")
    detail = PREFIX_LISTS.details[0]
    if entries is None:
        mapping.take_failure(item, Why(code=Code.DENIED, permission=detail.call.permission), detail.fills)
    else:
        mapping.take_answer(item, detail, entries, detail.fills)
    made = mapping.finish_item(item)
    assert isinstance(made, AddressList)
    return made


@pytest.mark.parametrize("case", cases("aws"), ids=lambda case: case.id)
def test_rule_level(case: ExposureCase) -> None:
    groups = security_groups(case)
    lists = InRegion(
        [
            address_list(row, prefix_list_entries(case, row["PrefixListId"]))
            for group in groups
            for row in prefix_lists(group)
        ]
    )
    # An interface's groups are united.
    together = Firewall(rules=tuple(rule for group in groups for rule in firewall(group).rules))
    found = [opening for each in rule_level(together, lists).exposures for opening in openings(each)]
    assert in_short(found) == case.rule_level
