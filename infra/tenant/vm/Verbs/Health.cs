using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Looks at a container until it is ready, has ended, or the caller's patience has.</summary>
internal static class Health
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(50);

    // Docker takes longer to answer than the bot, and the bot needs the processor.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static async Task<HealthResult> RunAsync(HealthRequest request)
    {
        var state = Find(request.Deployment);
        var clock = Stopwatch.StartNew();
        using var docker = new DockerEngine();
        using var bot = new Bot(state);
        var patience = TimeSpan.FromSeconds(request.WaitSeconds);
        for (var nextLook = TimeSpan.Zero; ; await Task.Delay(ProbeEvery))
        {
            var ready = await bot.IsReadyAsync();
            if (!ready && clock.Elapsed < nextLook)
            {
                continue;
            }

            var container = await Container.FindAsync(docker, request.Deployment) ?? throw NotFound(request.Deployment);
            var result = Describe(container, state, ready);
            if (result.Ready || !result.Running || clock.Elapsed >= patience)
            {
                return result;
            }

            var later = clock.Elapsed + LookEvery;
            nextLook = later < patience ? later : patience;
        }
    }

    /// <summary>A deployment that has a network, and so may have a container.</summary>
    public static DeploymentState Find(string deployment) =>
        DeploymentState.Read(deployment) is { Slot: not null } state ? state : throw NotFound(deployment);

    public static VmFailure NotFound(string deployment) =>
        new(VmErrorCode.NotFound, $"The VM has no container of {deployment}; apply it first.", retryable: false);

    internal static HealthResult Describe(DockerContainer container, DeploymentState state, bool ready)
    {
        // Between two attempts Docker calls a container both restarting and running.
        var running = container.State is { Running: true, Restarting: false };
        var hasEnded = container.State.FinishedAt.Year > 1;
        return new HealthResult(
            running,
            running && ready,
            container.State.StartedAt.Year > 1 ? container.State.StartedAt : null,
            hasEnded ? container.State.ExitCode : null,
            container.State.OOMKilled,
            container.RestartCount,
            state.Image);
    }
}
