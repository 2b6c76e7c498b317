"""A run as a follower sees it."""

from proofagent.live.follow import Follower


def looked(folder):
    follower = Follower(folder)
    while follower.look():
        pass
    return follower


def view_of(folder):
    return looked(folder).now()


def small(batch):
    """Two goals, one of them proved in the second try, the other at work."""
    batch.known(0)
    batch.known(1)
    batch.begin(0)
    batch.at += 5
    batch.end(0, "unproved")
    batch.begin(0, 10.0)
    batch.begin(1, 10.0)
    batch.at += 3
    batch.call(0)
    batch.end(0)
