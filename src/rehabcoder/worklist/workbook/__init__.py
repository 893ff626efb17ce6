"""Worklist and samples as workbooks: written with drop-downs, filled in by hand, read back with every cell checked."""
