"""What the action does around the scan: the baseline, the comment, code scanning, the outputs. Standard library only.

Usage: `python github.py STEP`, a step being plan, baseline, scan, upload, comment or finish. Everything is said by
environment variables: GitHub's own, and INPUT_* as action.yml hands them over. Nothing is put into a shell.
"""

# ruff: noqa: INP001 - run as a file, by the Python of the runner

import base64
import gzip
import io
import json
import os
import shlex
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

MARKER = "<!-- surefoot: {} -->"
#: Inputs that are one option of the scan each, and those that hold a value a line.
SINGLE = ("fail-on", "waivers", "config", "iac")
REPEATED = ("account", "region", "select", "ignore", "only", "only-state", "state", "rules")


class GateError(Exception):
    """Something without which the gate cannot do its work; the step fails with the text."""


def main() -> None:
    """Run the step that is named."""
    steps = {
        "plan": plan,
        "baseline": baseline,
        "scan": scan,
        "upload": upload,
        "comment": comment,
        "finish": finish,
    }
    try:
        steps[sys.argv[1]]()
    except GateError as error:
        say("error", str(error))
        raise SystemExit(2) from None


def given(name: str) -> str:
    """Return an input of the action."""
    return os.environ.get("INPUT_" + name.replace("-", "_").upper(), "").strip()


def event() -> dict[str, Any]:
    """Return what started the workflow."""
    path = os.environ.get("GITHUB_EVENT_PATH", "")
    loaded: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    return loaded


def work() -> Path:
    """Return the folder in which the steps leave their files for each other."""
    folder = Path(os.environ["RUNNER_TEMP"]) / "surefoot"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def say(level: str, text: str) -> None:
    """Show a line in the log and on the run's page."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{level} title=Surefoot::{escaped}\n")


def output(name: str, value: object) -> None:
    """Set an output of the step."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def plan() -> None:
    """Say whether there is anything to do: a pull request from a fork has no credentials, and gets none."""
    pull = event().get("pull_request")
    if (
        pull
        and pull["head"]["repo"] != pull["base"]["repo"]
        and _full_name(pull["head"]) != _full_name(pull["base"])
    ):
        say(
            "notice",
            "skipped: a pull request from a fork gets no credentials. A maintainer can run it from a branch.",
        )
        summary("Skipped: this pull request comes from a fork, which gets no credentials for the accounts.\n")
        output("skip", "true")
        return
    output("skip", "false")


def _full_name(side: dict[str, Any]) -> str:
    return str((side.get("repo") or {}).get("full_name", ""))


def summary(text: str) -> None:
    """Append to the page of the job."""
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
        file.write(text)


# -- the baseline -------------------------------------------------------------------------------------------------


def baseline() -> None:
    """Fetch the newest run that this repository's own base branch stored; a branch or fork cannot offer one."""
    branch = (event().get("pull_request") or {}).get("base", {}).get("ref") or os.environ["GITHUB_REF_NAME"]
    name = urllib.parse.quote(given("baseline-name"))
    found = json.loads(api("GET", f"actions/artifacts?name={name}&per_page=100"))["artifacts"]
    usable = [one for one in found if not one["expired"] and _is_of(one.get("workflow_run") or {}, branch)]
    if not usable:
        say("warning", f"no baseline of {branch} yet: every finding counts. A run on {branch} stores one.")
        output("file", "")
        return
    newest = max(usable, key=lambda one: one["created_at"])
    archive = zipfile.ZipFile(io.BytesIO(api("GET", f"actions/artifacts/{newest['id']}/zip")))
    file = work() / "baseline.jsonl.zst"
    names = [entry for entry in archive.namelist() if entry == "run.jsonl.zst"]
    if not names:
        raise GateError(f"the artifact {given('baseline-name')} holds no run.jsonl.zst")
    file.write_bytes(archive.read(names[0]))
    say("notice", f"compared with the run of {newest['created_at']} on {branch}")
    output("file", file)


def _is_of(run: dict[str, Any], branch: str) -> bool:
    return run.get("head_branch") == branch and run.get("head_repository_id") == run.get("repository_id")


# -- the scan -----------------------------------------------------------------------------------------------------


