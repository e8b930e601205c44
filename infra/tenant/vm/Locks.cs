using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// One verb at a time per deployment, and one at a time at what all of them share (numbers, firewall, routes). The kernel frees a lock when
/// its holder dies. The empty lock files stay: removing one would let two holders lock different files of the same name.
/// </summary>
internal static class Locks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task<IDisposable> DeploymentAsync(string deployment) => AcquireAsync(deployment);

    /// <summary>Null when somebody has it: for what is not worth waiting for.</summary>
    public static IDisposable? TryDeployment(string deployment) => Try(deployment);

    /// <inheritdoc cref="TryDeployment"/>
    public static IDisposable? TryVm() => Try("vm");

    /// <summary>One at a time per deployment, beside its other verbs. No deployment's id has a point in it. Taken before the deployment's
    /// own.</summary>
    public static Task<IDisposable> BackupAsync(string deployment) => AcquireAsync($"{deployment}.backup");

    /// <summary>As <see cref="BackupAsync"/>; whoever takes or drops what was fetched waits for it.</summary>
    public static Task<IDisposable> RestoreAsync(string deployment) => AcquireAsync($"{deployment}.restore");

    public static Task<IDisposable> VmAsync() => AcquireAsync("vm");

    /// <summary>At what is on the VM of images, not at what is being pulled.</summary>
    public static Task<IDisposable> ImagesAsync() => AcquireAsync("images");

    /// <summary>At the list of jobs, not at what they do.</summary>
    public static Task<IDisposable> JobsAsync() => AcquireAsync("jobs");

    private static async Task<IDisposable> AcquireAsync(string name)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            if (Try(name) is { } held)
            {
                return held;
            }

            if (clock.Elapsed >= Patience)
            {
                throw new VmFailure(
                    VmErrorCode.Busy, $"Another operation has held {name} for {Patience.TotalSeconds} s; try later.", retryable: true);
            }
        }
    }

    private static FileStream? Try(string name)
    {
        var folder = Directory.CreateDirectory($"{Paths.Memory}/locks");
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) here.
            return new FileStream($"{folder.FullName}/{name}", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
