"""The library as a server of the Model Context Protocol: tools for coding agents, over standard input and output.

Nothing outside of this package imports the protocol's SDK, which is an optional extra; nothing in here decides whether
a proof is one: that is for the gate (`check.gate`), whose words the tools pass on.
"""