def scan() -> None:
    """Run the scan with the inputs as its options; leave its files in the folder, and its exit code as output."""
    folder = work()
    command = [os.environ["SUREFOOT"], "scan", *given("clouds").split(), *options()]
    files = {
        "jsonl": "run.jsonl.zst",
        "sarif": "findings.sarif",
        "markdown": "summary.md",
        "json": "run.json",
    }
    for format_, name in files.items():
        command += ["-o", f"{format_}={folder / name}"]
    sys.stdout.write(shlex.join(command) + "\n")
    sys.stdout.flush()
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - words, and no shell
    output("code", code)
    report = folder / "run.json"
    if not report.is_file():
        raise SystemExit(code or 2)
    end = json.loads(report.read_text(encoding="utf-8"))["end"]
    counts = end["counts"]
    output("findings", counts["fail"] - counts["waived"])
    output("new", counts.get("new", counts["fail"] - counts["waived"]))
    output("incomplete", str(not end["complete"]).lower())
    summary((folder / "summary.md").read_text(encoding="utf-8"))


def options() -> list[str]:
    """Return the inputs as options of the scan."""
    found = []
    for name in SINGLE:
        if given(name):
            found += [f"--{name}", given(name)]
    for name in REPEATED:
        for line in given(name).splitlines():
            if line.strip():
                found += [f"--{name}", line.strip()]
    if given("baseline"):
        found += ["--baseline", given("baseline")]
        found += ["--new-only"] if event().get("pull_request") else []
    return [*found, *trust(), *shlex.split(given("args"))]


def trust() -> list[str]:
    """Return the commit whose settings, waivers and rules hold: in a pull request, the one that it goes to."""
    ref = given("trust") or (event().get("pull_request") or {}).get("base", {}).get("sha", "")
    if not ref:
        return []
    known = ["git", "cat-file", "-e", f"{ref}^{{commit}}"]
    if subprocess.run(known, check=False, capture_output=True).returncode:  # noqa: S603 - words, and no shell
        fetch = ["git", "fetch", "--no-tags", "--depth=1", "origin", ref]
        if subprocess.run(fetch, check=False).returncode:  # noqa: S603 - the same
            raise GateError(f"the base commit {ref} is not here: check out with `fetch-depth: 0`")
    return ["--trust", ref]


# -- what is pushed -----------------------------------------------------------------------------------------------


def upload() -> None:
    """Hand the SARIF to code scanning; where that is not enabled, say so and go on."""
    pull = event().get("pull_request")
    ref = f"refs/pull/{pull['number']}/merge" if pull else os.environ["GITHUB_REF"]
    packed = base64.b64encode(gzip.compress((work() / "findings.sarif").read_bytes(), mtime=0)).decode()
    body = {"commit_sha": os.environ["GITHUB_SHA"], "ref": ref, "sarif": packed, "tool_name": "Surefoot"}
    try:
        api("POST", "code-scanning/sarifs", body)
    except urllib.error.HTTPError as error:
        said = error.read(2000).decode("utf-8", "replace")
        if error.code not in (403, 404):
            raise GateError(f"code scanning refused the findings: {error.code}: {said}") from None
        say(
            "warning",
            f"code scanning takes nothing here ({error.code}): is it enabled, and security-events: write set?",
        )


def comment() -> None:
    """Put the summary into the pull request: into the comment that is there already, else into a new one."""
    pull = event().get("pull_request")
    if not pull:
        return
    marker = MARKER.format(given("baseline-name"))
    body = {"body": f"{marker}\n{(work() / 'summary.md').read_text(encoding='utf-8')}"}
    issue = f"issues/{pull['number']}/comments"
    try:
        old = next((one for one in _pages(issue) if one["body"].startswith(marker)), None)
        if old is None:
            api("POST", issue, body)
        else:
            api("PATCH", f"issues/comments/{old['id']}", body)
    except urllib.error.HTTPError as error:
        say("warning", f"no comment could be written ({error.code}): is pull-requests: write set?")


def _pages(path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, 31):
        here = json.loads(api("GET", f"{path}?per_page=100&page={page}"))
        found += here
        if len(here) < 100:  # noqa: PLR2004 - a page that is not full is the last
            break
    return found


def finish() -> None:
    """End with the scan's own exit code."""
    raise SystemExit(int(os.environ["SCAN_CODE"]))


class _NoToken(urllib.request.HTTPRedirectHandler):
    """Follows to where an artifact lies without showing the token there."""

    def redirect_request(self, *words: Any) -> urllib.request.Request | None:
        made = super().redirect_request(*words)
        if made is not None:
            made.remove_header("Authorization")
        return made


def api(method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
    """Ask GitHub's API about this repository. Raises HTTPError."""
    url = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}"
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {given('token')}",
        "X-GitHub-Api-Version": "2022-11-28",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - GitHub's own address
    with urllib.request.build_opener(_NoToken).open(request, timeout=60) as answer:
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    main()
