using System.Diagnostics;
using System.Globalization;
using Launchpad.Local;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Storage;
using Launchpad.Processes;

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

    /// <summary>Compiled strictly first: what the document promises has the types that the story needs.</summary>
    [Fact]
    public async Task A_client_that_is_made_of_the_document_walks_a_customers_story()
    {
        var folder = Directory.CreateTempSubdirectory("launchpad-client-").FullName;
        try
        {
            // Beside the packages, where imports find them.
            foreach (var name in (string[])["generate.mjs", "story.ts"])
            {
                File.Copy(Script(name), Path.Combine(folder, name));
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{ "type": "module" }""");
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Home.Npm);
            Assert.Equal("", await RunAsync([Path.Combine(folder, "generate.mjs"), Repository.File("docs", "openapi.json"), Path.Combine(folder, "client")], []));
            Assert.Equal("", await RunAsync(
                [
                    Path.Combine(Home.Npm, "typescript", "bin", "tsc"), "--strict", "--target", "es2022", "--module", "nodenext",
                    "--lib", "es2022,dom,dom.iterable", "--types", "node", "--typeRoots", Path.Combine(Home.Npm, "@types"),
                    "--outDir", Path.Combine(folder, "out"), Path.Combine(folder, "story.ts"),
                ],
                []));
            File.Copy(Path.Combine(folder, "package.json"), Path.Combine(folder, "out", "package.json"));
            Assert.Equal("ok", await RunAsync([Path.Combine(folder, "out", "story.js")], new() { ["CONTROL_PLANE"] = stack.ControlPlane.ToString() }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Script(string name) => Path.Combine(Home.Repository, "tests", "Launchpad.EndToEnd.Tests", "npm-sdks", name);

    private async Task<string> NodeAsync(string script, string deployment, string token)
    {
        var ports = stack.Ports;
        return await RunAsync(
            [Script(script)],
            new()
            {
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
            });
    }

    /// <returns>What it says.</returns>
    private static async Task<string> RunAsync(IReadOnlyList<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LAUNCHPAD_NODE_MODULES"] = Home.Npm },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        return (await output + await errors).Trim();
    }
}
