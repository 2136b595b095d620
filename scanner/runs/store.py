"""Where workers leave the results of accounts: a folder that all reach, or an object store, each under its own name.

A name is written whole or not at all, and again by whoever tries again: the same account, the same name.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from scanner.errors import UserError
from scanner.files import whole_file
from scanner.runs.result import Key, Result, ResultError

_EXTRA: Final = "results in an object store need fsspec: pip install 'surefoot[dask]'"


@dataclass(frozen=True, slots=True)
class Store:
    """The results of one run, below `url`: a folder, or an address that fsspec reads (`s3://bucket/runs/1`).

    `started` is when the run was: what lies there of another run is none of its results.
    """

    url: str
    started: datetime | None

    @property
    def folder(self) -> Path | None:
        """The folder, where it is one."""
        return None if "://" in self.url else Path(self.url)

    def put(self, result: Result) -> None:
        """Leave a result. Raises OSError."""
        content = result.path.read_bytes()
        if self.folder is None:
            files, root = self._remote()
            files.makedirs(root, exist_ok=True)
            files.pipe_file(f"{root}/{result.summary.key.file}", content)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self.folder / result.summary.key.file) as stream:
            stream.write(content)

    def get(self, key: Key, folder: Path) -> Result | None:
        """Return a result that was left whole, fetched into `folder` where it lies elsewhere; None: there is none."""
        path = (self.folder or folder) / key.file
        if self.folder is None:
            files, root = self._remote()
            try:
                path.write_bytes(files.cat_file(f"{root}/{key.file}"))
            except FileNotFoundError:
                return None
        try:
            result = Result.at(path)
        except (FileNotFoundError, ResultError):
            return None
        return result if result.summary.started == self.started else None

    def _remote(self) -> tuple[Any, str]:
        try:
            import fsspec
        except ImportError:
            raise UserError(_EXTRA) from None
        try:
            files, root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise UserError(f"--store {self.url}: {error}") from None
        return files, str(root)
