"""Tables of models, made from simulators that users need not have."""
