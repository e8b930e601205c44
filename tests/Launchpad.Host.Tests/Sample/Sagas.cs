using Launchpad.Host.SampleSagas;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Host.Sample;

/// <summary>Orchestrations that use one thing each of what the engine can do, and their activities.</summary>
public sealed class Sagas(Journal journal)
{
    [Function(nameof(Parent))]
    public static Task<Greeting> Parent([OrchestrationTrigger] TaskOrchestrationContext context, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.CallSubOrchestratorAsync<Greeting>(nameof(Greet), new GreetInput([name], Tone.Loud));
    }

    [Function(nameof(Persistent))]
    public static Task<string> Persistent([OrchestrationTrigger] TaskOrchestrationContext context, int failures)
    {
        ArgumentNullException.ThrowIfNull(context);
        var retry = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(10)));
        return context.CallActivityAsync<string>(nameof(Unsure), failures, retry);
    }

    [Function(nameof(Waiting))]
    public static async Task<string> Waiting([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.SetCustomStatus(new { waitsFor = "word" });
        return $"heard {await context.WaitForExternalEvent<string>("word")}";
    }

    [Function(nameof(Countdown))]
    public static async Task<string> Countdown([OrchestrationTrigger] TaskOrchestrationContext context, int left)
    {
        ArgumentNullException.ThrowIfNull(context);
        var started = context.CurrentUtcDateTime;
        await context.CreateTimer(started.AddSeconds(2), CancellationToken.None);
        if (left > 0)
        {
            context.ContinueAsNew(left - 1);
        }

        // Azure Storage counts whole seconds.
        return context.CurrentUtcDateTime >= started.AddSeconds(1) ? "counted down" : "too early";
    }

    /// <summary>Its turn ends the process that takes it.</summary>
    [Function(nameof(Turn))]
    public static async Task<string> Turn([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function)
    {
        ArgumentNullException.ThrowIfNull(context);
        var journal = (Journal)function.InstanceServices.GetService(typeof(Journal))!;
        var first = await context.CallActivityAsync<string>("Say", new SayInput("Ada", Tone.Plain));
        journal.DieIn("turn", 1);
        return $"{first}, {await context.CallActivityAsync<string>("Say", new SayInput("Bob", Tone.Plain))}";
    }

    [Function(nameof(Deadly))]
    public static Task<string> Deadly([OrchestrationTrigger] TaskOrchestrationContext context, int times)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.CallActivityAsync<string>(nameof(Dying), times);
    }

    [Function(nameof(Lasting))]
    public static Task<string> Lasting([OrchestrationTrigger] TaskOrchestrationContext context, int milliseconds)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.CallActivityAsync<string>(nameof(Working), milliseconds);
    }

    [Function(nameof(Say))]
    public async Task<string> Say([ActivityTrigger] SayInput input, string instanceId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(input);
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        journal.Write($"say {input.Name} for {instanceId}");
        if (input.Name == "nobody")
        {
            throw new ArgumentException("there is nobody to greet");
        }

        return input.Tone is Tone.Loud ? $"HELLO {input.Name}" : $"hello {input.Name}";
    }

    [Function(nameof(Unsure))]
    public string Unsure([ActivityTrigger] int failures, string instanceId)
    {
        journal.Write($"tries {instanceId}");
        var tries = journal.Count($"tries {instanceId}");
        return tries > failures ? $"sure after {tries}" : throw new InvalidOperationException($"not sure, the {tries}. time");
    }

    [Function(nameof(Dying))]
    public string Dying([ActivityTrigger] int times, string instanceId)
    {
        journal.DieIn(instanceId, times);
        return $"survived {times}";
    }

    [Function(nameof(Working))]
    public async Task<string> Working([ActivityTrigger] int milliseconds, string instanceId, CancellationToken cancellation)
    {
        journal.Write($"works for {instanceId}");
        await Task.Delay(journal.Count($"works for {instanceId}") > 1 ? 0 : milliseconds, cancellation);
        return "worked";
    }
}
