"""A predictor put to use on a lab's own files."""

from myoshift.deploy.files import predict_file, read_motion

__all__ = ["predict_file", "read_motion"]
