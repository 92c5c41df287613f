"""Reading an exported list and holding it against the register: what its columns mean, what its values say."""
