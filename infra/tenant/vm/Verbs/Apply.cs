using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>
/// Brings one deployment to its desired state, stage by stage, each step looking before it acts. Killed anywhere, the next run goes on.
/// </summary>
internal sealed class Apply(ApplyRequest request, StepLog log)
{
    private readonly Paths _paths = Paths.Of(request.Deployment);

    public async Task<ApplyResult> RunAsync()
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        var owner = Container.User + await UserNamespace.OffsetAsync(docker);

        var state = await PrepareAsync(docker, owner);
        if (request.Through >= ApplyStage.Configure)
        {
            state = await ConfigureAsync(state, owner);
        }

        if (request.Through >= ApplyStage.Pull)
        {
            await log.StepAsync(VmSteps.Pull, () => Image.ConvergeAsync(docker, request.Image!, () => log.Started(VmSteps.Pull)));
        }

        var (ran, container) = (state.Image, (string?)null);
        if (request.Through >= ApplyStage.Start)
        {
            state = await StartAsync(docker, state);
            container = (await Container.FindAsync(docker, request.Deployment))?.Id;
        }

        if (request.Through >= ApplyStage.Route)
        {
            state = await RouteAsync(state);
        }

        if (state.Image is { } image && image != ran)
        {
            await Image.TidyAsync(docker, image, ran);
        }

        return new ApplyResult(request.Deployment, request.Through, log.Changed, state.Address, container, state.Image);
    }

    private async Task<DeploymentState> PrepareAsync(DockerEngine docker, int owner)
    {
        var state = await RememberAsync(await ResolveAsync());
        var slot = state.Slot!.Value;

        await Task.WhenAll(
            log.StepAsync(VmSteps.Volume, () => Volume.ConvergeAsync(
                _paths, request.Limits.StorageMb, owner, () => Container.StopAsync(docker, request.Deployment))),
            log.StepAsync(VmSteps.Network, () => Network.ConvergeAsync(
                docker, request.Deployment, slot, () => Container.RemoveAsync(docker, request.Deployment))));
        await log.StepAsync(VmSteps.Firewall, async () =>
        {
            var names = EgressNames.WriteHosts(state);
            using var vm = await Locks.VmAsync();
            return await Firewall.ConvergeAsync(DeploymentState.ReadAll()) ?? names;
        });
        return state;
    }

    private async Task<DeploymentState> ConfigureAsync(DeploymentState state, int owner)
    {
        await log.StepAsync(VmSteps.Files, () =>
        {
            var written = TenantFiles.Converge(_paths.Data, request.Files, Known(state), owner);
            if (written.Count > 0 || state.Files.Count != request.Files.Count)
            {
                state = state with { Files = request.Files.ToDictionary(file => file.Path, TenantFiles.HashOf) };
                state.Write();
            }

            return Task.FromResult(written.Count > 0 ? string.Join(' ', written) : null);
        });
        await log.StepAsync(VmSteps.Secrets, () => Secrets.ConvergeAsync(_paths, request.Secrets, owner));
        return state;
    }

    /// <summary>The files as they are taken to be.</summary>
    private IReadOnlyDictionary<string, string> Known(DeploymentState state) => request.Overwrites
        ? state.Files.Where(file => MachineReport.HashOf(_paths.Data, file.Key) == file.Value).ToDictionary()
        : state.Files;

    private async Task<DeploymentState> StartAsync(DockerEngine docker, DeploymentState state)
    {
        var next = state with
        {
            Image = request.Image,
            Limits = request.Limits,
            Port = request.Runtime.Port,
            ReadyPath = request.Runtime.ReadyPath,
        };
        await log.StepAsync(VmSteps.Start, () => Container.ConvergeAsync(
            docker, Container.Describe(request, _paths, state.Slot!.Value, Secrets.Version(_paths)!, state.Files),
            running => HangsAsync(next, running)));
        return Save(state, next);
    }

    private async Task<bool> HangsAsync(DeploymentState state, ContainerState running)
    {
        // A second run of the same request finds one that has just been started.
        if (request.ReviveAfterSeconds is not { } seconds || running.Restarting
            || DateTimeOffset.UtcNow - running.StartedAt < TimeSpan.FromSeconds(seconds))
        {
            return false;
        }

        using var bot = new Bot(state);
        return await bot.HangsAsync();
    }

    private async Task<DeploymentState> RouteAsync(DeploymentState state)
    {
        using var vm = await Locks.VmAsync();
        var next = Save(state, state with { Route = request.Route });
        await log.StepAsync(VmSteps.Route, () => Routes.ConvergeAsync(DeploymentState.ReadAll(), request.Deployment));
        return next;
    }

    /// <summary>Takes a number for the network and writes down, before anything is made, what there will be to clean up.</summary>
    private async Task<DeploymentState> RememberAsync(IReadOnlyList<(EgressRule Rule, IReadOnlyList<string> Addresses)> egress)
    {
        using var vm = await Locks.VmAsync();
        Directory.CreateDirectory(_paths.Folder);
        var known = DeploymentState.Read(request.Deployment);
        var state = known ?? new DeploymentState(request.Deployment);
        var answers = egress.DistinctBy(place => place.Rule.Host).ToDictionary(place => place.Rule.Host, place => place.Addresses);
        var next = EgressNames.Renew(state, [.. egress.Select(place => place.Rule)], answers, DateTimeOffset.UtcNow) with
        {
            Slot = state.Slot ?? Network.FreeSlot(DeploymentState.ReadAll()),
            StorageMb = request.Limits.StorageMb,
        };
        return Save(known, next);
    }

    private async Task<IReadOnlyList<(EgressRule Rule, IReadOnlyList<string> Addresses)>> ResolveAsync()
    {
        var rules = request.Egress.Select(EgressRule.Parse).ToArray();
        var addresses = await Task.WhenAll(rules.Select(rule => rule.ResolveAsync()));
        return [.. rules.Zip(addresses)];
    }

    private static DeploymentState Save(DeploymentState? known, DeploymentState next)
    {
        if (next != known)
        {
            next.Write();
        }

        return next;
    }
}
