"""``python -m core_integrator`` is the command ``integrator``."""

from core_integrator.cli import main

if __name__ == "__main__":
    main()
