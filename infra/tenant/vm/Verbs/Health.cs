using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Looks at a container until it is ready, has ended, or the caller's patience has.</summary>
internal static class Health
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(50);

    // Docker takes longer to answer than the bot, and the bot needs the processor.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // A bot at work may be slow to answer; one that ended does not answer at all.
    private const int MissesMax = 3;

    public static async Task<HealthResult> RunAsync(HealthRequest request)
    {
        var state = Find(request.Deployment);
        var clock = Stopwatch.StartNew();
        using var docker = new DockerEngine();
        using var bot = new Bot(state);
        var seen = await BecomesReadyAsync(request, state, docker, bot, clock);
        if (seen.Ready && request.HoldSeconds > 0)
        {
            seen = await StaysReadyAsync(request, state, docker, bot, seen);
        }

        return seen with
        {
            LastLines = seen.Ready ? null : await Logs.LastAsync(docker, request.Deployment),
            Storage = Volume.Storage(Paths.Of(request.Deployment)),
            MachineRestarted = Secrets.Version(Paths.Of(request.Deployment)) is null,
        };
    }

    private static async Task<HealthResult> BecomesReadyAsync(
        HealthRequest request, DeploymentState state, DockerEngine docker, Bot bot, Stopwatch clock)
    {
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

    /// <summary>Answers at the end of the time, or at once when the bot ended: an end counts also when Docker has started it
    /// again.</summary>
    private static async Task<HealthResult> StaysReadyAsync(
        HealthRequest request, DeploymentState state, DockerEngine docker, Bot bot, HealthResult first)
    {
        var misses = 0;
        var hold = HoldFor(request, first.StartedAt, DateTimeOffset.UtcNow);
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(LookEvery))
        {
            misses = await bot.IsReadyAsync() ? 0 : misses + 1;
            var container = await Container.FindAsync(docker, request.Deployment) ?? throw NotFound(request.Deployment);
            var result = Describe(container, state, ready: misses < MissesMax);
            if (!result.Ready || result.Restarts > first.Restarts)
            {
                return result with { Ready = false };
            }

            if (clock.Elapsed >= hold)
            {
                return result;
            }
        }
    }

    /// <summary>How much longer a bot that is ready has to stay so.</summary>
    internal static TimeSpan HoldFor(HealthRequest request, DateTimeOffset? startedAt, DateTimeOffset now)
    {
        var whole = TimeSpan.FromSeconds(request.HoldSeconds);
        var age = request.FromStart && startedAt is { } started ? now - started : TimeSpan.Zero;
        return TimeSpan.FromTicks(Math.Clamp((whole - age).Ticks, whole.Ticks / 2, whole.Ticks));
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
