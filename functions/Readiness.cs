using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Functions;

/// <summary>Nothing is served before its table exists, nor while anybody could sign the payment provider's events, nor where two
/// spellings of an address would be two accounts.</summary>
internal sealed class Readiness(Tables tables, StripeConnection stripe, BackupBlobs backups) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) =>
        "e\u0301".Normalize() == "\u00e9"
            ? Task.WhenAll(
                tables.CreateAllAsync(cancellationToken), backups.EnsureAsync(cancellationToken), stripe.CheckAsync(cancellationToken))
            : throw new InvalidOperationException(
                "Text cannot be normalized here: install ICU (libicu), and leave DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset.");

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
