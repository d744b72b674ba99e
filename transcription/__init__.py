"""Speech to time-stamped words, live and after the call. The only place that names vosk, faster-whisper or pydub."""
