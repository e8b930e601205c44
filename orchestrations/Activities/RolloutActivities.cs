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
/// <param name="PreviewOnly">True to number the version, and not to write it.</param>
public sealed record DraftInput(string Operation, string Account, string Deployment, string? Image, bool PreviewOnly)
    : OperationTarget(Operation, Account, Deployment);

/// <param name="Version">The version to roll out; in a preview, the number it would get.</param>
/// <param name="From">The last known good one.</param>
/// <param name="Plan">The plan that it goes over to; null when it stays on its plan.</param>
public sealed record Draft(int Version, int From, string Image, string? Plan = null);

public sealed record CheckConfigInput(BotInput Bot, string Image);

public sealed record PreviewInput(BotInput Bot, Draft Draft);

/// <summary>A version's way from what was asked for to what is remembered of it.</summary>
public sealed class RolloutActivities(Drafts drafts, Previews previews, MachineJobs machine, StepLog steps)
{
    private const int IssuesShown = 5;

    [Function(nameof(DraftVersion))]
    public Task<Draft> DraftVersion([ActivityTrigger] DraftInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Draft, null, async deployment =>
        {
            var draft = await drafts.FindAsync(deployment, input.Image, ct);
            var version = await drafts.NumberAsync(draft, input.PreviewOnly, ct);
            var diff = ConfigDiff.Of(draft.From.State, draft.State);
            return (
                new Draft(version, draft.From.Number, draft.State.Image, draft.State.Plan == draft.From.State.Plan ? null : draft.State.Plan),
                (string?)$"Version {version}, {draft.State.Hash()[..12]}…, from version {draft.From.Number}, {draft.From.State.Hash()[..12]}…: "
                    + (diff.Changes.Count > 0 ? string.Join(", ", diff.Changes.Select(found => found.Path)) : "other data."));
        }, ct);

    [Function(nameof(CheckConfig))]
    public Task<Unfinished?> CheckConfig([ActivityTrigger] Look<CheckConfigInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of.Bot, Steps.CheckConfig, "The image is started once, only for this.", async (deployment, job) =>
        {
            var change = await drafts.FindAsync(deployment, look.Of.Image, ct);
            var blocked = Drafts.Blocked(change);
            if (blocked.Count > 0 && change.Operation.Kind is not OperationKind.Preview)
            {
                throw new PermanentException(
                    "cannot-work-here", $"This could not work here. {string.Join(' ', blocked.Take(IssuesShown))}");
            }

            return await job.RunAsync(
                VmVerb.Validate, new ValidateRequest(deployment.Id, look.Of.Image, drafts.Config(change)),
                (ValidateResult checkedBy) =>
                {
                    var issues = checkedBy.Issues.Where(issue => !blocked.Any(found => found.Covers(issue.Path))).ToList();
                    return issues.Count == 0 ? Looked.Done("The release takes it.") : throw new PermanentException(
                        "config-invalid",
                        "The release does not take this config. " + Redactor.Shapes(
                            string.Join(" ", issues.Take(IssuesShown).Select(issue => $"{issue.Path}: {issue.Message}."))));
                }, ct);
        }, ct);

    [Function(nameof(TellPreview))]
    public Task TellPreview([ActivityTrigger] PreviewInput input, CancellationToken ct) =>
        steps.RunAsync(input.Bot, Steps.Preview, null, async deployment =>
        {
            var preview = await previews.MakeAsync(await drafts.FindAsync(deployment, input.Draft.Image, ct), input.Bot, ct);
            return $"{preview.Diff.Changes.Count} changes, about {preview.DowntimeSeconds} s without the bot.";
        }, ct);
}

/// <summary>A change that was asked for, and what it comes to.</summary>
public sealed record WantedChange(
    Deployment Deployment, Operation Operation, ChangeRequest Request, ConfigVersion From, DesiredState State);

/// <summary>From what an operation asks for to the desired state that it means. Looking again finds the same.</summary>
public sealed class Drafts(OperationStore operations, ConfigVersionStore versions, BotSecrets secrets, Bots bots)
{
    /// <param name="deployment">As the operation holds it.</param>
    /// <param name="image">The verified image of the tag that was asked for; null when none was.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="PermanentException">When there is nothing to change, or what was previewed is not what would come of it.</exception>
    public async Task<WantedChange> FindAsync(Deployment deployment, string? image, CancellationToken ct)
    {
        var operation = await operations.FindAsync(deployment.Account, deployment.Operation!.Id, ct)
            ?? throw new PermanentException("operation-gone", "What was asked for was lost before it was done. Ask again.");
        var request = ChangeRequest.Parse(operation.Request);
        var from = await versions.GetAsync(deployment.Id, deployment.LastKnownGood!.Value, ct);
        var state = await StateAsync(deployment, from.State, request, request.Tag is null ? null : image, ct);
        if (request.Previewed is { } previewed && previewed != state.Hash())
        {
            throw new PermanentException("preview-void", "Something that the preview looked at has changed since. Make a new one.");
        }

        return state.Hash() == from.State.Hash() && !request.BringsData
            ? throw new PermanentException("nothing-to-change", $"Version {from.Number} is exactly that already.")
            : new(deployment, operation, request, from, state);
    }

