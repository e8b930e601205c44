using System.Diagnostics;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>The official npm package does its ordinary work against the pocket Stripe, and reads what the gateway wrote.</summary>
public sealed class NpmStripeTests(StripeStack stack) : IClassFixture<StripeStack>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_official_package_cannot_tell()
    {
        var subscription = await stack.BuyAsync(StripeStack.Order("dep_npm"));
        var start = new ProcessStartInfo("node")
        {
            ArgumentList = { Path.Combine(Home.Repository, "tests", "Launchpad.EndToEnd.Tests", "npm-sdks", "stripe.mjs") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LAUNCHPAD_NODE_MODULES"] = Home.Npm,
                ["STRIPE_PORT"] = $"{stack.Context.Ports.Stripe}",
                ["STRIPE_KEY"] = stack.ApiKey,
                ["STRIPE_SUBSCRIPTION"] = subscription,
            },
        };

        using var node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(patience.Token), node.StandardError.ReadToEndAsync(patience.Token));
        await node.WaitForExitAsync(patience.Token);

        Assert.True(node.ExitCode == 0, $"{await output}\n{await errors}");
        Assert.EndsWith("ok\n", await output, StringComparison.Ordinal);
    }
}
