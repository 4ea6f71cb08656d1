"""Run folders: `config.json`, `log.jsonl`, the model, `scores.parquet`, and last of all `DONE`.

What has no `DONE` whose hash is that of its scores does not count: an interrupted run is simply done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Mode = Literal["cached", "retry", "force", "read-only"]
MODES: tuple[Mode, ...] = ("cached", "retry", "force", "read-only")
State = Literal["done", "error", "absent"]


@dataclass(frozen=True)
class Folder:
    """The folder of one run."""

    path: Path

    @property
    def scores(self) -> Path:
        """Truth: the scores of this run."""
        return self.path / "scores.parquet"

    @property
    def curves(self) -> Path:
        """A few seconds of measured and predicted envelopes, for the report."""
        return self.path / "curves.parquet"

    def state(self) -> State:
        """`done` only when the scores are those that DONE names."""
        done = self.path / "DONE"
        if done.is_file() and self.scores.is_file() and done.read_text() == _hash(self.scores):
            return "done"
        return "error" if (self.path / "ERROR").is_file() else "absent"

    def error(self) -> str:
        """The traceback of a failed run."""
        return (self.path / "ERROR").read_text(encoding="utf-8")

    def begin(self, config: dict[str, Any], **facts: Any) -> None:
        """An empty run: what an earlier attempt left is removed, but for its log, which is told the facts."""
        self.path.mkdir(parents=True, exist_ok=True)
        for file in self.path.iterdir():
            if file.name != "log.jsonl":
                file.unlink()
        (self.path / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True), encoding="utf-8")
        self.log("begin", host=socket.gethostname(), process=os.getpid(), cores=os.cpu_count(), **facts)

    def log(self, event: str, **facts: Any) -> None:
        """Append a line to the log, the only place for times and hosts."""
        line = json.dumps({"event": event, "time": time.time(), **facts})
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def adopt(self, model: Path) -> None:
        """Take the files of a model folder in, without a second copy where the disk can link."""
        for file in model.iterdir():
            try:
                os.link(file, self.path / file.name)
            except OSError:
                shutil.copyfile(file, self.path / file.name)

    def finish(self) -> None:
        """Mark the run as done, once everything else is on disk."""
        self.log("done")
        _write(self.path / "DONE", _hash(self.scores))

    def fail(self, traceback: str) -> None:
        """Mark the run as failed."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.log("error")
        _write(self.path / "ERROR", traceback)


def run_folder(out: Path, run: str) -> Folder:
    """The folder of a run within the folder of a benchmark."""
    return Folder(out / "runs" / run)


def model_folder(out: Path, key: str) -> Path:
    """The folder of a training, which several runs may share."""
    return out / "models" / key


def wanted(state: State, mode: Mode) -> bool:
    """Whether a run in this state is to be done."""
    return {
        "cached": state == "absent",
        "retry": state != "done",
        "force": True,
        "read-only": False,
    }[mode]


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _write(file: Path, text: str) -> None:
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
