using System.Diagnostics;
using DurableTask.Core.Exceptions;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Durable.Tests;

/// <summary>The store beneath Microsoft's durable extension, with functions that run in this process.</summary>
public sealed class ExtensionTests : IAsyncLifetime
{
    private readonly string directory = TestHub.NewDirectory();
    private IHost host = null!;

    private IJobHost Jobs => host.Services.GetRequiredService<IJobHost>();

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task The_extension_runs_functions_over_the_store_that_host_json_names()
    {
        var outcome = await AskAsync(nameof(Functions.StartAndWait), "Greet", "\"you\"");
        Assert.True(outcome.RuntimeStatus is OrchestrationRuntimeStatus.Completed, Story());
        Assert.Equal("Hello you! 7", outcome.Output.ToString());
        await StopAsync();
        Assert.Empty(Storage.Integrity.ProblemsOf(directory));
    }

    [Fact]
    public async Task What_host_json_says_of_concurrency_and_sessions_holds_for_the_store()
    {
        var service = host.Services.GetRequiredService<SqliteOrchestrationService>();
        await AskAsync(nameof(Functions.StartAndWait), "Greet", "\"you\"");
        Assert.Equal(7, service.MaxConcurrentTaskActivityWorkItems);
        Assert.Equal(9, service.MaxConcurrentTaskOrchestrationWorkItems);
        Assert.Equal(TimeSpan.FromSeconds(11), service.SessionIdle);
    }

    [Fact]
    public async Task An_orchestration_outlives_its_host_and_a_second_start_of_its_id_is_refused()
    {
        await AskAsync(nameof(Functions.Start), "Listen", "listener");
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(nameof(Functions.Start), "Listen", "listener"));
        Assert.IsType<OrchestrationAlreadyExistsException>(Functions.Refused);
        await StopAsync();
        await StartAsync();
        var outcome = await AskAsync(nameof(Functions.RaiseAndWait), "listener", "\"word\"");
        Assert.Equal("word", outcome.Output.ToString());
        var purged = await AskAsync(nameof(Functions.Purge), "listener", "");
        Assert.Equal("1", purged.InstanceId);
    }

    private async Task<DurableOrchestrationStatus> AskAsync(string function, string name, string argument)
    {
        var answer = new TaskCompletionSource<DurableOrchestrationStatus>();
        await Jobs.CallAsync(
            function,
            new Dictionary<string, object?> { ["name"] = name, ["argument"] = argument, ["answer"] = answer });
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private string Story()
    {
        using var reader = new HistoryReader(directory);
        return string.Join('\n', reader.Instances(new()).SelectMany(one => Timeline.Of(reader.History(one.InstanceId)).Prepend($"{one}")));
    }

    private async Task StartAsync()
    {
        host = new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["AzureWebJobs:extensions:durableTask:hubName"] = "Launchpad",
                ["AzureWebJobs:extensions:durableTask:storageProvider:type"] = "Sqlite",
                ["AzureWebJobs:extensions:durableTask:maxConcurrentActivityFunctions"] = "7",
                ["AzureWebJobs:extensions:durableTask:maxConcurrentOrchestratorFunctions"] = "9",
                ["AzureWebJobs:extensions:durableTask:extendedSessionsEnabled"] = "true",
                ["AzureWebJobs:extensions:durableTask:extendedSessionIdleTimeoutInSeconds"] = "11",
            }))
            .ConfigureWebJobs(jobs => jobs.AddDurableTask())
            .ConfigureServices(services =>
            {
                SqliteDurability.Add(services, new() { Directory = directory });
                services.AddSingleton<ITypeLocator>(new OneType());
            })
            .Build();
        await host.StartAsync();
    }

    private async Task StopAsync()
    {
        if (Interlocked.Exchange(ref host, null!) is { } running)
        {
            await running.StopAsync();
            running.Dispose();
        }
    }

    private sealed class OneType : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => [typeof(Functions), typeof(Sum)];
    }

    public sealed class Sum
    {
        public int Value { get; set; }

        public int Add(int amount) => Value += amount;

        [FunctionName(nameof(Sum))]
        public static Task Run([EntityTrigger] IDurableEntityContext context) => context.DispatchAsync<Sum>();
    }

    public static class Functions
    {
        public static Exception? Refused { get; private set; }

        [FunctionName("Greet")]
        public static async Task<string> Greet([OrchestrationTrigger] IDurableOrchestrationContext context)
        {
            var hello = await context.CallActivityAsync<string>("Hello", context.GetInput<string>());
            await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(5), CancellationToken.None);
            var entity = new EntityId(nameof(Sum), context.InstanceId);
            await context.CallEntityAsync<int>(entity, nameof(ExtensionTests.Sum.Add), 3);
            return $"{hello} {await context.CallEntityAsync<int>(entity, nameof(ExtensionTests.Sum.Add), 4)}";
        }

        [FunctionName("Listen")]
        public static Task<string> Listen([OrchestrationTrigger] IDurableOrchestrationContext context) =>
            context.WaitForExternalEvent<string>("said");

        [FunctionName("Hello")]
        public static string Hello([ActivityTrigger] string name) => $"Hello {name}!";

        [NoAutomaticTrigger]
        [FunctionName(nameof(StartAndWait))]
        public static async Task StartAndWait(
            [DurableClient] IDurableClient client, string name, string argument, TaskCompletionSource<DurableOrchestrationStatus> answer)
        {
            var id = await client.StartNewAsync(name, null, Newtonsoft.Json.Linq.JToken.Parse(argument));
            answer.SetResult(await EndAsync(client, id));
        }

        [NoAutomaticTrigger]
        [FunctionName(nameof(Start))]
        public static async Task Start(
            [DurableClient] IDurableClient client, string name, string argument, TaskCompletionSource<DurableOrchestrationStatus> answer)
        {
            try
            {
                await client.StartNewAsync(name, argument);
                answer.SetResult(await client.GetStatusAsync(argument));
            }
            catch (OrchestrationAlreadyExistsException refusal)
            {
                Refused = refusal;
                throw;
            }
        }

        [NoAutomaticTrigger]
        [FunctionName(nameof(RaiseAndWait))]
        public static async Task RaiseAndWait(
            [DurableClient] IDurableClient client, string name, string argument, TaskCompletionSource<DurableOrchestrationStatus> answer)
        {
            await client.RaiseEventAsync(name, "said", Newtonsoft.Json.Linq.JToken.Parse(argument));
            answer.SetResult(await EndAsync(client, name));
        }

        [NoAutomaticTrigger]
        [FunctionName(nameof(Purge))]
        public static async Task Purge(
            [DurableClient] IDurableClient client, string name, string argument, TaskCompletionSource<DurableOrchestrationStatus> answer) =>
            answer.SetResult(new() { InstanceId = $"{(await client.PurgeInstanceHistoryAsync(name)).InstancesDeleted}" });

        private static async Task<DurableOrchestrationStatus> EndAsync(IDurableClient client, string id)
        {
            for (var waited = Stopwatch.StartNew(); ;)
            {
                var status = await client.GetStatusAsync(id, showHistory: true);
                if (status.RuntimeStatus is OrchestrationRuntimeStatus.Completed || waited.Elapsed > TimeSpan.FromSeconds(20))
                {
                    return status;
                }

                await Task.Delay(20);
            }
        }
    }
}
