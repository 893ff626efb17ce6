"""Reports on a worklist: one self-contained page, a workbook, and the memo of an audit."""
