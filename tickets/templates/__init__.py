"""Ready words: what the hotline and each agency say again and again, on which basis, until when."""
