using System.Text.Json;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>The moment before an activity runs.</summary>
/// <param name="Operation">The one that it is of; null when it is of none.</param>
internal sealed record Stage(Row Row, Picture Before, JsonElement Input, DateTimeOffset At, string? Operation);

/// <summary>A world with the product in it, that can be put to any moment of any story.</summary>
public sealed class Theatre : IAsyncLifetime
{
    /// <summary>Another operation, which took the deployment.</summary>
    public const string Other = "op_01K0000000000000000000000X";

    private const int LooksMax = 200;

    private readonly Dictionary<string, IReadOnlyDictionary<Row, Stage>> stages = [];
    private readonly Dictionary<Row, (IReadOnlyList<string> Facts, IReadOnlyList<Call> Calls)> usual = [];

    internal World World { get; } = new();

    internal Product Product { get; private set; } = null!;

    internal Bots Bots { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await World.InitializeAsync();
        Product = await Product.StartAsync(World);
        Bots = new(World, Product);
    }

    public async Task DisposeAsync()
    {
        await Product.DisposeAsync();
        await World.DisposeAsync();
    }

    /// <summary>As the story left it there: the picture is taken once.</summary>
    internal async Task<Stage> AtAsync(Row row)
    {
        if (!stages.TryGetValue(row.Story, out var found))
        {
            stages[row.Story] = found = await TellAsync(row.Story);
        }

        return found.TryGetValue(row, out var stage) ? stage : throw new InvalidOperationException($"{row.Story} has no {row.Activity}.");
    }

    /// <summary>Puts everything there, with a product that has just started and a clock that stands still.</summary>
    internal async Task<Stage> SetAsync(Row row)
    {
        var stage = await AtAsync(row);
        await stage.Before.RestoreAsync(World);
        await Product.ForgetAsync();
        World.IsSick = Story.All[row.Story].IsSick ?? ((_, _) => false);
        World.Clock.Stop(stage.At);
        Product.Gate = _ => throw new PermanentException("closed", "Nobody acts but the test.");
        return stage;
    }

    /// <summary>Runs the activity once.</summary>
    /// <returns>What it threw.</returns>
    internal async Task<Exception?> RunAsync(Stage stage, Func<Call, int, Blow>? strike = null)
    {
        World.Wire.Begin(strike);
        try
        {
            await RunToEndAsync(stage);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
        finally
        {
            World.Wire.Begin();
        }
    }

    /// <summary>When the clock has had people told whom nobody reached before.</summary>
    internal async Task<IReadOnlyList<string>> FactsAsync()
    {
        await Product.Get<Pager>().DeliverAllAsync(default);
        return [.. (await Picture.OfAsync(World)).Facts()];
    }

    /// <summary>What the activity comes to when nothing goes wrong, and the calls that it makes.</summary>
    internal async Task<(IReadOnlyList<string> Facts, IReadOnlyList<Call> Calls)> UsuallyAsync(Row row)
    {
        if (usual.TryGetValue(row, out var known))
        {
            return known;
        }

        var stage = await SetAsync(row);
        World.Wire.Begin();
        await Product.RunAsync(row.Activity, stage.Input);
        var calls = World.Wire.Calls;
        if (stage.Row.IsOneLook)
        {
            await RunToEndAsync(stage);
        }

        return usual[row] = (await FactsAsync(), calls);
    }

    /// <summary>A machine is made and deleted by one look after the other, and is the same only at their end.</summary>
    private async Task RunToEndAsync(Stage stage)
    {
        for (var look = 0; await Product.RunAsync(stage.Row.Activity, stage.Input) is VmProgress.Waiting && look < LooksMax
            && stage.Row.IsOneLook; look++)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>The deployment's row as somebody else has it.</summary>
    internal async Task ChangeAsync(Func<Deployment, Deployment> change) =>
        Assert.True(await Product.Get<DeploymentStore>().TrySaveAsync(change(await Product.DeploymentAsync()), default));

    internal static Deployment Taken(Deployment deployment) => deployment with
    {
        Operation = new(Other, OperationKind.Terminate, DateTimeOffset.UnixEpoch, Faults.Bots.Account),
        // Nobody takes one whose ending is not closed.
        Ending = null,
    };

    internal static Deployment Freed(Deployment deployment) => deployment with { Operation = null, Ending = null };

    internal static Deployment Terminated(Deployment deployment) =>
        Freed(Taken(deployment)).To(DeploymentStatus.Terminated) with { Vm = null };

    /// <summary>Loses what is known of the operation that acts.</summary>
    internal async Task LoseAsync(Stage stage)
    {
        await World.Tables.Operations.DeleteEntityAsync(Faults.Bots.Account, stage.Operation);
        await World.Tables.Operations.DeleteEntityAsync(stage.Operation, "owner");
    }

    private async Task<IReadOnlyDictionary<Row, Stage>> TellAsync(string story)
    {
        var found = new Dictionary<Row, Stage>();
        var calls = new Dictionary<string, int>();
        World.Clock.Go();
        Product.Gate = _ => Task.CompletedTask;
        Product.Before = async (activity, input) =>
        {
            var call = calls[activity] = calls.GetValueOrDefault(activity, -1) + 1;
            if (Row.All.FirstOrDefault(row => row.Story == story && row.Activity == activity && row.Call == call) is { } row)
            {
                found[row] = new(row, await Picture.OfAsync(World), input, World.Clock.GetUtcNow(), Operation(input));
            }
        };
        await Story.All[story].TellAsync(World, Product, Bots, () => calls.Clear());
        Product.Before = (_, _) => Task.CompletedTask;
        await Product.SettleAsync();
        return found;
    }

    private static string? Operation(JsonElement input) =>
        input.TryGetProperty("Operation", out var own) ? own.GetString()
        : input.TryGetProperty("Bot", out var bot) && bot.TryGetProperty("Operation", out var of) ? of.GetString()
        : null;
}
