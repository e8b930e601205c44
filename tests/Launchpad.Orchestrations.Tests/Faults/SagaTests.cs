using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Storage;
using Microsoft.DurableTask.Client;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Every saga, with a call that goes wrong until the saga has given up. Whatever came of it, everything that knows of the bot says
/// the same of it afterwards, and the bot can be deleted without a trace.</summary>
public sealed class SagaTests(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
{
    private const int CallsUsually = 1;
    private const int EventsUsually = 2;
    private const int StoriesUsually = 9;

    private IReadOnlyList<Call> seen = [];

    /// <summary>But for the ladder's, which waits for as long as a fault lasts; its one activity is broken in every call all the same.</summary>
    public static TheoryData<string> Stories =>
        [.. Sample.Of(nameof(Stories), [.. Story.All.Keys.Where(name => name != "Dunning that is over")], StoriesUsually)];

    /// <summary>But for the one that is taken back already.</summary>
    public static TheoryData<string> Deletions =>
        [.. Story.All.Keys.Where(name => name.StartsWith("Terminate", StringComparison.Ordinal) && name != "Terminate taken back")];

    /// <summary>And before that, what the story comes to without a fault.</summary>
    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_call_that_fails_until_the_saga_has_given_up_leaves_everybody_with_the_same_story(string name)
    {
        var calls = await CallsAsync(name);
        Assert.Empty(await LiesAsync());
        var cells = calls.SelectMany(call => new[] { Blow.Refused, Blow.Lost }.Select(blow => (call, blow))).ToList();
        var some = Sample.Of(name, cells, CallsUsually);
        output.WriteLine($"{name}: {calls.Count} calls, {some.Count} of {cells.Count} cells, seed {Sample.Seed}");
        var lies = new List<string>();
        foreach (var (call, blow) in some)
        {
            var ended = await TellAsync(name, (met, _) => met == call ? blow : Blow.None);
            var found = (await LiesAsync()).Concat(await DeleteAsync()).Select(lie => $"{blow} {call}: {lie} ({ended})").ToList();
            output.WriteLine($"{blow} {call}: {ended}, {found.Count} lies");
            lies.AddRange(found);
        }

        Assert.True(lies.Count == 0, string.Join('\n', lies));
    }

    /// <summary>Its rows say that the data is back, which it is; what comes after that was never begun.</summary>
    [Fact]
    public async Task What_was_taken_back_and_not_heard_of_does_not_make_a_bot_run()
    {
        const string name = "Rollout that goes back";
        var call = (await CallsAsync(name)).Single(met => met.Path.StartsWith("Start ", StringComparison.Ordinal) && met.Path.Contains("return-data", StringComparison.Ordinal));
        await TellAsync(name, (met, _) => met == call ? Blow.Lost : Blow.None);
        Assert.Equal(DeploymentStatus.Failed, (await theatre.Product.DeploymentAsync()).Status);
        Assert.Empty(await LiesAsync());
    }

    [Theory]
    [MemberData(nameof(Deletions))]
    public async Task A_deletion_that_is_taken_back_at_any_of_its_activities_is_taken_back_or_final(string name)
    {
        var all = await DeleteAsync(name, -1);
        Assert.False(all.IsTakenBack);
        foreach (var at in Sample.Of(name, [.. Enumerable.Range(0, all.Activities)], EventsUsually))
        {
            var (_, isTakenBack) = await DeleteAsync(name, at);
            Assert.Empty((await LiesAsync()).Select(lie => $"taken back at {at}: {lie}"));
            Assert.Equal(isTakenBack, (await theatre.Product.DeploymentAsync()).Status is not DeploymentStatus.Terminated);
        }
    }

    /// <summary>How many activities there were, and whether the deletion was taken back before the one of that number.</summary>
    private async Task<(int Activities, bool IsTakenBack)> DeleteAsync(string story, int at)
    {
        var (activities, isTakenBack) = (0, false);
        theatre.Product.Before = async (_, _) => isTakenBack = (activities++ == at && await TakeBackAsync()) || isTakenBack;
        await TellAsync(story);
        theatre.Product.Before = (_, _) => Task.CompletedTask;
        return (activities, isTakenBack);
    }

    /// <summary>As the customer's request does it, while the undo window is open.</summary>
    private async Task<bool> TakeBackAsync()
    {
        var seen = await theatre.Product.DeploymentAsync();
        if (seen.Operation is not { Kind: OperationKind.Terminate } deletion
            || !(await theatre.Product.Get<OperationStore>().StepsAsync(deletion.Id, default))
                .Any(step => step.Name == Steps.UndoWindow.Name && step.Status is StepStatus.Started))
        {
            return false;
        }

        var decided = await theatre.Product.Get<DeploymentStore>().ChangeAsync(
            Bots.Account, Bots.Deployment,
            now => now.Operation is { Decision: null } open ? now with { Operation = open with { Decision = UndoDecision.TakenBack } } : null,
            default);
        return decided.Operation?.Decision is UndoDecision.TakenBack;
    }

    private async Task<IReadOnlyList<Call>> CallsAsync(string name)
    {
        await TellAsync(name);
        return [.. seen.Distinct()];
    }

    /// <summary>To the end of the saga, and then what the clock does. Faults begin with the first activity and end with the saga; one that
    /// never gives up has been at it twice by then.</summary>
    private async Task<string> TellAsync(string name, Func<Call, int, Blow>? strike = null)
    {
        var wire = theatre.World.Wire;
        var certificates = 0;
        theatre.Product.Gate = activity =>
        {
            if (activity == "IssueCertificate" && strike is not null && ++certificates == 3)
            {
                wire.Begin();
            }

            return Task.CompletedTask;
        };
        theatre.World.Clock.Go();
        OrchestrationMetadata ended;
        try
        {
            ended = await Story.All[name].TellAsync(theatre.World, theatre.Product, theatre.Bots, () => wire.Begin(strike));
        }
        finally
        {
            seen = wire.Calls;
            wire.Begin();
        }

        await theatre.Product.SettleAsync();
        if (Story.All[name].IsBySweep && strike is not null)
        {
            await theatre.Product.EndAsync(await Story.All[name].Begin(theatre.Product, null));
            await theatre.Product.SettleAsync();
        }

        return $"{ended.RuntimeStatus} {ended.SerializedOutput}";
    }

    private async Task<IReadOnlyList<string>> LiesAsync() => [.. (await Truth.OfAsync(theatre)).Lies()];

    /// <summary>A deletion without faults, whatever was left.</summary>
    private async Task<IEnumerable<string>> DeleteAsync()
    {
        theatre.World.IsSick = (_, _) => false;
        if ((await theatre.Product.DeploymentAsync()).Status is not DeploymentStatus.Terminated)
        {
            await theatre.Product.EndAsync(await theatre.Product.BeginAsync(OperationKind.Terminate, DeletionRequest.AtOnce));
            await theatre.Product.SettleAsync();
        }

        return (await Truth.OfAsync(theatre)).Gone().Select(lie => $"after its deletion {lie}");
    }
}
