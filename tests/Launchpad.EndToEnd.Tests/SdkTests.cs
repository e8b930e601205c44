using System.Diagnostics;
using System.Globalization;
using Launchpad.Local;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Storage;

namespace Launchpad.EndToEnd.Tests;

/// <summary>The official npm packages read what our own code wrote.</summary>
[Collection(OnOneStack.Name)]
public sealed class SdkTests(OnOneStack.Fixture fixture)
{
    private readonly Stack stack = fixture.Stack;

    [Fact]
    public async Task The_official_packages_read_what_the_product_wrote()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        var token = await customer.GatewayTokenAsync(deployment, Stack.Within(1));
        Assert.Equal("ok", await NodeAsync("product.mjs", deployment, token));
        await customer.DeletedAsync(deployment);
    }

    private async Task<string> NodeAsync(string script, string deployment, string token)
    {
        var ports = stack.Ports;
        using var node = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(Home.Repository, "tests", "Launchpad.EndToEnd.Tests", "npm-sdks", script)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LAUNCHPAD_NODE_MODULES"] = Home.Npm,
                ["NODE_EXTRA_CA_CERTS"] = stack.CaPath,
                ["IDENTITY_ENDPOINT"] = $"http://127.0.0.1:{ports.Admin}/msi/token",
                ["IDENTITY_HEADER"] = Convert.ToHexStringLower(await File.ReadAllBytesAsync(Path.Combine(stack.Home, "cloud", "identity-header.key"))),
                ["KEY_VAULT_URL"] = $"https://localhost:{ports.KeyVault}",
                ["STORAGE_CONNECTION"] = StorageService.ConnectionString(ports),
                ["ARM_ENDPOINT"] = $"https://localhost:{ports.ResourceManager}",
                ["ARM_SCOPE"] = Arm.Audience + ".default",
                ["SUBSCRIPTION_ID"] = Arm.Subscription,
                ["RESOURCE_GROUP"] = Arm.Group,
                ["STRIPE_PORT"] = ports.Stripe.ToString(CultureInfo.InvariantCulture),
                ["DEPLOYMENT"] = deployment,
                ["GATEWAY_TOKEN"] = token,
            },
        })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        return (await output + await errors).Trim();
    }
}
