"""Forms of the portal: they check what was typed, and say at the field what is wrong with it."""
