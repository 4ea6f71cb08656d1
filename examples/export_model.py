"""A model for programs without Python: ONNX, for whole recordings and for one frame at a time.

python examples/export_model.py
"""

from pathlib import Path

import numpy as np
import onnxruntime

from myoshift import export_onnx
from myoshift.predictor import shipped

for file in export_onnx(shipped.folder(causal=True), Path("muscles.onnx"), Path("muscles-step.onnx")):
    print(file)
session = onnxruntime.InferenceSession("muscles.onnx")
motion = np.zeros((1, 100, session.get_inputs()[0].shape[-1]), np.float32)
outputs = session.run(None, {session.get_inputs()[0].name: motion})
print({port.name: value.shape for port, value in zip(session.get_outputs(), outputs, strict=True)})
