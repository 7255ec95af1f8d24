"""``python -m core_integrator`` is the command ``integrator``."""

import gc

# What is imported stays; to look through it for garbage again and again would take a fifth of the start.
gc.disable()

from core_integrator.cli import main  # noqa: E402 - after the line above on purpose

gc.enable()

if __name__ == "__main__":
    main()
