using System.Runtime.CompilerServices;
using DurableTask.Core;
using DurableTask.Core.History;
using Launchpad.Durable;
using Launchpad.Host.Durable;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Launchpad.Host.Replay;

/// <summary>The histories of all instances that have not ended, from the store that host.json names. Nothing is written, and nothing has
/// to run on it or must not.</summary>
internal sealed class LiveHistories(HostJson json, IConfiguration settings, EngineStore store)
{
    private const int Page = 100;

    private static readonly JsonSerializer Json = JsonSerializer.Create(new()
    {
        ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
        MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        DateTimeZoneHandling = DateTimeZoneHandling.Utc,
    });

    public IAsyncEnumerable<RecordedHistory> ReadAsync(CancellationToken cancellation) =>
        store.EmbeddedIn is { } directory ? EmbeddedAsync(directory) : SharedAsync(cancellation);

    private static async IAsyncEnumerable<RecordedHistory> EmbeddedAsync(string directory)
    {
        using var reader = new HistoryReader(directory);
        foreach (var history in reader.Live())
        {
            await Task.Yield();
            yield return history;
        }
    }

    /// <summary>Of a store that many hosts share, by the extension's own provider of it.</summary>
    private async IAsyncEnumerable<RecordedHistory> SharedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var services = new HostBuilder()
            .ConfigureAppConfiguration(configuration => DurableHost.Configure(configuration, json, settings))
            .ConfigureWebJobs(jobs => jobs.AddDurableTask())
            .ConfigureServices(store.AddTo)
            .Build();
        var provider = services.Services.GetServices<IDurabilityProviderFactory>()
            .First(factory => factory.Name.Equals(EngineStore.TypeIn(json), StringComparison.OrdinalIgnoreCase)).GetDurabilityProvider();
        var live = new OrchestrationStatusQueryCondition
        {
            RuntimeStatus = [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended],
            PageSize = Page,
        };
        do
        {
            var page = await provider.GetOrchestrationStateWithPagination(live, cancellation);
            foreach (var instance in page.DurableOrchestrationState.Where(state => !state.InstanceId.StartsWith('@')))
            {
                var events = Events(await provider.GetOrchestrationHistoryAsync(instance.InstanceId, null));

                // It may have ended meanwhile.
                if (!events.OfType<ExecutionCompletedEvent>().Any())
                {
                    yield return new(
                        instance.InstanceId, instance.Name, events.OfType<ExecutionStartedEvent>().FirstOrDefault()?.Version ?? "",
                        Enum.Parse<OrchestrationStatus>(instance.RuntimeStatus.ToString()))
                    {
                        Events = events,
                    };
                }
            }

            live.ContinuationToken = page.ContinuationToken;
        }
        while (live.ContinuationToken is not null);
    }

    private static List<HistoryEvent> Events(string json) => [.. JArray.Parse(json).Cast<JObject>().Select(Event)];

    // The store names each event's kind by the enumeration's number or name, and by a .NET type that need not be trusted.
    private static HistoryEvent Event(JObject e)
    {
        var kind = e[nameof(HistoryEvent.EventType)]!.ToObject<EventType>();
        var type = HistoryEvent.KnownTypes().First(type => type.Name == $"{kind}Event");
        return (HistoryEvent)e.ToObject(type, Json)!;
    }
}
