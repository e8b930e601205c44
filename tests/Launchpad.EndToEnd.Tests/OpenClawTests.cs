using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>The demonstration, with the real OpenClaw.</summary>
public sealed class OpenClawTests : IAsyncLifetime
{
    private readonly Stack stack = new(slot: 5, image: "openclaw");

    public Task InitializeAsync() => stack.UpAsync();

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task The_demonstration_ends_with_a_real_OpenClaw_answering_at_its_own_address()
    {
        var report = await stack.DemoAsync();
        Assert.True(report.Ok);
        Assert.NotEqual("", report.Answer);
        Assert.StartsWith("https://", report.Url, StringComparison.Ordinal);
        Assert.True(report.BareBootMs > 0 && report.PaidToRunningMs > 0);
        Assert.Contains(report.Steps, step => step.Name == "health");
    }
}
