"""Of several rules that are resources of their own, a finding leads to the one that it speaks of, or to none."""

import pytest

from scanner.iac.choosing import Candidate, chosen

WEB = 'from_port = 443\nto_port = 443\ncidr_ipv4 = "0.0.0.0/0"'
SSH = 'from_port = 22\nto_port = 22\ncidr_ipv4 = "0.0.0.0/0"'
SSH6 = 'from_port = 22\nto_port = 22\ncidr_ipv6 = "::/0"'
OFFICE = 'from_port = 22\nto_port = 22\ncidr_ipv4 = "203.0.113.0/24"'
ALL = 'ip_protocol = "-1"\ncidr_ipv4 = "0.0.0.0/0"'
LOW = 'from_port = 0\nto_port = 1024\ncidr_blocks = ["0.0.0.0/0"]'
VARIABLE = "from_port = var.port\nto_port = var.port\ncidr_ipv4 = var.block"
AZURE = 'name = "ssh-in"\ndestination_port_range = "22"\nsource_address_prefix = "*"'
AZURE_WEB = 'name = "web"\ndestination_port_ranges = ["80", "8000-8999"]\nsource_address_prefix = "Internet"'

IPV4 = "tcp 22 is open to the whole internet (IPv4) by tcp 22 from 0.0.0.0/0"
IPV6 = "tcp 22 is open to the whole internet (IPv6) by tcp 22 from ::/0"
NAMED = "tcp 22 is open to the whole internet (IPv4) by ssh-in"


@pytest.mark.parametrize(
    ("codes", "message", "found"),
    [
        ([WEB, SSH], IPV4, [SSH]),
        ([WEB, SSH, SSH6, OFFICE], IPV4, [SSH]),
        ([WEB, SSH, SSH6, OFFICE], IPV6, [SSH6]),
        ([WEB, ALL], IPV4, [ALL]),
        ([WEB, LOW], IPV4, [LOW]),
        ([SSH, LOW], IPV4, [SSH, LOW]),
        ([WEB, OFFICE], IPV4, []),
        ([WEB], IPV4, []),
        ([SSH], IPV4, [SSH]),
        ([VARIABLE], IPV4, [VARIABLE]),
        ([VARIABLE, WEB], IPV4, [VARIABLE]),
        ([VARIABLE, SSH], IPV4, [SSH]),
        ([VARIABLE, VARIABLE + " "], IPV4, []),
        ([AZURE, AZURE_WEB], NAMED, [AZURE]),
        ([AZURE, AZURE_WEB], "tcp 8080 is open to the whole internet (IPv4) by 0.0.0.0/0", [AZURE_WEB]),
        ([], IPV4, []),
    ],
)
def test_the_words_of_a_finding_choose(codes: list[str], message: str, found: list[str]) -> None:
    assert chosen([Candidate(code, code) for code in codes], [message]) == found


def test_what_the_cloud_calls_it_chooses_where_the_code_does_not_say() -> None:
    both = [Candidate("source = each.value", name, name) for name in ("https", "ssh-in")]
    assert chosen(both, [NAMED]) == ["ssh-in"]
