"""What a caller hears, as data, and the pure machine that runs it.

Nothing here touches a telephone, a file at call time, or a clock.
"""
