"""What every station agrees on: configuration, paths, the plan of a run and the landed schemas."""
