"""The API server of a cluster and the internet."""

from scanner import Cloud, Cluster, Problems, Severity, rule, wide_blocks


@rule(
    "cluster-endpoint-public",
    severity=Severity.HIGH,
    passes={
        "no address on the internet": Cluster(public=False),
        "the office alone": Cluster(public=True, sources=("198.35.26.96/32",)),
    },
    fails={
        "everyone": Cluster(public=True, sources=None),
        "everyone, as a block": Cluster(public=True, sources=("0.0.0.0/0",)),
        "two halves of the internet": Cluster(public=True, sources=("0.0.0.0/1", "128.0.0.0/1")),
    },
    fix={
        Cloud.AWS: "aws eks update-cluster-config --name {name} --resources-vpc-config "
        "endpointPrivateAccess=true,endpointPublicAccess=true,publicAccessCidrs=<your-addresses>",
        Cloud.GCP: "gcloud container clusters update {name} --location <location> --enable-master-authorized-networks "
        "--master-authorized-networks <your-addresses>",
        Cloud.AZURE: "az aks update --name {name} --resource-group <resource-group> "
        "--api-server-authorized-ip-ranges <your-addresses>",
    },
    references=("https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",),
)
def cluster_endpoint_public(cluster: Cluster) -> Problems:
    """Cluster's API server answers the whole internet.

    Whoever has a stolen token or kubeconfig then needs nothing more to command every container, and a hole in the API
    server is a hole for everybody. Let it answer your VPN and your build machines only, or private networks alone.

    Blocks are added up as sets of addresses: two halves of the internet are the internet.
    """
    if not cluster.public:
        return
    if cluster.sources is None:
        yield "its API server answers the whole internet"
        return
    for family, how_much in wide_blocks(cluster.sources):
        yield f"its API server answers {how_much} (IPv{family})"
