using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>What this VM is and what it runs.</summary>
internal static class Facts
{
    public static async Task<FactsResult> RunAsync(FactsRequest request)
    {
        using var docker = new DockerEngine();
        var caddy = CaddyAsync();
        var asked = OrNullAsync(() => docker.FindAsync("info", DockerJson.Default.DockerInfo));
        var filter = Uri.EscapeDataString($$"""{"label":["{{Container.DeploymentLabel}}"]}""");
        var path = $"containers/json?all=1&filters={filter}";
        var containers = await OrNullAsync(() => docker.FindAsync(path, DockerJson.Default.ContainerSummaryArray)) ?? [];
        var info = await asked;
        var bots = await MachineReport.BotsAsync(docker);
        var running = containers
            .Where(container => container.State == "running")
            .Select(container => container.Labels.GetValueOrDefault(Container.DeploymentLabel))
            .ToHashSet();
        Directory.CreateDirectory(Paths.Root);
        var disk = Volume.StorageOf(Paths.Root);
        return new FactsResult(
            Environment.ProcessorCount,
            MemoryMb(),
            disk.SizeMb,
            disk.FreeMb,
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            info?.ServerVersion,
            await caddy,
            info is not null && UserNamespace.IsOn(info),
            [.. DeploymentState.ReadAll().Select(state => Describe(state, running.Contains(state.Deployment)))],
            bots);
    }

    // A VM that is itself a container sees its host's memory and is held to a cgroup's, of either version.
    private static int MemoryMb()
    {
        var total = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        var bytes = long.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        foreach (var path in (string[])["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"])
        {
            if (File.Exists(path) && long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var limit))
            {
                bytes = Math.Min(bytes, limit);
            }
        }

        return (int)(bytes >> 20);
    }

    private static DeploymentFacts Describe(DeploymentState state, bool running) => new(
        state.Deployment, state.Image, running, state.Limits?.MemoryMb ?? 0, state.Limits?.Cpus ?? 0, state.StorageMb, state.Route?.Host);

    // Facts are asked while a VM boots: a daemon that is not there yet is a fact, not a fault.
    private static async Task<T?> OrNullAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (VmFailure)
        {
            return null;
        }
    }

    private static async Task<string?> CaddyAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var response = await http.GetAsync("http://127.0.0.1:2019/config/admin");
            // Its Server header has no version; the program itself knows.
            var version = await Command.RunAsync("/usr/bin/caddy", ["version"]);
            return version.Output.Split(' ')[0].Trim();
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
