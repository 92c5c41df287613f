"""What `make bench` runs: a province of made-up people in a database of its own, and the cost of each daily act in it."""
