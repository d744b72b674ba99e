"""What a province changes without a programmer: rule files, flows, prompts and their sounds. No rule of a context is written here."""
