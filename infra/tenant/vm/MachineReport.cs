using System.ComponentModel;
using System.Security.Cryptography;
using Launchpad.Shared.Vms;
using Microsoft.Win32.SafeHandles;

namespace Launchpad.Vm;

/// <summary>What runs on this VM, as Docker, the bots and the volumes tell it; what was asked for is somebody else's to compare.</summary>
internal static class MachineReport
{
    /// <summary>One heartbeat has to hold them all.</summary>
    private const int BotsMax = 64;

    private const int FileMax = 1 << 20;
    private const double Mebibyte = 1 << 20;

    public static async Task<VmReport> BuildAsync(DockerEngine docker)
    {
        Directory.CreateDirectory(Paths.Root);
        var disk = Volume.StorageOf(Paths.Root);
        return new(DateTimeOffset.UtcNow, disk.SizeMb, disk.FreeMb, await BotsAsync(docker));
    }

    /// <summary>Null when Docker does not answer.</summary>
    public static async Task<IReadOnlyList<VmBot>?> BotsAsync(DockerEngine docker)
    {
        var filter = Uri.EscapeDataString($$"""{"label":["{{Container.DeploymentLabel}}"]}""");
        try
        {
            var containers = await docker.FindAsync($"containers/json?all=1&filters={filter}", DockerJson.Default.ContainerSummaryArray);
            var states = DeploymentState.ReadAll().ToDictionary(state => state.Deployment);
            var all = (containers ?? [])
                .Select(container => container.Labels.GetValueOrDefault(Container.DeploymentLabel))
                .OfType<string>()
                .Concat(states.Values.Where(state => state.Slot is not null).Select(state => state.Deployment))
                .Distinct().Order(StringComparer.Ordinal).Take(BotsMax);
            return await Task.WhenAll(all.Select(deployment => DescribeAsync(docker, deployment, states.GetValueOrDefault(deployment))));
        }
        catch (Exception mute) when (mute is VmFailure or DockerException)
        {
            return null;
        }
    }

    private static async Task<VmBot> DescribeAsync(DockerEngine docker, string deployment, DeploymentState? state)
    {
        var held = await docker.FindAsync($"containers/{Container.NameOf(deployment)}/json", DockerJson.Default.HeldContainer);
        var running = held?.State is { Running: true, Restarting: false };
        var limits = held is null ? null : new VmLimits(
            (int)(held.HostConfig.Memory >> 20), held.HostConfig.NanoCpus / 1e9, VolumeMb(deployment), held.HostConfig.PidsLimit ?? 0);
        return new(
            deployment,
            running,
            running && state is not null && await IsReadyAsync(state),
            held?.State.StartedAt is { Year: > 1 } started ? started : null,
            held?.RestartCount ?? 0,
            held?.State is { FinishedAt.Year: > 1, ExitCode: var code } ? code : null,
            held?.State.OOMKilled ?? false,
            held?.Config.Image,
            limits,
            state is null ? [] : Files(state),
            Volume.Storage(Paths.Of(deployment)),
            running ? await UseAsync(docker, held!.Id) : null,
            MachineRestarted: held is not null && !running && Secrets.Version(Paths.Of(deployment)) is null);
    }

    /// <summary>Null when it ended meanwhile.</summary>
    private static async Task<VmUse?> UseAsync(DockerEngine docker, string container)
    {
        var stats = await docker.FindAsync($"containers/{container}/stats?stream=false&one-shot=true", DockerJson.Default.ContainerStats);
        if (stats is not { Cpu.Usage.Total: > 0 and var cpu, Memory: { Usage: { } bytes } memory })
        {
            return null;
        }

        // As Docker's own program counts it, whichever generation of control groups the kernel has.
        var files = memory.Parts?.GetValueOrDefault("total_inactive_file", memory.Parts.GetValueOrDefault("inactive_file")) ?? 0;
        return new((long)(cpu / 1_000_000), (int)double.Ceiling((bytes - Math.Min(bytes, files)) / Mebibyte));
    }

    private static async Task<bool> IsReadyAsync(DeploymentState state)
    {
        using var bot = new Bot(state);
        return await bot.IsReadyAsync();
    }

    private static int VolumeMb(string deployment) =>
        new FileInfo(Paths.Of(deployment).Image) is { Exists: true, Length: var bytes } ? (int)(bytes >> 20) : 0;

    private static VmBotFile[] Files(DeploymentState state) =>
    [
        .. state.Files.OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => new VmBotFile(file.Key, file.Value, HashOf(Paths.Of(state.Deployment).Data, file.Key))),
    ];

    /// <summary>The tenant may have put anything there: a link is not followed, a pipe is not waited for, and only so much is
    /// read.</summary>
    internal static string? HashOf(string root, string path)
    {
        SafeFileHandle? folder = null;
        try
        {
            folder = Libc.OpenFolder(root);
            var segments = path.Split('/');
            foreach (var segment in segments[..^1])
            {
                var next = Libc.Open(folder, segment, Libc.Directory);
                folder.Dispose();
                folder = next;
            }

            using var file = Libc.Open(folder, segments[^1], Libc.ReadOnly | Libc.NonBlocking);
            var length = RandomAccess.GetLength(file);
            if (length > FileMax)
            {
                return null;
            }

            var bytes = new byte[length];
            return Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0))));
        }
        catch (Exception odd) when (odd is Win32Exception or IOException or NotSupportedException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            folder?.Dispose();
        }
    }
}
