"""The keys of a deployment: making new ones, going over to them, taking old ones away."""
