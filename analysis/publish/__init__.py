"""From facts, exhibits and chapters to the published report; `steps` holds the steps that the workflow calls."""
