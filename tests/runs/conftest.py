"""What tests of runs share."""

import pytest


@pytest.fixture(scope="module")
def two_nodes():
    """A Ray cluster of two nodes on this machine, the second of which may be killed."""
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    assert ray
    # Its own files, which are many, go where paths are short enough for its sockets.
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.second = cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()
