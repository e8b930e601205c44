using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A route whose certificate a public authority signs, as the machine's own Caddy takes it. None is reached from here.</summary>
[Collection(MachineCollection.Name)]
public sealed class RouteTests(Machine machine)
{
    private const string Bot = "dep_01PUBLIC";

    [Theory]
    [InlineData("ops@example.com")]
    [InlineData(null)]
    public async Task Caddy_takes_the_authorities_and_keeps_them_as_they_are(string? email)
    {
        var request = Desired.State(Bot, machine.Image) with { Route = new VmRoute("bot.example.com", TlsIssuer.Acme, email) };
        await machine.ApplyAsync(request);
        Assert.False((await machine.ApplyAsync(request)).Result.Changed);
        await machine.RemoveAsync(Bot);
    }
}
