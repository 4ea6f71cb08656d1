"""Settings are read strictly: what cannot be meant is refused with its place and the nearest known key."""

from __future__ import annotations

import pytest

from myoshift.errors import ConfigError
from myoshift.formats.settings import Strict, read_settings


class Inner(Strict):
    low: float = 0.0


class Outer(Strict):
    name: str = "none"
    inner: Inner = Inner()
    several: tuple[Inner, ...] | None = None


def read(tmp_path, text):
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    return read_settings(path, Outer)


def test_what_is_not_named_keeps_its_default(tmp_path):
    assert read(tmp_path, "") == Outer()
    assert read(tmp_path, "inner: {low: 2}\nseveral: [{low: 1}, {}]") == Outer(
        inner=Inner(low=2.0), several=(Inner(low=1.0), Inner())
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nme: a", r"unknown key 'nme'.*nearest known key: name"),
        ("inner: {lw: 1}", r"unknown key 'inner\.lw'.*nearest known key: low"),
        ("several: [{hgh: 1}]", r"unknown key 'several\.0\.hgh'.*nearest known key: low"),
        ("inner: {low: much}", r"key 'inner\.low' makes no sense.*'much'"),
        ("name: a\nname: b", r"cannot read the YAML.*'name' twice"),
        ("name: !!python/object:os.system {}", "cannot read the YAML"),
        ("- a", "a mapping of keys"),
        ("name: [", "cannot read the YAML"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, text, message):
    with pytest.raises(ConfigError, match=rf"(?s){message}"):
        read(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot read the settings"):
        read_settings(tmp_path / "none.yaml", Outer)
