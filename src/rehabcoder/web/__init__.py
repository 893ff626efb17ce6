"""The review page: a local web page on the worklist, worked by keyboard."""
