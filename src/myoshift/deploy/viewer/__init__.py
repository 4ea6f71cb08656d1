"""A body in motion whose muscles are coloured by activation, live in a browser or as a page that needs no server."""
