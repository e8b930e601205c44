using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Image">The verified image of the tag that was asked for; null when none was.</param>
/// <param name="PlanOnly">True to number the version, and not to write it.</param>
public sealed record DraftInput(DeploymentInput Target, string? Image, bool PlanOnly);

/// <param name="Version">The version to roll out; when only planning, the number it would get.</param>
/// <param name="From">The last known good one.</param>
/// <param name="Plan">The plan that it goes over to; null when it stays on its plan.</param>
public sealed record Draft(int Version, int From, string Image, string? Plan = null);

public sealed record CheckConfigInput(BotInput Bot, string Image);

public sealed record PlanInput(BotInput Bot, Draft Draft);

public sealed record RolledOutInput(DeploymentInput Target, int Version);

/// <param name="Version">null when it failed before there was one.</param>
/// <param name="Down">True when no version could be brought up again.</param>
public sealed record FailVersionInput(DeploymentInput Target, int? Version, bool Down);

/// <summary>A version's way from what was asked for to what is remembered of it.</summary>
public sealed class RolloutActivities(
    DeploymentStore deployments, ConfigVersionStore versions, OperationStore operations, BotSecrets secrets, VmStore vms, VmAccess access,
    PlanRoom room, Bots bots, StepLog steps, TimeProvider clock)
{
    private const int IssuesShown = 5;
    private const int UsualBootSeconds = 15;

    [Function(nameof(DraftVersion))]
    public Task<Draft> DraftVersion([ActivityTrigger] DraftInput input, CancellationToken ct) =>
        steps.RunAsync(input.Target.Operation, Steps.Draft, null, async () =>
        {
            var (deployment, operation, change) = await LoadAsync(input.Target, ct);
            var from = await versions.GetAsync(deployment.Id, deployment.LastKnownGood!.Value, ct);
            var state = await WantedAsync(deployment, from.State, change, input.Image, ct);
            if (change.Planned is { } planned && planned != state.Hash())
            {
                throw new PermanentException("plan-void", "Something that the plan looked at has changed since. Make a new plan.");
            }

            if (state.Hash() == from.State.Hash())
            {
                throw new PermanentException("nothing-to-change", $"Version {from.Number} is exactly that already.");
            }

            await secrets.EnsureKeptAsync(deployment.Id, change.Version is null ? [] : state.Secrets, ct);
            var version = await NumberAsync(deployment.Id, state, change, operation.By, input.PlanOnly, ct);
            var diff = ConfigDiff.Of(from.State, state);
            return (new Draft(version, from.Number, state.Image, state.Plan == from.State.Plan ? null : state.Plan),
                (string?)$"Version {version}, {state.Hash()[..12]}…: {string.Join(", ", diff.Changes.Select(found => found.Path))}");
        }, ct);

    [Function(nameof(CheckConfig))]
    public Task CheckConfig([ActivityTrigger] CheckConfigInput input, CancellationToken ct) =>
        steps.RunAsync(input.Bot.Operation, Steps.CheckConfig, "The image is started once, only for this.", async () =>
        {
            var (deployment, operation, change, state) = await WantedAsync(input.Bot, input.Image, ct);
            var blocked = await BlockedAsync(deployment, change, state, ct);
            if (blocked.Count > 0 && operation.Kind is not OperationKind.Plan)
            {
                throw new PermanentException(
                    "cannot-work-here", $"This could not work here. {string.Join(' ', blocked.Take(IssuesShown))}");
            }

            var vm = await vms.GetAsync(input.Bot.Tier, input.Bot.Vm, ct);
            var checkedBy = await access.RunAsync<ValidateRequest, ValidateResult>(
                vm, VmVerb.Validate, new(input.Bot.Deployment, input.Image, bots.Config(deployment, state)), ct);
            var issues = checkedBy.Issues.Where(issue => !blocked.Any(found => found.Covers(issue.Path))).ToList();
            return issues.Count == 0
                ? "The release takes it."
                : throw new PermanentException(
                    "config-invalid",
                    "The release does not take this config. " + Redactor.Shapes(
                        string.Join(" ", issues.Take(IssuesShown).Select(issue => $"{issue.Path}: {issue.Message}."))));
        }, ct);

    [Function(nameof(TellPlan))]
    public Task TellPlan([ActivityTrigger] PlanInput input, CancellationToken ct) =>
        steps.RunAsync(input.Bot.Operation, Steps.Plan, null, async () =>
        {
            var (deployment, operation, change, state) = await WantedAsync(input.Bot, input.Draft.Image, ct);
            var from = await versions.GetAsync(deployment.Id, input.Draft.From, ct);
            var diff = ConfigDiff.Of(from.State, state);
            var blocked = await BlockedAsync(deployment, change, state, ct);
            var vm = await vms.GetAsync(input.Bot.Tier, input.Bot.Vm, ct);
            var price = await PriceAsync(vm, deployment, from.State, state, ct);
            vm = price is null ? vm : PlanRoom.Promise(vm, deployment.Id, Plan.Get(price.Plan));
            var hasRoom = vm.FreeMb >= Bots.CandidateMemoryMb;
            var plan = new ChangePlan(
                operation.Id, clock.GetUtcNow() + ChangePlan.Lifetime, from.Number, change.Version, state.Hash(), state.Image, diff,
                diff.Restarts, await BootSecondsAsync(deployment, ct), hasRoom,
                [
                    "The image is signed by a trusted key.",
                    blocked.Count == 0 ? "The release takes the config." : "What is blocked could not work here, so this cannot be applied.",
                    hasRoom
                        ? "The machine has room to try the version beside the bot that runs."
                        : "The machine has no room for two: the version is tried in its place only, and goes back if it fails.",
                ],
                price, blocked);
            await deployments.ChangeAsync(deployment.Account, deployment.Id, current => Freed(current, operation.Id), ct);
            await operations.SaveAsync(
                operation with { Status = OperationStatus.Succeeded, FinishedAt = clock.GetUtcNow(), Result = plan.ToJson() }, ct);
            return $"{diff.Changes.Count} changes, about {plan.DowntimeSeconds} s without the bot.";
        }, ct);

    /// <summary>Active, last known good and running are one write.</summary>
    [Function(nameof(CompleteRollout))]
    public Task CompleteRollout([ActivityTrigger] RolledOutInput input, CancellationToken ct) =>
        steps.RunAsync(input.Target.Operation, Steps.Complete, null, async () =>
        {
            var (account, id) = (input.Target.Account, input.Target.Deployment);
            var version = await versions.GetAsync(id, input.Version, ct);
            var operation = await OperationAsync(input.Target, ct);
            await SettleRoomAsync(input.Target, version, ct);
            await secrets.PromoteAsync(id, version.State.Secrets, ct);
            var live = await deployments.ChangeAsync(account, id, current => Switched(current, version, operation.Id), ct);
            if (live.PreviousGood is { } previous && previous != input.Version)
            {
                // Nobody asked for this one: the version before it kept ending, and is not good any more.
                var kept = operation.By is not RecoverActivities.By;
                await versions.MarkAsync(
                    id, previous, kept ? ConfigVersionStatus.Superseded : ConfigVersionStatus.Failed, ct, kept ? null : "It kept ending.");
                await deployments.ChangeAsync(
                    account, id, current => kept || current.PreviousGood != previous ? null : current with { PreviousGood = null }, ct);
            }

            await versions.ActivateAsync(id, input.Version, Steps.BootMs(await operations.StepsAsync(operation.Id, ct)), ct);
            await operations.SaveAsync(
                operation with { Status = OperationStatus.Succeeded, FinishedAt = clock.GetUtcNow(), Result = bots.Url(live) }, ct);
            return $"Version {input.Version} is active and last known good.";
        }, ct);

    /// <summary>The version is remembered as failed, with why; the deployment is what it was, or failed when nothing runs.</summary>
    [Function(nameof(FailVersion))]
    public async Task FailVersion([ActivityTrigger] FailVersionInput input, CancellationToken ct)
    {
        var (account, id) = (input.Target.Account, input.Target.Deployment);
        var operation = await OperationAsync(input.Target, ct);
        var failed = (await operations.StepsAsync(operation.Id, ct))
            .LastOrDefault(step => step.Status is StepStatus.Failed && !Steps.IsUndo(step.Name));
        if (input.Version is { } number && await versions.FindAsync(id, number, ct) is { Status: ConfigVersionStatus.Pending })
        {
            await versions.MarkAsync(id, number, ConfigVersionStatus.Failed, ct, failed is null ? null : $"{failed.Name}: {failed.Detail}");
        }

        var counts = input.Version is not null && failed?.Name != Steps.CheckConfig.Name && failed?.Code is not ("preempted" or "cancelled");
        await deployments.ChangeAsync(account, id, current => Fallen(current, operation, input.Down, counts), ct);
        await secrets.UnstageAsync(id, ChangeRequest.Parse(operation.Request).Secrets ?? [], ct);
    }

    /// <summary>A smaller plan needs less of the machine from now on.</summary>
    private async Task SettleRoomAsync(DeploymentInput target, ConfigVersion version, CancellationToken ct)
    {
        var deployment = await deployments.GetAsync(target.Account, target.Deployment, ct);
        if (deployment.Plan != version.State.Plan && deployment.Operation?.Id == target.Operation)
        {
            var plan = Plan.Get(version.State.Plan);
            await vms.ChangeAsync(plan.Tier, deployment.Vm!, current => current.With(deployment.Id, plan.MemoryMb), ct);
        }
    }

    private static Deployment? Switched(Deployment current, ConfigVersion version, string operation) =>
        current is { Operation: null, Status: DeploymentStatus.Running } && current.ActiveVersion == version.Number
            ? null
            : DeploymentStore.HeldBy(current, operation).Switched(version);

    private static Deployment? Freed(Deployment current, string operation) =>
        current.Operation?.Id == operation ? current with { Operation = null } : null;

    private static Deployment? Fallen(Deployment current, Operation operation, bool down, bool counts) =>
        current.Operation?.Id != operation.Id || current.Status is not DeploymentStatus.Updating
            ? null
            : current.To(down ? DeploymentStatus.Failed : DeploymentStatus.Running) with
            {
                FailedRollouts = current.FailedRollouts + (counts ? 1 : 0),
            };

    private async Task<(Deployment, Operation, ChangeRequest)> LoadAsync(DeploymentInput target, CancellationToken ct)
    {
        var deployment = await deployments.GetHeldAsync(target.Account, target.Deployment, target.Operation, ct);
        var operation = await OperationAsync(target, ct);
        return (deployment, operation, ChangeRequest.Parse(operation.Request));
    }

    /// <summary>The same state as the draft, found again.</summary>
    private async Task<(Deployment, Operation, ChangeRequest, DesiredState)> WantedAsync(BotInput bot, string image, CancellationToken ct)
    {
        var (deployment, operation, change) = await LoadAsync(new(bot.Operation, bot.Account, bot.Deployment), ct);
        var from = await versions.GetAsync(deployment.Id, deployment.LastKnownGood!.Value, ct);
        return (deployment, operation, change, await WantedAsync(deployment, from.State, change, change.Tag is null ? null : image, ct));
    }

    private async Task<Operation> OperationAsync(DeploymentInput target, CancellationToken ct) =>
        await operations.FindAsync(target.Account, target.Operation, ct)
        ?? throw new PermanentException("operation-gone", $"The operation {target.Operation} does not exist any more.");

    /// <summary>What an older version has is not asked about: it ran.</summary>
    private async Task<IReadOnlyList<Blocked>> BlockedAsync(
        Deployment deployment, ChangeRequest change, DesiredState state, CancellationToken ct) =>
        change.Version is null
            ? Feasibility.Added((await versions.GetAsync(deployment.Id, deployment.LastKnownGood!.Value, ct)).State, state)
            : [];

    private async Task<DesiredState> WantedAsync(
        Deployment deployment, DesiredState from, ChangeRequest change, string? image, CancellationToken ct)
    {
        if (change.Version is { } older)
        {
            return (await versions.GetAsync(deployment.Id, older, ct)).State;
        }

        var settings = change.Settings ?? from.Settings;
        return new(
            image ?? from.Image, change.Plan ?? deployment.Plan, settings, from.SecretsWith(settings, change.Secrets),
            bots.Egress(settings));
    }

    private async Task<int> NumberAsync(
        string deployment, DesiredState state, ChangeRequest change, string by, bool planOnly, CancellationToken ct)
    {
        if (change.Version is { } older)
        {
            return older;
        }

        return planOnly
            ? ((await versions.NewestAsync(deployment, ct))?.Number ?? 0) + 1
            : (await versions.DraftAsync(deployment, state, by, change.Why, ct)).Number;
    }

    private async Task<PriceChange?> PriceAsync(Vm vm, Deployment deployment, DesiredState from, DesiredState to, CancellationToken ct)
    {
        if (from.Plan == to.Plan)
        {
            return null;
        }

        var (before, after) = (Plan.Get(from.Plan), Plan.Get(to.Plan));
        await room.EnsureDataFitsAsync(vm, deployment.Id, after, ct);
        return new(after.Id, before.MonthlyCents, after.MonthlyCents, after.Currency);
    }

    /// <summary>As long as the deployment's last start took, by its own record.</summary>
    private async Task<int> BootSecondsAsync(Deployment deployment, CancellationToken ct)
    {
        var active = await versions.GetAsync(deployment.Id, deployment.ActiveVersion!.Value, ct);
        return active.BootMs is { } ms ? (int)Math.Ceiling(ms / 1000.0) : UsualBootSeconds;
    }
}

public static class RolloutCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<Draft> DraftVersion(DraftInput input) =>
            context.CallActivityAsync<Draft>(nameof(RolloutActivities.DraftVersion), input, Retry.Store);

        public Task CheckConfig(CheckConfigInput input) =>
            context.CallActivityAsync(nameof(RolloutActivities.CheckConfig), input, Retry.Machine);

        public Task TellPlan(PlanInput input) => context.CallActivityAsync(nameof(RolloutActivities.TellPlan), input, Retry.Store);

        public Task CompleteRollout(RolledOutInput input) =>
            context.CallActivityAsync(nameof(RolloutActivities.CompleteRollout), input, Retry.Store);

        public Task FailVersion(FailVersionInput input) =>
            context.CallActivityAsync(nameof(RolloutActivities.FailVersion), input, Retry.Undo);
    }
}
