using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>What this VM is and what it runs.</summary>
internal static class Facts
{
    public static async Task<FactsResult> RunAsync(FactsRequest request)
    {
        using var docker = new DockerEngine();
        var caddy = CaddyAsync();
        var info = await OrNullAsync(() => docker.FindAsync("info", DockerJson.Default.DockerInfo));
        var filter = Uri.EscapeDataString($$"""{"label":["{{Container.DeploymentLabel}}"]}""");
        var path = $"containers/json?all=1&filters={filter}";
        var containers = await OrNullAsync(() => docker.FindAsync(path, DockerJson.Default.ContainerSummaryArray)) ?? [];
        var running = containers
            .Where(container => container.State == "running")
            .Select(container => container.Labels.GetValueOrDefault(Container.DeploymentLabel))
            .ToHashSet();
        Directory.CreateDirectory(Paths.Root);
        var disk = new DriveInfo(Paths.Root);
        return new FactsResult(
            Environment.ProcessorCount,
            // Of the cgroup where there is one, as in a VM that is a container.
            (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20),
            (int)(disk.TotalSize >> 20),
            (int)(disk.AvailableFreeSpace >> 20),
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            info?.ServerVersion,
            await caddy,
            info is not null && UserNamespace.IsOn(info),
            [.. DeploymentState.ReadAll().Select(state => Describe(state, running.Contains(state.Deployment)))]);
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
