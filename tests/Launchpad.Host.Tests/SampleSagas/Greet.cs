using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Host.SampleSagas;

/// <summary>The app mentions this class by nameof only, which leaves no reference in its assembly.</summary>
public static class Greet
{
    [Function(nameof(Greet))]
    public static async Task<Greeting> Run([OrchestrationTrigger] TaskOrchestrationContext context, GreetInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        var words = new List<string>();
        foreach (var name in input.Names)
        {
            words.Add(await context.CallActivityAsync<string>("Say", new SayInput(name, input.Tone)));
        }

        if (input.WaitForEvent is { } signal)
        {
            words.Add((await context.WaitForExternalEvent<string>(signal))!);
        }

        return new(string.Join(", ", words), context.Version);
    }
}

/// <summary>What Greet is given.</summary>
public sealed record GreetInput(IReadOnlyList<string> Names, Tone Tone, string? WaitForEvent = null);

/// <summary>What Greet gives back.</summary>
public sealed record Greeting(string Text, string Version);

/// <summary>What the activity Say is given.</summary>
public sealed record SayInput(string Name, Tone Tone);

/// <summary>How something is said.</summary>
public enum Tone
{
    Plain,
    Loud,
}
