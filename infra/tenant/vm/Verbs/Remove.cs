using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Takes a deployment off the VM, the public way first, the disk last. What is already gone is skipped, and it needs no space:
/// it is what a full disk waits for.</summary>
internal static class Remove
{
    public static async Task<RemoveResult> RunAsync(RemoveRequest request, StepLog log)
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        var paths = Paths.Of(request.Deployment);
        var state = DeploymentState.Read(request.Deployment);
        var existed = state is not null;

        await log.StepAsync(VmSteps.Route, async () =>
        {
            using var vm = await Locks.VmAsync();
            Remember(state = state is null ? null : state with { Route = null });
            return await Routes.ConvergeAsync(DeploymentState.ReadAllWith(state), request.Deployment);
        });
        await log.StepAsync(VmSteps.Container, async () => Said(await Container.RemoveAsync(docker, request.Deployment)));
        await log.StepAsync(VmSteps.Network, async () => Said(await docker.DeleteAsync($"networks/{Network.NameOf(request.Deployment)}")));
        await log.StepAsync(VmSteps.Firewall, async () =>
        {
            using var vm = await Locks.VmAsync();
            Remember(state = state is null ? null : state with { Slot = null, Places = [], Names = [], Egress = [], Image = null });
            return await Firewall.ConvergeAsync(DeploymentState.ReadAllWith(state));
        });
        await log.StepAsync(VmSteps.Secrets, async () => Said(await Secrets.RemoveAsync(paths)));
        await log.StepAsync(VmSteps.Volume, async () => Said(await RemoveVolumeAsync(paths, request.KeepVolume)));
        return new RemoveResult(request.Deployment, existed);

        void Remember(DeploymentState? changed)
        {
            try
            {
                changed?.Write();
            }
            catch (IOException full) when (!request.KeepVolume && VmFailure.IsFull(full))
            {
                // It goes with the folder in the end; until then the next run begins where this one did.
            }
        }
    }

    private static async Task<bool> RemoveVolumeAsync(Paths paths, bool keep)
    {
        var wasMounted = await Volume.UnmountAsync(paths.Mount);
        if (keep || !Directory.Exists(paths.Folder))
        {
            return wasMounted;
        }

        // Whatever a backup or a restore is at: what it still holds open it loses by this.
        await Volume.DropAsync(paths.CopyImage, paths.CopyMount);
        await Volume.DropAsync(paths.FetchImage, paths.FetchMount);

        // State goes with the folder and last: as long as it is there, the next run knows that there is something to remove.
        File.Delete(paths.Image);
        File.Delete(paths.Kept);
        File.Delete(paths.Fetched);
        Directory.Delete(paths.Folder, recursive: true);
        return true;
    }

    private static string? Said(bool removed) => removed ? "removed" : null;
}
