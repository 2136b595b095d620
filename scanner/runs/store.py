"""Where workers leave the results of accounts: a folder that all reach, or an object store, each under its own name.

A name is written whole or not at all, and again by whoever tries again: the same account, the same name.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Final

from scanner.errors import UserError
from scanner.runs.result import Key, Result, ResultError

_EXTRA: Final = "workers on other machines need fsspec: pip install 'surefoot[dask]'"


@dataclass(frozen=True, slots=True)
class Store:
    """The results of one run, below `url`: a folder, or an address that fsspec reads (`s3://bucket/runs/1`)."""

    url: str

    def put(self, result: Result) -> None:
        """Leave a result. Raises OSError."""
        files, root = self._files()
        name = f"{root}/{result.summary.key.file}"
        if isinstance(files, _LocalFolder):
            files.put(result.path, name)
        else:
            files.pipe_file(name, result.path.read_bytes())

    def get(self, key: Key, folder: Path) -> Result | None:
        """Return a result that was left whole, fetched into a folder where it lies elsewhere; None: there is none."""
        files, root = self._files()
        path = Path(root) / key.file
        if not isinstance(files, _LocalFolder):
            path = folder / key.file
            try:
                content = files.cat_file(f"{root}/{key.file}")
            except FileNotFoundError:
                return None
            path.write_bytes(content)
        try:
            return Result.at(path)
        except (FileNotFoundError, ResultError):
            return None

    def _files(self) -> tuple[Any, str]:
        if "://" not in self.url:
            return _LocalFolder(), self.url
        try:
            import fsspec
        except ImportError:
            raise UserError(_EXTRA) from None
        try:
            return fsspec.core.url_to_fs(self.url)  # type: ignore[no-any-return]
        except (ImportError, ValueError) as error:
            raise UserError(f"--store {self.url}: {error}") from None


class _LocalFolder:
    """A folder of this machine, or one that is mounted on all."""

    def put(self, source: Path, name: str) -> None:
        target = Path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as out, source.open("rb") as content:
                shutil.copyfileobj(content, out)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
