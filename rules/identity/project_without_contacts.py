"""Whom Google writes to."""

from scanner import CIS_GCP_5, Cloud, Problems, ProjectSettings, Severity, rule

_ASKED = ("legal", "security", "suspension", "technical")


@rule(
    "project-without-contacts",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["1.17"]],
    passes={
        "one for everything": ProjectSettings(contacts=("all",)),
        "one for each": ProjectSettings(contacts=_ASKED),
    },
    fails={
        "nobody": ProjectSettings(contacts=()),
        "bills alone": ProjectSettings(contacts=("billing",)),
    },
    fix={
        Cloud.GCP: "gcloud essential-contacts create --organization <organization> --email <address of a group> "
        "--language <language> --notification-categories legal,security,suspension,technical",
    },
    references=("https://cloud.google.com/resource-manager/docs/managing-notification-contacts",),
)
def project_without_contacts(project: ProjectSettings) -> Problems:
    """Google has nobody to write to when something is wrong.

    Google writes before it suspends a project, when it sees a key in public, when a vulnerability hits a service in
    use. Without contacts that goes to whoever is owner or administrator: people who have left, or whose mail nobody
    reads at night. An address of a group that is read belongs there.

    Contacts of folders and of the organization count for all projects below them.
    """
    if "all" in project.contacts:
        return
    missing = [subject for subject in _ASKED if subject not in project.contacts]
    if missing:
        yield f"nobody is written to about: {', '.join(missing)}"
