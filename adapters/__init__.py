"""What the hub is built on: stores behind the ports of ``core_integrator.contracts``."""
