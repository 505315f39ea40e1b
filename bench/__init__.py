"""Speed and memory as ratios to a plain peer in the same run: `python -m bench [--quick]`."""
