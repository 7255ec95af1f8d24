"""What operators see: log lines and metrics.  Telemetry fails open."""
