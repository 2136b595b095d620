"""How states of each provider name what our ids name: a resource itself, and what it is a part of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.iac import Ownership, StateFile, Subject
from scanner.iac.settings import all_settings, settings_of
from scanner.models.resource import Cloud, Scope

AWS = Scope(Cloud.AWS, "111122223333", "eu-west-1")
GCP = Scope(Cloud.GCP, "acme-prod", "europe-west1")
AZURE = Scope(Cloud.AZURE, "0aa8e6d4-7d43-4b8c-9a3e-3f1f3a4b5c6d", "westeurope")
ARM = f"/subscriptions/{AZURE.account}/resourceGroups/shop/providers"
PROJECT = "projects/acme-prod"


def states(folder: Path, *resources: tuple[str, Mapping[str, Any]], name: str = "one.tfstate") -> StateFile:
    rows = [
        {"mode": "managed", "type": type_, "name": f"r{number}", "instances": [{"attributes": attributes}]}
        for number, (type_, attributes) in enumerate(resources)
    ]
    (folder / name).write_text(json.dumps({"version": 4, "resources": rows}))
    return StateFile(folder / name)


@pytest.mark.parametrize(
    ("scope", "kind", "id_", "type_", "attributes"),
    [
        (AWS, "Queue", "arn:aws:sqs:eu-west-1:111122223333:orders", "aws_sqs_queue",
         {"id": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
          "arn": "arn:aws:sqs:eu-west-1:111122223333:orders"}),
        (AWS, "FileSystem", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0",
         "aws_efs_file_system", {"id": "fs-0123456789abcdef0"}),
        (AWS, "Instance", "arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0123456789abcdef0", "aws_instance",
         {"id": "i-0123456789abcdef0"}),
        (GCP, "Database", f"//spanner.googleapis.com/{PROJECT}/instances/ledger/databases/bookings",
         "google_spanner_database", {"id": "ledger/bookings",
          "instance": "ledger", "name": "bookings", "project": "acme-prod"}),
        (GCP, "Function", f"//run.googleapis.com/{PROJECT}/locations/europe-west1/services/web",
         "google_cloud_run_v2_service", {"id": f"{PROJECT}/locations/europe-west1/services/web", "name": "web"}),
        (GCP, "Function", f"//run.googleapis.com/{PROJECT}/locations/europe-west1/services/web",
         "google_cloud_run_service", {"id": "locations/europe-west1/namespaces/acme-prod/services/web", "name": "web"}),
        (GCP, "Function", f"//cloudfunctions.googleapis.com/{PROJECT}/locations/europe-west1/functions/f",
         "google_cloudfunctions2_function", {"id": f"{PROJECT}/locations/europe-west1/functions/f"}),
        (GCP, "Secret", "//secretmanager.googleapis.com/projects/415104041262/secrets/key",
         "google_secret_manager_secret", {"id": f"{PROJECT}/secrets/key", "name": "projects/415104041262/secrets/key"}),
        (GCP, "Certificate", f"//certificatemanager.googleapis.com/{PROJECT}/locations/global/certificates/c",
         "google_certificate_manager_certificate", {"id": f"{PROJECT}/locations/global/certificates/c"}),
        (GCP, "Key", f"//cloudkms.googleapis.com/{PROJECT}/locations/eu/keyRings/r/cryptoKeys/k",
         "google_kms_crypto_key",
         {"id": f"{PROJECT}/locations/eu/keyRings/r/cryptoKeys/k", "name": "k"}),
        (GCP, "Table", f"//bigtableadmin.googleapis.com/{PROJECT}/instances/i/tables/t", "google_bigtable_table",
         {"id": f"{PROJECT}/instances/i/tables/t"}),
        (GCP, "Endpoint", f"//compute.googleapis.com/{PROJECT}/zones/z/instances/vm/networkInterfaces/nic1",
         "google_compute_instance", {"id": f"{PROJECT}/zones/z/instances/vm"}),
        (GCP, "Volume", f"//compute.googleapis.com/{PROJECT}/zones/z/disks/vm", "google_compute_instance",
         {"id": f"{PROJECT}/zones/z/instances/vm",
          "boot_disk": [{"source": f"https://www.googleapis.com/compute/v1/{PROJECT}/zones/z/disks/vm"}]}),
        (AZURE, "Key", f"{ARM}/Microsoft.KeyVault/vaults/v/keys/k", "azurerm_key_vault_key",
         {"id": "https://v.vault.azure.net/keys/k/0d3f1e6c",
          "resource_versionless_id": f"{ARM}/Microsoft.KeyVault/vaults/v/keys/k"}),
        (AZURE, "Bucket", f"{ARM}/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c",
         "azurerm_storage_container", {"id": "https://a.blob.core.windows.net/c",
          "resource_manager_id": f"{ARM}/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c"}),
        (AZURE, "FileSystem", f"{ARM}/Microsoft.Storage/storageAccounts/a/fileServices/default/shares/s",
         "azurerm_storage_share", {"id": "https://a.file.core.windows.net/s",
          "resource_manager_id": f"{ARM}/Microsoft.Storage/storageAccounts/a/fileServices/default/fileshares/s"}),
        (AZURE, "Listener", f"{ARM}/Microsoft.Network/applicationGateways/gw/httpListeners/web",
         "azurerm_application_gateway", {"id": f"{ARM.lower()}/Microsoft.Network/applicationGateways/gw"}),
        (AZURE, "Endpoint", f"{ARM}/Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f",
         "azurerm_lb", {"id": f"{ARM}/Microsoft.Network/loadBalancers/lb"}),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)  # fmt: skip
def test_a_state_has_it_by_another_name(
    tmp_path: Path, scope: Scope, kind: str, id_: str, type_: str, attributes: Mapping[str, Any]
) -> None:
    terraform = Ownership(None, [states(tmp_path, (type_, attributes))]).terraform
    found = terraform.owners(Subject(scope, kind, id_), settings_of(kind, ("encrypted", "addresses")))
    assert [owned.instance.address for owned in found] == [f"{type_}.r0"]
    for part in ("acme-prod", "415104041262", "shop", "orders", "0123456789abcdef0"):
        other = id_.replace(part, part[:-1] + "1")
        assert other == id_ or terraform.owners(Subject(scope, kind, other), all_settings()) == []


def test_a_rule_of_a_balancer_is_no_part_of_it_and_may_be_made_by_hand(tmp_path: Path) -> None:
    balancer = f"{ARM}/Microsoft.Network/loadBalancers/lb"
    terraform = Ownership(None, [states(tmp_path, ("azurerm_lb", {"id": balancer}))]).terraform
    assert terraform.owners(Subject(AZURE, "Listener", f"{balancer}/loadBalancingRules/r"), ()) == []


def test_a_queue_is_found_by_its_url_and_not_by_that_of_another_region(tmp_path: Path) -> None:
    url = "https://sqs.{}.amazonaws.com/111122223333/orders"
    policies = [
        ("aws_sqs_queue_policy", {"id": url.format(region), "queue_url": url.format(region)})
        for region in ("us-east-1", "eu-west-1")
    ]
    terraform = Ownership(None, [states(tmp_path, *policies)]).terraform
    queue = Subject(AWS, "Queue", "arn:aws:sqs:eu-west-1:111122223333:orders")
    [(_, found)] = terraform.parts(queue, settings_of("Queue", ("policy_grants",)))
    assert [owned.instance.address for owned in found] == ["aws_sqs_queue_policy.r1"]


def test_a_name_counts_only_beside_the_resource_that_it_names(tmp_path: Path) -> None:
    arn = "arn:aws:lambda:{}:111122223333:function:f"
    here = states(
        tmp_path, ("aws_lambda_function", {"id": "f", "arn": arn.format("eu-west-1")}), name="a.tfstate"
    )
    there = states(
        tmp_path,
        ("aws_lambda_function", {"id": "f", "arn": arn.format("us-east-1")}),
        ("aws_lambda_permission", {"id": "everyone", "function_name": "f"}),
        name="b.tfstate",
    )
    settings = settings_of("Function", ("policy_grants",))
    for states_ in ([here, there], [there, here]):
        terraform = Ownership(None, states_).terraform
        assert list(terraform.parts(Subject(AWS, "Function", arn.format("eu-west-1")), settings)) == []
        abroad = Subject(AWS._replace(region="us-east-1"), "Function", arn.format("us-east-1"))
        [(_, found)] = terraform.parts(abroad, settings)
        assert [owned.instance.address for owned in found] == ["aws_lambda_permission.r1"]
