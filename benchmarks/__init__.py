"""The measurements of the design's performance targets, one command each (`python -m benchmarks.p4_filters`)."""
