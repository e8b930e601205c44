using Launchpad.Shared;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>How often and how patiently an activity is tried. What cannot be mended by trying again is not tried again.</summary>
public static class Retry
{
    /// <summary>Tables and Key Vault: quick, about 8 s in all.</summary>
    public static TaskOptions Store => Policy(attempts: 6, first: TimeSpan.FromMilliseconds(250), longest: TimeSpan.FromSeconds(4));

    /// <summary>Machines, registries and providers: about a minute in all.</summary>
    public static TaskOptions Machine => Policy(attempts: 7, first: TimeSpan.FromMilliseconds(500), longest: TimeSpan.FromSeconds(20));

    /// <summary>What a person waits for and would rather ask again than wait long.</summary>
    public static TaskOptions Ask => Policy(attempts: 2, first: TimeSpan.FromSeconds(1), longest: TimeSpan.FromSeconds(1));

    /// <summary>What must not be given up while there is hope: taking things back. About half an hour in all.</summary>
    public static TaskOptions Undo => Policy(attempts: 40, first: TimeSpan.FromMilliseconds(500), longest: TimeSpan.FromMinutes(1));

    private static TaskOptions Policy(int attempts, TimeSpan first, TimeSpan longest) =>
        TaskOptions.FromRetryPolicy(new RetryPolicy(attempts, first, backoffCoefficient: 2, maxRetryInterval: longest)
        {
            HandleFailure = failure => !failure.IsCausedBy<PermanentException>(),
        });
}
