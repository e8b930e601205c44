using DurableTask.Core;
using Newtonsoft.Json;

namespace Launchpad.Durable.Tests;

/// <summary>What an orchestrator of the tests sees.</summary>
internal sealed class Flow(OrchestrationContext context, string? input)
{
    private readonly Dictionary<string, Queue<TaskCompletionSource<string>>> waits = [];
    private readonly Dictionary<string, Queue<string>> early = [];

    public OrchestrationContext Context => context;

    public T? Input<T>() => input is null ? default : JsonConvert.DeserializeObject<T>(input);

    public Task<T> Call<T>(string activity, params object[] arguments) => context.ScheduleTask<T>(activity, "", arguments);

    public Task<string> Event(string name)
    {
        if (early.TryGetValue(name, out var came) && came.TryDequeue(out var value))
        {
            return Task.FromResult(value);
        }

        var wait = new TaskCompletionSource<string>();
        if (!waits.TryGetValue(name, out var others))
        {
            waits[name] = others = new();
        }

        others.Enqueue(wait);
        return wait.Task;
    }

    public void Raise(string name, string value)
    {
        if (waits.TryGetValue(name, out var waiting) && waiting.TryDequeue(out var wait))
        {
            wait.SetResult(value);
            return;
        }

        if (!early.TryGetValue(name, out var came))
        {
            early[name] = came = new();
        }

        came.Enqueue(value);
    }
}
