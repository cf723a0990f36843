"""One line for each check."""


def check(name, found, expected):
    """Prints whether what was found is what was expected."""
    if found == expected:
        print(f"ok {name}", flush=True)
    else:
        print(f"not ok {name}: {found!r} instead of {expected!r}", flush=True)
