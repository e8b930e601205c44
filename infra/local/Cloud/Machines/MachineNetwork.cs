using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Machines;

/// <summary>The network of one home's machines: made with the first of them, gone with the last. Its addresses are chosen here, because
/// Docker's own pools end after thirty networks, whoever made them.</summary>
internal sealed class MachineNetwork(DockerEngine docker, string home) : IDisposable
{
    private const int Networks = 256;
    private static readonly IPNetwork Pool = IPNetwork.Parse("10.214.0.0/16");

    private readonly SemaphoreSlim _turn = new(1);

    public void Dispose() => _turn.Dispose();

    /// <param name="create">Creates a container on the network of this id; until it exists nothing else keeps the network.</param>
    public async Task<Container> JoinAsync(string name, Func<string, Task<Container>> create, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var networks = await docker.NetworksAsync(Labels.Of(home), cancellationToken);
            return await create(networks is [var oldest, ..] ? oldest.Id : await CreateAsync(name, cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A container that was created and not yet started does not keep its network by itself.
            if ((await docker.ListAsync(Labels.Of(home), cancellationToken)).Count == 0)
            {
                var networks = await docker.NetworksAsync(Labels.Of(home), cancellationToken);
                await Task.WhenAll(networks.Select(network => docker.RemoveNetworkAsync(network.Id, cancellationToken)));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> CreateAsync(string name, CancellationToken cancellationToken)
    {
        await RemoveOrphansAsync(cancellationToken);
        var taken = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(each => each.GetIPProperties().UnicastAddresses)
            .Select(each => each.Address)
            .Where(Pool.Contains)
            .Select(address => address.GetAddressBytes()[2])
            .ToHashSet();
        for (var number = 0; number < Networks; number++)
        {
            // Another stack may be about to take the same one; Docker gives it to the first.
            if (!taken.Contains((byte)number)
                && await docker.CreateNetworkAsync(Specification(name, number), cancellationToken) is { } id)
            {
                return id;
            }
        }

        throw new DockerException($"all networks of {Pool} are in use");
    }

    /// <summary>A home that was deleted while its machines ran cannot say any more that it needs no network.</summary>
    private async Task RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        foreach (var network in await docker.NetworksAsync(Labels.Home, cancellationToken))
        {
            if (!Directory.Exists(network.Home) && (await docker.ListAsync(Labels.Of(network.Home), cancellationToken)).Count == 0)
            {
                await docker.RemoveNetworkAsync(network.Id, cancellationToken);
            }
        }
    }

    // Machines of different customers do not see each other.
    private JsonObject Specification(string name, int number) => new()
    {
        ["Name"] = name,
        ["Driver"] = "bridge",
        ["IPAM"] = new JsonObject { ["Config"] = new JsonArray(new JsonObject { ["Subnet"] = $"10.214.{number}.0/24" }) },
        ["Options"] = new JsonObject { ["com.docker.network.bridge.enable_icc"] = "false" },
        ["Labels"] = new JsonObject { [Labels.Home] = home },
    };
}
