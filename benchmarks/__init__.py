"""Measurements. They print ratios against a peer or a floor in the same run, and judge nothing by the clock."""
