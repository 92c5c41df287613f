"""Paper: what goes out printed (blank forms with their heads, slips, the filled official forms, registers, the bundle an
inspection asks for) and what comes back signed (the batch entry of paper forms by number keys)."""
