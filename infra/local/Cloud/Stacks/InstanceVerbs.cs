using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Launchpad.Durable;
using Microsoft.DurableTask.Client;

namespace Launchpad.Local.Stacks;

/// <summary>What a person can ask about the orchestrations of a stack, whether it runs or not. Nothing is changed.</summary>
internal static class InstanceVerbs
{
    private const int TopMax = 1000;

    /// <summary>Lists instances, or tells one's story.</summary>
    public static int Instances(IReadOnlyList<string> arguments)
    {
        var asked = Arguments.Parse(arguments);
        using var reader = new HistoryReader(asked.Home.Durable);
        if (asked.Id is { } id)
        {
            var instance = reader.Find(id) ?? throw new StackException($"There is no instance '{id}' in {asked.Home.Durable}.");
            if (asked.Record)
            {
                Console.Out.Write(reader.Record(id)!.ToJson());
                return 0;
            }

            Tell(instance, reader.History(id), asked.Json);
        }
        else
        {
            List(reader, asked);
        }

        return 0;
    }

    /// <summary>Has the control plane replay every live instance with its own code, in a process of its own; 1 when that does not
    /// follow all of them.</summary>
    public static async Task<int> ReplayAsync(IReadOnlyList<string> arguments)
    {
        var asked = Arguments.Parse(arguments);
        var start = ControlPlaneProgram.Replay(asked.ControlPlane, asked.Home);
        using var process = Process.Start(start)!;
        string? last = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            last = line;
        }

        await process.WaitForExitAsync();
        var report = Report(last) ?? throw new StackException($"The control plane did not replay (exit code {process.ExitCode}): {last}");
        if (asked.Json)
        {
            Console.Out.WriteLine(last);
            return report.Ok ? 0 : 1;
        }

        var terminal = new Terminal(json: false);
        foreach (var mismatch in report.Mismatches)
        {
            terminal.Say($"{mismatch.Instance} ({mismatch.Name}, version '{mismatch.Version}', {mismatch.Status}): {mismatch.Reason}");
        }

        terminal.Say(report.Ok
            ? $"This build follows every live instance: {report.Replayed} replayed."
            : $"This build does not follow {report.Mismatches.Count} of {report.Replayed} live instances. Do not deploy it over them.");
        return report.Ok ? 0 : 1;
    }

    private static ReplayReport? Report(string? line)
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize<ReplayReport>(line, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void List(HistoryReader reader, Arguments asked)
    {
        var query = new OrchestrationQuery(Statuses: asked.Statuses, InstanceIdPrefix: asked.Prefix);
        var instances = reader.Instances(query).TakeLast(asked.Top).ToList();
        if (asked.Json)
        {
            Terminal.Result(new { ok = true, instances = instances.Select(Summary) });
            return;
        }

        foreach (var instance in instances)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{instance.CreatedAt:yyyy-MM-dd HH:mm:ss}  {instance.RuntimeStatus,-10}  {instance.Name,-16}  {instance.InstanceId}"));
        }

        var all = instances.Count < asked.Top;
        Console.Error.WriteLine(all ? $"{instances.Count} instances." : $"The latest {asked.Top}; --top shows more.");
    }

    private static void Tell(OrchestrationMetadata instance, IReadOnlyList<HistoryRow> history, bool json)
    {
        var timeline = Timeline.Of(history);
        if (json)
        {
            Terminal.Result(new { ok = true, instance = Summary(instance), timeline, history });
            return;
        }

        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{instance.InstanceId}  {instance.Name}  {instance.RuntimeStatus}  created {instance.CreatedAt:u}"));
        if (instance.FailureDetails is { } failure)
        {
            Console.Out.WriteLine(failure.ToString());
        }

        foreach (var line in timeline)
        {
            Console.Out.WriteLine(line);
        }
    }

    private static object Summary(OrchestrationMetadata instance) => new
    {
        instance.InstanceId,
        instance.Name,
        runtimeStatus = instance.RuntimeStatus.ToString(),
        instance.CreatedAt,
        instance.LastUpdatedAt,
        failure = instance.FailureDetails?.ToString(),
    };

    private sealed record ReplayReport(bool Ok, int Replayed, IReadOnlyList<ReplayMismatch> Mismatches);

    private sealed record ReplayMismatch(string Instance, string Name, string Version, string Status, string Reason);

    private sealed record Arguments
    {
        public required Home Home { get; init; }
        public string? Id { get; init; }
        public string? Prefix { get; init; }
        public IReadOnlyList<OrchestrationRuntimeStatus>? Statuses { get; init; }
        public int Top { get; init; } = 50;
        public string ControlPlane { get; init; } = ControlPlaneProgram.DefaultPath;
        public bool Json { get; init; }

        /// <summary>Print the history as tests keep it, with all payloads.</summary>
        public bool Record { get; init; }

        public static Arguments Parse(IReadOnlyList<string> arguments)
        {
            var (own, common) = (new Queue<string>(arguments), new List<string>());
            var asked = new Arguments { Home = null! };
            while (own.TryDequeue(out var option))
            {
                switch (option)
                {
                    case "--prefix": asked = asked with { Prefix = Value() }; break;
                    case "--top": asked = asked with { Top = Number(Value()) }; break;
                    case "--status": asked = asked with { Statuses = [.. Value().Split(',').Select(Status)] }; break;
                    case "--control-plane": asked = asked with { ControlPlane = Path.GetFullPath(Value()) }; break;
                    case "--record": asked = asked with { Record = true }; break;
                    case "--home": common.AddRange([option, Value()]); break;
                    case ['-', ..]: common.Add(option); break;
                    default: asked = asked with { Id = option }; break;
                }

                string Value() => own.TryDequeue(out var value) ? value : throw new StackException($"{option} needs a value.");
            }

            var (home, json) = UpArguments.ParseCommon(common);
            return asked with { Home = home, Json = json };
        }

        private static int Number(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top is >= 1 and <= TopMax
                ? top
                : throw new StackException($"--top is a number from 1 to {TopMax}.");

        private static OrchestrationRuntimeStatus Status(string text) =>
            Enum.TryParse<OrchestrationRuntimeStatus>(text, ignoreCase: true, out var status) && Enum.IsDefined(status)
                ? status
                : throw new StackException($"There is no status '{text}'.");
    }
}
