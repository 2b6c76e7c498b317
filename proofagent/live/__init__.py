"""Looking at a batch while it runs: its journal followed as it grows, and a page that shows it on this machine."""
