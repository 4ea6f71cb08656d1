"""A predictor put to use on a lab's own files, and what is found on the way: delays."""

from myoshift.deploy.files import predict_file, read_motion

__all__ = ["predict_file", "read_motion"]
