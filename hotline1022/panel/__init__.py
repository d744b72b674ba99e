"""The service's side of the panel in the browser: its page and files, the websocket of what happens, the way to the telephone."""
