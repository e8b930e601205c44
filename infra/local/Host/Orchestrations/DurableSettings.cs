using System.Text.Json;
using Launchpad.Durable;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Orchestrations;

/// <summary>What host.json's durableTask section and the settings under "Durable" say to the engine.</summary>
internal static class DurableSettings
{
    public static DurableOptions Read(HostJson host, IConfiguration settings, JsonSerializerOptions json) => new()
    {
        Directory = Folder(settings),
        DefaultVersion = host.DurableTask["defaultVersion"] ?? "",
        MaxConcurrentActivities = Count(host, "maxConcurrentActivityFunctions", 10 * Environment.ProcessorCount),
        MaxConcurrentOrchestrations = Count(host, "maxConcurrentOrchestratorFunctions", 10 * Environment.ProcessorCount),
        StopAfterEvent = settings["Durable:StopAfterEvent"],
        DrainTimeout = Drain.Patience,
        Converter = new JsonDataConverter(json),
    };

    /// <summary>Where the engine and the timers keep their state.</summary>
    public static string Folder(IConfiguration settings) =>
        settings["Durable:Directory"] is { Length: > 0 } folder
            ? folder
            : Path.Combine(Directory.GetCurrentDirectory(), ".launchpad", "durable");

    private static int Count(HostJson host, string name, int otherwise) =>
        host.DurableTask.GetValue<int?>(name) is { } count
            ? count > 0 ? count : throw new FormatException($"host.json: durableTask.{name} must be at least 1.")
            : otherwise;
}
