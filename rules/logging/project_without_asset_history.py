"""Projects of which nobody can say what there was."""

from scanner import CIS_GCP_5, Cloud, Problems, ProjectSettings, Severity, rule


@rule(
    "project-without-asset-history",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.14"]],
    passes={"it can be asked": ProjectSettings(asset_history=True)},
    fails={"switched off": ProjectSettings(asset_history=False)},
    fix={Cloud.GCP: "gcloud services enable cloudasset.googleapis.com --project {name}"},
    references=("https://cloud.google.com/asset-inventory/docs/overview",),
)
def project_without_asset_history(project: ProjectSettings) -> Problems:
    """Project cannot be asked what it held, and when.

    Cloud Asset Inventory knows every resource and every policy of the last 35 days. After an incident it says what a
    firewall rule looked like on Tuesday, which no listing does. Switching it on costs nothing.
    """
    if not project.asset_history:
        yield "the Cloud Asset API is not enabled"
