"""From a live resource to the lines of code that own it: Terraform, OpenTofu, CloudFormation."""

from scanner.iac.hcl import MissingExtraError
from scanner.iac.ids import Subject
from scanner.iac.location import Call, Location
from scanner.iac.ownership import Ownership
from scanner.iac.state import StateError
from scanner.iac.terraform import RootError, StateFile

__all__ = [
    "Call",
    "Location",
    "MissingExtraError",
    "Ownership",
    "RootError",
    "StateError",
    "StateFile",
    "Subject",
]
