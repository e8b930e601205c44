namespace Launchpad.Durable.Contract;

/// <summary>host.json says defaultVersion 1.9 and that this host runs what is current or older and fails what is newer.</summary>
public abstract class VersionContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(TellVersion))]
    public static string TellVersion([OrchestrationTrigger] TaskOrchestrationContext context) =>
        $"{context.Version} {Math.Sign(context.CompareVersionTo("1.10"))} {Math.Sign(context.CompareVersionTo(""))}";

    [Fact]
    public async Task A_version_is_the_default_unless_its_starter_names_another()
    {
        Assert.Equal("1.9 -1 1", await ResultAsync<string>(nameof(TellVersion)));
        var pinned = await RunAsync(nameof(TellVersion), null, new StartOrchestrationOptions { Version = "1.2" });
        Assert.Equal("1.2 -1 1", pinned.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_version_newer_than_the_host_s_fails_the_instance()
    {
        var state = await RunAsync(nameof(TellVersion), null, new StartOrchestrationOptions { Version = "2.0" });
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Equal("VersionMismatch", state.FailureDetails!.ErrorType);
    }

    [Function(nameof(ChildVersions))]
    public static async Task<string> ChildVersions([OrchestrationTrigger] TaskOrchestrationContext context) => string.Join(
        ' ',
        context.Version,
        (await context.CallSubOrchestratorAsync<string>(nameof(TellVersion))).Split(' ')[0],
        (await context.CallSubOrchestratorAsync<string>(nameof(TellVersion), null, new SubOrchestrationOptions { Version = "1.7" }))
            .Split(' ')[0]);

    [Fact]
    public async Task A_child_has_the_default_version_unless_it_is_told_another()
    {
        var state = await RunAsync(nameof(ChildVersions), null, new StartOrchestrationOptions { Version = "1.2" });
        Assert.Equal("1.2 1.9 1.7", state.ReadOutputAs<string>());
    }

    [Function(nameof(NextVersion))]
    public static string NextVersion([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.GetInput<int>() == 0)
        {
            context.ContinueAsNew(new ContinueAsNewOptions { NewInput = 1, NewVersion = "1.5" });
        }

        return context.Version;
    }

    [Fact]
    public async Task The_next_generation_may_have_another_version()
    {
        var state = await RunAsync(nameof(NextVersion), 0, new StartOrchestrationOptions { Version = "1.2" });
        Assert.Equal("1.5", state.ReadOutputAs<string>());
    }
}
