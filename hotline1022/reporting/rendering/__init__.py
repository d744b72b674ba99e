"""Reports as files: each format has its module. Nothing here computes a figure; it writes what a ``Report`` holds."""
