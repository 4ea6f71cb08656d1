"""Keys of the viewer: viser's own commands, and a few lines in the page that keep other uses of the keys out.

viser moves its camera by the arrows and by A, D, E, Q, S and W, whatever a command does with them, and a slider or
button that was clicked keeps the keyboard for itself. Both would make a key do two things. The page is therefore
told to leave the camera A, D, E, Q and W only, and the arrows to a slider that was reached with the tab key, and to
let go of what was clicked with the mouse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import viser

KEPT = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "KeyS")
"""Keys (`KeyboardEvent.code`) that the camera does not get."""
SCRIPT = """
if (!window.myoshiftKeys) {
  window.myoshiftKeys = true;
  const kept = new Set(%s);
  // viser's commands listen on the root element, its camera on the document above it.
  document.documentElement.addEventListener("keydown", (event) => {
    if (kept.has(event.code)) event.stopPropagation();
  });
  const sliders = ".mantine-Slider-root";
  document.body.addEventListener("keydown", (event) => {
    if (event.target.closest(sliders) && event.code.startsWith("Arrow")) event.stopPropagation();
  });
  document.addEventListener("click", (event) => {
    if (event.detail === 0) return;  // made by a key
    const held = document.activeElement;
    const chosen = event.target.closest("[role=option]");
    if (chosen || held.matches("button, input[type=checkbox]") || held.closest(sliders)) held.blur();
  });
}
"""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key, what it does in words, and the change that it makes."""

    key: str
    label: str
    does: Callable[[], None]


def bind(server: viser.ViserServer, keys: tuple[Key, ...]) -> None:
    """Let keys do something in every browser that is connected, and list them under Ctrl-K."""
    from viser import _messages

    names = ", ".join(f'"{code}"' for code in KEPT)
    server._websock_server.queue_message(_messages.RunJavascriptMessage(source=SCRIPT % f"[{names}]"))
    for each in keys:
        command = server.gui.add_command(each.label, hotkey=cast(Any, each.key))
        command.on_trigger(_doing(each.does))


def _doing(does: Callable[[], None]) -> Callable[[Any], None]:
    return lambda event: does()
