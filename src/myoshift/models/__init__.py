"""Networks: motion normalisation as the first layer, encoder, muscle head, montage; saved and streamed."""

from myoshift.models.network import Memory, Network
from myoshift.models.saved import SavedNetwork
from myoshift.models.stream import Stream, step_seconds

__all__ = ["Memory", "Network", "SavedNetwork", "Stream", "step_seconds"]