    /// <summary>The number of the version that the change becomes, which is written unless it is only previewed.</summary>
    public async Task<int> NumberAsync(WantedChange change, bool previewOnly, CancellationToken ct)
    {
        var (deployment, request) = (change.Deployment.Id, change.Request);
        await secrets.EnsureKeptAsync(deployment, request.Version is null ? [] : change.State.Secrets, ct);
        return request.Version ?? (previewOnly
            ? ((await versions.NewestAsync(deployment, ct))?.Number ?? 0) + 1
            : (await versions.DraftAsync(deployment, change.State, change.Operation.By, request.Why, ct)).Number);
    }

    /// <summary>openclaw.json as the change wants it.</summary>
    public string Config(WantedChange change) => bots.Config(change.Deployment, change.State);

    /// <summary>What could not work here. What an older version has is not asked about: it ran.</summary>
    public static IReadOnlyList<Blocked> Blocked(WantedChange change) =>
        change.Request.Version is null ? Feasibility.Added(change.From.State, change.State) : [];

    private async Task<DesiredState> StateAsync(
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
}

/// <summary>What a change would do, kept with the operation that asked.</summary>
public sealed class Previews(VmStore vms, PlanRoom room, OperationStore operations, TimeProvider clock)
{
    private const int UsualBootSeconds = 15;

    public async Task<ChangePreview> MakeAsync(WantedChange change, BotInput bot, CancellationToken ct)
    {
        var (deployment, from, state) = (change.Deployment, change.From, change.State);
        var (diff, blocked) = (ConfigDiff.Of(from.State, state), Drafts.Blocked(change));
        var vm = await vms.GetAsync(bot.Tier, bot.Vm, ct);
        var price = await PriceAsync(vm, deployment.Id, from.State, state, ct);
        var moves = price is not null && PlanRoom.NeedsMove(vm, deployment.Id, Plan.Get(price.Plan));
        var hasRoom = moves
            || (price is null ? vm : PlanRoom.Promise(vm, deployment.Id, Plan.Get(price.Plan))).FreeMb >= Bots.CandidateMemoryMb;
        var preview = new ChangePreview(
            change.Operation.Id, clock.GetUtcNow() + ChangePreview.Lifetime, from.Number, change.Request.Version, state.Hash(), state.Image,
            diff, diff.Restarts, from.BootMs is { } ms ? (int)Math.Ceiling(ms / 1000.0) : UsualBootSeconds, hasRoom,
            [
                "The image is signed by a trusted key.",
                blocked.Count == 0 ? "The release takes the config." : "What is blocked could not work here, so this cannot be applied.",
                moves ? "It goes to another machine, where it is tried first, and takes all it has along."
                    : hasRoom ? "The machine has room to try the version beside the bot that runs."
                    : "The machine has no room for two: the version is tried in its place only, and goes back if it fails.",
            ],
            price, blocked, moves);
        await operations.SaveAsync(change.Operation with { Result = preview.ToJson() }, ct);
        return preview;
    }

    private async Task<PriceChange?> PriceAsync(Vm vm, string deployment, DesiredState from, DesiredState to, CancellationToken ct)
    {
        if (from.Plan == to.Plan)
        {
            return null;
        }

        var (before, after) = (Plan.Get(from.Plan), Plan.Get(to.Plan));
        await room.EnsureDataFitsAsync(vm, deployment, after, ct);
        return new(after.Id, before.MonthlyCents, after.MonthlyCents, after.Currency);
    }
}

public static class RolloutCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<Draft> DraftVersion(DraftInput input) =>
            context.CallActivityAsync<Draft>(nameof(RolloutActivities.DraftVersion), input, Retry.Store);

        public Task CheckConfig(CheckConfigInput input) =>
            context.Finish(nameof(RolloutActivities.CheckConfig), input, Retry.Machine);

        public Task TellPreview(PreviewInput input) =>
            context.CallActivityAsync(nameof(RolloutActivities.TellPreview), input, Retry.Machine);
    }
}
