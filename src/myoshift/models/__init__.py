"""Networks: motion normalisation as the first layer, encoder, muscle head, montage; saved and streamed."""
