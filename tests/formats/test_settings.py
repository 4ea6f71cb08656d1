"""Settings are read strictly: what cannot be meant is refused with its place and the nearest known key."""

from __future__ import annotations

import re

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


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]",
        "[" * 50_000,
        "a: " + "[" * 2000 + "]" * 2000,
        "a: " + "9" * 5000,
        "a: 2020-99-99",
        "a: !!bool maybe",
        "a: !!timestamp x",
        "a: !!int x",
        "? [a, b]\n: 1",
        "a: 1\na: 2",
        "? !!python/object/apply:os.getcwd []\n: 1",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
    ids=str.__len__,
)
def test_hostile_yaml_is_refused_as_settings(text, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        read_settings(path, Outer)


def test_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("#" * (1 << 20) + "\n")
    with pytest.raises(ConfigError, match="too large"):
        read_settings(path, Outer)


def test_ten_thousand_keys_take_no_time(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("\n".join(f"k{i}: 1" for i in range(10_000)))
    with pytest.raises(ConfigError, match="unknown key"):
        read_settings(path, Outer)
