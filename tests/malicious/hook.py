"""An audit hook that notes what Python is asked to do while a file is read."""

from __future__ import annotations

import json
import os
import sys

WATCHED = (
    "open", "exec", "compile", "import", "subprocess.Popen", "pickle.find_class", "marshal.loads", "urllib.Request",
    "webbrowser.open", "code.__new__",
)  # fmt: skip
STARTS = ("os.", "socket.", "shutil.", "ctypes.", "ftplib.", "http.client.", "pty.", "tempfile.")
_events = None


def install():
    sys.addaudithook(_note)


def begin():
    """Start a list of events and return it."""
    global _events
    _events = []
    return _events


def end():
    global _events
    _events = None


def _note(event, arguments):
    if _events is not None and (event in WATCHED or event.startswith(STARTS)):
        found = _events
        found.append([event, *(_word(each) for each in arguments[:2])])


def _word(value):
    """An argument as text; of code the file that it is of."""
    if hasattr(value, "co_filename"):
        return value.co_filename
    if isinstance(value, bytes):
        return value[:300].decode("latin-1")
    return (value if isinstance(value, str) else repr(value))[:300]


def to_file(path):
    """Note everything that this process does from now on in a file of lines."""
    stream = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(event, arguments):
        if event in WATCHED or event.startswith(STARTS):
            os.write(stream, (json.dumps([event, *map(_word, arguments[:2])]) + "\n").encode())

    sys.addaudithook(note)
