using System.Globalization;
using System.Net;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>A bridge of its own for every deployment, with room for exactly one container.</summary>
internal static class Network
{
    /// <summary>All tenant networks of a VM. The VM's own network must not overlap it.</summary>
    public static readonly IPNetwork Pool = IPNetwork.Parse("10.213.0.0/16");

    /// <summary>Begins the name of every tenant's bridge; the firewall goes by it.</summary>
    public const string BridgePrefix = "lpad";

    private const int SlotsMax = 1 << 14;

    public static string NameOf(string deployment) => $"launchpad-{deployment}";
    public static string BridgeOf(int slot) => BridgePrefix + slot.ToString(CultureInfo.InvariantCulture);
    public static string SubnetOf(int slot) => $"{Address(slot, 0)}/30";
    public static string GatewayOf(int slot) => Address(slot, 1);
    public static string AddressOf(int slot) => Address(slot, 2);

    /// <summary>The lowest number that no deployment of this VM uses.</summary>
    public static int FreeSlot(IEnumerable<DeploymentState> states)
    {
        var used = states.Select(state => state.Slot).OfType<int>().ToHashSet();
        return Enumerable.Range(0, SlotsMax).Cast<int?>().FirstOrDefault(slot => !used.Contains(slot!.Value))
            ?? throw new VmFailure(
                VmErrorCode.NetworkFailed, "The VM has no network left for another deployment; place it on another VM.", retryable: false);
    }

    public static async Task<string?> ConvergeAsync(DockerEngine docker, string deployment, int slot, Func<Task> release)
    {
        var name = NameOf(deployment);
        var present = await docker.FindAsync($"networks/{name}", DockerJson.Default.DockerNetwork);
        if (present is not null)
        {
            if (present.IPAM.Config is [{ } subnet] && subnet.Subnet == SubnetOf(slot))
            {
                return null;
            }

            await release();
            await docker.DeleteAsync($"networks/{present.Id}");
        }

        try
        {
            await docker.PostAsync("networks/create", Describe(deployment, slot), DockerJson.Default.CreateNetwork);
        }
        catch (DockerException error)
        {
            throw new VmFailure(
                VmErrorCode.NetworkFailed, $"Docker did not create the network {SubnetOf(slot)}: {error.Message}", retryable: true);
        }

        return SubnetOf(slot);
    }

    private static CreateNetwork Describe(string deployment, int slot) => new(
        NameOf(deployment),
        new Ipam([new IpamSubnet(SubnetOf(slot), GatewayOf(slot))]),
        new Dictionary<string, string>
        {
            ["com.docker.network.bridge.name"] = BridgeOf(slot),
            ["com.docker.network.bridge.enable_icc"] = "false",
        },
        new Dictionary<string, string> { [Container.DeploymentLabel] = deployment });

    private static string Address(int slot, int offset)
    {
        var bytes = Pool.BaseAddress.GetAddressBytes();
        var number = (slot * 4) + offset;
        bytes[2] = (byte)(number >> 8);
        bytes[3] = (byte)number;
        return new IPAddress(bytes).ToString();
    }
}
