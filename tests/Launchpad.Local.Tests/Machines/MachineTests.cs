using System.Text.Json.Nodes;
using Azure;
using Azure.ResourceManager.Compute;
using Launchpad.Local.Faults;
using Launchpad.Local.Machines;
using Launchpad.Shared.Vms;

namespace Launchpad.Local.Tests.Machines;

[Collection(MachineCloud.Collection)]
public sealed class MachineTests(MachineCloud cloud) : IDisposable
{
    private const string Size = "Standard_B1ms";
    private readonly Keys _keys = new();

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_machine_boots_with_the_host_key_that_was_ordered_outlives_its_cloud_and_leaves_nothing()
    {
        await CreateAsync("life");
        var born = await cloud.RunningAsync("life");
        Assert.Equal("dep-1", born.Tags["launchpad"]);
        Assert.Equal((0, "life\n"), await SshAsync(born, "hostname"));
        Assert.Equal((0, "1\n"), await SshAsync(born, "wc -l < .ssh/authorized_keys"));
        Assert.DoesNotContain(_keys.HostPrivate.Split('\n')[2], await StateAsync(), StringComparison.Ordinal);
        await SshAsync(born, "echo kept > note");

        await cloud.KillAsync();
        await cloud.StartAsync();
        Assert.Equal(born, await cloud.RunningAsync("life"), SameMachine);
        Assert.Equal((0, "kept\n"), await Eventually.Async(() => SshAsync(born, "cat note"), seen => seen.ExitCode == 0));

        await cloud.StopAsync();
        await cloud.StartAsync();
        Assert.Equal((0, "kept\n"), await Eventually.Async(() => SshAsync(born, "cat note"), seen => seen.ExitCode == 0));

        await cloud.Vms.DeleteAsync("life", CancellationToken.None);
        await cloud.GoneAsync("life");
        await cloud.Vms.DeleteAsync("life", CancellationToken.None);
        Assert.Empty(await cloud.ContainersAsync());
        Assert.Equal(255, (await SshAsync(born, "true")).ExitCode);
        Assert.Null(await cloud.Vms.FindAsync("life", CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(250)]
    [InlineData(700)]
    public async Task A_creation_that_was_cut_short_is_completed_once(int milliseconds)
    {
        var name = $"cut-{milliseconds}";
        await CreateAsync(name);
        await Task.Delay(milliseconds);
        await cloud.KillAsync();
        await cloud.StartAsync();
        await CreateAsync(name);
        var state = await cloud.RunningAsync(name);
        Assert.Equal(0, (await SshAsync(state, "true")).ExitCode);
        Assert.Single(await cloud.ContainersAsync(), one => one.EndsWith(name, StringComparison.Ordinal));

        await cloud.Vms.DeleteAsync(name, CancellationToken.None);
        await Task.Delay(milliseconds / 10);
        await cloud.KillAsync();
        await cloud.StartAsync();
        await cloud.GoneAsync(name);
        Assert.DoesNotContain(await cloud.ContainersAsync(), one => one.EndsWith(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Power_states_and_long_running_operations_are_what_the_official_client_expects()
    {
        await CreateAsync("power");
        await cloud.RunningAsync("power");
        var machine = cloud.Arm.GetVirtualMachineResource(VirtualMachineResource.CreateResourceIdentifier(
            cloud.Options.SubscriptionId, cloud.Options.ResourceGroup, "power"));

        await machine.DeallocateAsync(WaitUntil.Completed);
        Assert.Equal("deallocated", (await cloud.Vms.FindAsync("power", CancellationToken.None))!.PowerState);
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestFailedException>(() => machine.RestartAsync(WaitUntil.Completed))).Status);
        await machine.PowerOnAsync(WaitUntil.Completed);
        await machine.RestartAsync(WaitUntil.Completed);
        await machine.PowerOffAsync(WaitUntil.Completed);
        var view = (await machine.InstanceViewAsync()).Value;
        Assert.Equal(["ProvisioningState/succeeded", "PowerState/stopped"], view.Statuses.Select(status => status.Code));
        await machine.DeleteAsync(WaitUntil.Completed);
        Assert.Equal("ResourceNotFound", (await Assert.ThrowsAsync<RequestFailedException>(() => machine.GetAsync())).ErrorCode);
    }

    [Fact]
    public async Task A_machine_that_ends_by_itself_is_started_again()
    {
        await CreateAsync("phoenix");
        var born = await cloud.RunningAsync("phoenix");
        await SshAsync(born, "sudo kill -9 -- $(pgrep -x machine)");
        var back = await Eventually.Async(() => SshAsync(born, "cut -d. -f1 /proc/uptime"), seen => seen.ExitCode == 0);
        Assert.Equal(0, back.ExitCode);
        await cloud.Vms.DeleteAsync("phoenix", CancellationToken.None);
        await cloud.GoneAsync("phoenix");
    }

    [Fact]
    public async Task The_network_of_a_deleted_home_is_given_back_and_addresses_are_never_shared()
    {
        var gone = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var orphan = new JsonObject
        {
            ["Name"] = "orphan",
            ["IPAM"] = new JsonObject { ["Config"] = new JsonArray(new JsonObject { ["Subnet"] = "10.214.255.0/24" }) },
            ["Labels"] = new JsonObject { [Labels.Home] = gone },
        };
        Assert.NotNull(await cloud.Docker.CreateNetworkAsync(orphan, CancellationToken.None));
        Assert.Null(await cloud.Docker.CreateNetworkAsync(orphan.DeepClone().AsObject(), CancellationToken.None));

        await CreateAsync("tidy");
        await cloud.RunningAsync("tidy");
        Assert.Empty(await cloud.Docker.NetworksAsync(Labels.Of(gone), CancellationToken.None));
        Assert.Single(await cloud.Docker.NetworksAsync(Labels.Of(cloud.Context.Home.Root), CancellationToken.None));
        await cloud.Vms.DeleteAsync("tidy", CancellationToken.None);
        await cloud.GoneAsync("tidy");
        Assert.Empty(await cloud.Docker.NetworksAsync(Labels.Of(cloud.Context.Home.Root), CancellationToken.None));
    }

    [Theory]
    [InlineData(FaultKind.Throttle)]
    [InlineData(FaultKind.FailBefore)]
    [InlineData(FaultKind.FailAfter)]
    [InlineData(FaultKind.Duplicate)]
    [InlineData(FaultKind.Timeout)]
    public async Task One_order_makes_one_machine_whatever_becomes_of_its_calls(FaultKind kind)
    {
        var name = $"fault-{kind}".ToLowerInvariant();
        await cloud.FaultAsync(new FaultRule("arm", kind, "PUT", Count: 1), new FaultRule("arm", kind, "DELETE", Count: 1));
        await CreateAsync(name);
        var state = await cloud.RunningAsync(name);
        Assert.Equal(0, (await SshAsync(state, "true")).ExitCode);
        Assert.Single(await cloud.ContainersAsync(), one => one.EndsWith(name, StringComparison.Ordinal));
        await cloud.Vms.DeleteAsync(name, CancellationToken.None);
        await cloud.GoneAsync(name);
        Assert.DoesNotContain(await cloud.ContainersAsync(), one => one.EndsWith(name, StringComparison.Ordinal));
        await cloud.FaultAsync();
    }

    private static readonly Comparer SameMachine = new();

    private Task CreateAsync(string name) => cloud.Vms.StartCreateAsync(
        new VmRequest(name, Size, _keys.UserData(), new Dictionary<string, string> { [VmGateway.Tag] = "dep-1" }), CancellationToken.None);

    private Task<(int ExitCode, string Output)> SshAsync(VmState machine, string command) =>
        _keys.SshAsync(machine.Address!, cloud.Ports.Ssh, command);

    private Task<string> StateAsync() => File.ReadAllTextAsync(cloud.Context.Home.StatePath("arm"));

    private sealed class Comparer : IEqualityComparer<VmState>
    {
        public bool Equals(VmState? one, VmState? other) => (one?.Name, one?.Address) == (other?.Name, other?.Address);

        public int GetHashCode(VmState state) => state.Name.GetHashCode(StringComparison.Ordinal);
    }
}
