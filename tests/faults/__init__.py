"""Faults, made on purpose against real processes (reliability.md, "Fault tests"). `make faults` runs them at full length."""
