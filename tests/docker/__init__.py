"""The containers' recipes as far as a machine without a container engine can prove them. What it cannot is named in docs/operations.md."""
