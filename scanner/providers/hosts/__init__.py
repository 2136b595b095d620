"""What hosts say of themselves, by Testinfra: over ssh, docker, kubectl, AWS Systems Manager, or here."""
