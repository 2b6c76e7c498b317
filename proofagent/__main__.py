"""`python -m proofagent`."""

from proofagent.cli.main import main

main()
