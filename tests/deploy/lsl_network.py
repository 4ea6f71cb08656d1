"""LSL on this machine alone, and a sender of joint angles in a thread."""

import os
import threading
import time
import uuid
from contextlib import contextmanager

import numpy as np

LABELS = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")


def alone(folder):
    """Name a configuration in which nothing leaves this machine, and others on it are not heard."""
    path = folder / "lsl_api.cfg"
    path.write_text(
        f"[ports]\nIPv6 = disable\n[multicast]\nResolveScope = machine\n[lab]\nKnownPeers = {{127.0.0.1}}\n"
        f"SessionID = {uuid.uuid4().hex}\n[log]\nlevel = -3\n"
    )
    os.environ["LSLAPICFG"] = str(path)


def outlet(name, labels=LABELS, unit="rad", rate=100.0, channels=None, kind=1, source="sender"):
    """An outlet whose channels are described by labels and a unit."""
    import pylsl

    info = pylsl.StreamInfo(name, "kinematics", channels or len(labels), rate, kind, f"{source}-{name}")
    listed = info.desc().append_child("channels")
    for label in labels:
        channel = listed.append_child("channel")
        channel.append_child_value("label", label)
        if unit:
            channel.append_child_value("unit", unit)
    return pylsl.StreamOutlet(info)


def walking(t):
    """Three joint angles (rad) at a time."""
    return np.array([0.3 + 0.4 * np.sin(5 * t), 0.6 + 0.5 * np.cos(5 * t), 0.1 * np.sin(10 * t)])


@contextmanager
def sending(out, seconds, rate=100.0, sample=walking, skip=(), shift=None):
    """Samples every 1 / rate s in a thread, each stamped with the time at which it is due; their stamps as a list."""
    import pylsl

    stamps, stop = [], threading.Event()

    def send():
        begun = pylsl.local_clock()
        while not out.have_consumers() and not stop.is_set():
            time.sleep(0.01)
            begun = pylsl.local_clock()
        for k in range(round(seconds * rate)):
            due = begun + k / rate
            if stop.wait(max(due - pylsl.local_clock(), 0)):
                return
            if k not in skip:
                stamp = due + (shift(k) if shift else 0.0)
                stamps.append(stamp)
                out.push_sample([float(v) for v in sample(stamp)], stamp)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield stamps
    finally:
        stop.set()
        thread.join()
