using System.Diagnostics;
using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Images;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Staff;

/// <summary>Asks a service something small, and says how it answered.</summary>
internal static class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <param name="kind">Of the service.</param>
    /// <param name="name">Of the service, for people.</param>
    /// <param name="ask">What it throws says that there is no answer; any that comes will do.</param>
    /// <param name="ct">Stops the wait.</param>
    public static Task<StaffNodeView> RunAsync(StaffNodeKind kind, string name, Func<CancellationToken, Task> ask, CancellationToken ct) =>
        LookAsync(
            kind, name,
            async stop =>
            {
                await ask(stop);
                return null;
            },
            ct);

    /// <param name="kind">Of the service.</param>
    /// <param name="name">Of the service, for people.</param>
    /// <param name="ask">Returns what is wrong with the answer; null for nothing. What it throws says that there is none.</param>
    /// <param name="ct">Stops the wait.</param>
    public static async Task<StaffNodeView> LookAsync(
        StaffNodeKind kind, string name, Func<CancellationToken, Task<string?>> ask, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        var began = Stopwatch.GetTimestamp();
        try
        {
            // Not every client lets go when it is told to.
            var wrong = await ask(limit.Token).WaitAsync(Patience, ct);
            var took = Stopwatch.GetElapsedTime(began);
            return wrong is not null ? StaffNodeView.Of(kind, StaffNodeState.Warn, name, wrong)
                : StaffNodeView.Of(
                    kind, took > Slow ? StaffNodeState.Warn : StaffNodeState.Ok, name, $"Answered in {took.TotalMilliseconds:0} ms.");
        }
        catch (Exception silent) when (!ct.IsCancellationRequested)
        {
            // The words of an exception may have an address or a key in them.
            var why = silent is OperationCanceledException or TimeoutException
                ? $"No answer within {Patience.TotalSeconds:0} s."
                : "It does not answer as it should.";
            return StaffNodeView.Of(kind, StaffNodeState.Bad, name, why);
        }
    }
}

/// <summary>What runs in the same place: the API, which answers as it asks, and the engine.</summary>
public sealed class InsideProbes(Tables tables)
{
    private const string Nothing = "nothing-of-this-name";

    public async Task<IReadOnlyList<StaffNodeView>> NowAsync(DurableTaskClient client, CancellationToken ct) => await Task.WhenAll(
        Task.FromResult(StaffNodeView.Of(StaffNodeKind.Api, StaffNodeState.Ok, "API", "This came from it.")),
        Probe.RunAsync(
            StaffNodeKind.Engine, "Engine",
            stop => client.GetInstanceAsync(Nothing, getInputsAndOutputs: false, stop), ct),
        Probe.RunAsync(
            StaffNodeKind.Storage, "Storage",
            stop => tables.Accounts.FindAsync(Nothing, Nothing, stop), ct));
}

/// <summary>What is paid by the request or far away, and so is asked for all who look at once.</summary>
public sealed class OutsideProbes(SecretVault vault, StripeConnection payments, RegistryTag registry, TimeProvider clock) : IDisposable
{
    private const string Nothing = "nothing-of-this-name";
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim gate = new(1);
    private (DateTimeOffset At, IReadOnlyList<StaffNodeView>? Seen) known;

    public async Task<(IReadOnlyList<StaffNodeView> Seen, DateTimeOffset At)> NowAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var now = clock.GetUtcNow();
            if (known.Seen is null || now - known.At > KnownFor)
            {
                known = (now, await AskAsync(ct));
            }

            return (known.Seen!, known.At);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<IReadOnlyList<StaffNodeView>> AskAsync(CancellationToken ct) => await Task.WhenAll(
        Probe.RunAsync(StaffNodeKind.Vault, "Vault", stop => vault.GetAsync(Nothing, stop), ct),
        Probe.RunAsync(StaffNodeKind.Payments, "Payment provider", payments.AskAsync, ct),
        Probe.LookAsync(StaffNodeKind.Registry, "Registry", registry.WhatIsWrongAsync, ct));
}

/// <summary>The image that is sold, where it is fetched from.</summary>
public sealed class RegistryTag(RegistryClient registry, IOptions<ImageOptions> options)
{
    /// <summary>Null when the registry has it.</summary>
    public async Task<string?> WhatIsWrongAsync(CancellationToken ct) =>
        await registry.FindManifestAsync(options.Value.Repository, options.Value.Tag, ct) is null
            ? $"It answers, and has no image with the tag {options.Value.Tag}."
            : null;
}
