using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Takes a deployment off the VM, the public way first, the disk last. What is already gone is skipped.</summary>
internal static class Remove
{
    public static async Task<RemoveResult> RunAsync(RemoveRequest request, StepLog log)
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        var paths = Paths.Of(request.Deployment);
        var state = DeploymentState.Read(request.Deployment);
        var existed = state is not null;

        await log.StepAsync("route", async () =>
        {
            using var vm = await Locks.VmAsync();
            Remember(state = state is null ? null : state with { Route = null });
            return await Routes.ConvergeAsync(DeploymentState.ReadAll(), request.Deployment);
        });
        await log.StepAsync("container", async () => Said(await Container.RemoveAsync(docker, request.Deployment)));
        await log.StepAsync("network", async () => Said(await docker.DeleteAsync($"networks/{Network.NameOf(request.Deployment)}")));
        await log.StepAsync("firewall", async () =>
        {
            using var vm = await Locks.VmAsync();
            Remember(state = state is null ? null : state with { Slot = null, Egress = [], Image = null });
            return await Firewall.ConvergeAsync(DeploymentState.ReadAll());
        });
        await log.StepAsync("secrets", async () => Said(await Secrets.RemoveAsync(paths)));
        await log.StepAsync("volume", async () => Said(await RemoveVolumeAsync(paths, request.KeepVolume)));
        return new RemoveResult(request.Deployment, existed);
    }

    private static async Task<bool> RemoveVolumeAsync(Paths paths, bool keep)
    {
        var wasMounted = await Volume.UnmountAsync(paths);
        if (keep || !Directory.Exists(paths.Folder))
        {
            return wasMounted;
        }

        // State goes with the folder and last: as long as it is there, the next run knows that there is something to remove.
        File.Delete(paths.Image);
        File.Delete(paths.Kept);
        Directory.Delete(paths.Folder, recursive: true);
        return true;
    }

    private static void Remember(DeploymentState? state) => state?.Write();

    private static string? Said(bool removed) => removed ? "removed" : null;
}
