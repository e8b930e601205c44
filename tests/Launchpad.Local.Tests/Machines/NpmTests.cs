using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Local.Tests.Machines;

[Collection(MachineCloud.Collection)]
public sealed class NpmTests(MachineCloud cloud)
{
    [Fact]
    public async Task The_official_npm_client_does_its_ordinary_work_and_reads_what_the_product_made()
    {
        using var keys = new Keys();
        await cloud.Vms.StartCreateAsync(
            new VmRequest("product", "Standard_B1s", keys.UserData(), new Dictionary<string, string>()), CancellationToken.None);
        await cloud.RunningAsync("product");
        using var node = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(Home.Repository, "tests", "Launchpad.EndToEnd.Tests", "npm-sdks", "compute.mjs")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LAUNCHPAD_NODE_MODULES"] = Home.Npm,
                ["NODE_EXTRA_CA_CERTS"] = cloud.Context.Certificates.RootPath,
                ["IDENTITY_ENDPOINT"] = TestCloud.Address(cloud.Context.Ports.Admin, "/msi/token").ToString(),
                ["IDENTITY_HEADER"] = cloud.Context.IdentityHeader,
                ["ARM_URL"] = $"https://localhost:{cloud.Context.Ports.ResourceManager}",
                ["ARM_SUBSCRIPTION"] = ResourceManager.Arm.Subscription,
                ["ARM_GROUP"] = ResourceManager.Arm.Group,
                ["ARM_VM"] = "product",
            },
        })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        await cloud.Vms.DeleteAsync("product", CancellationToken.None);
        await cloud.GoneAsync("product");
        Assert.True(node.ExitCode == 0, await output + await errors);
    }
}
