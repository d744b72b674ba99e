"""Claims about transcription."""
