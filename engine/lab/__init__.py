"""What judges and never serves: trials, rivals, ablations, comparisons."""
