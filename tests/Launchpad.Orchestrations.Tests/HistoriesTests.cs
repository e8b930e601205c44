using Launchpad.Functions;
using Launchpad.Shared.Retention;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Orchestrations.Tests;

/// <summary>How long it is kept how sagas went.</summary>
public sealed class HistoriesTests
{
    [Fact]
    public async Task What_ended_is_forgotten_when_its_time_is_over_and_what_goes_on_never()
    {
        var directory = Directory.CreateTempSubdirectory("histories-");
        await using (var engine = await Engine.StartAsync(directory.FullName, tasks => tasks
            .AddOrchestratorFunc<string, string>("Ends", (_, name) => Task.FromResult(name))
            .AddOrchestratorFunc<string, string>("Fails", Task<string> (TaskOrchestrationContext _, string name) => throw new InvalidOperationException(name))
            .AddOrchestratorFunc<string, string>("Waits", (context, name) => context.WaitForExternalEvent<string>(name))))
        {
            foreach (var saga in new[] { "Ends", "Fails", "Waits" })
            {
                await engine.Client.ScheduleNewOrchestrationInstanceAsync(saga, "word", new StartOrchestrationOptions(saga));
            }

            await Task.WhenAll(
                engine.Client.WaitForInstanceCompletionAsync("Ends"), engine.Client.WaitForInstanceCompletionAsync("Fails"),
                engine.Client.WaitForInstanceStartAsync("Waits"));
            var kept = new RetentionOptions().Histories;
            Assert.Equal(["Ends", "Fails", "Waits"], await LeftAsync(engine.Client, kept - TimeSpan.FromMinutes(5)));
            Assert.Equal(["Waits"], await LeftAsync(engine.Client, kept + TimeSpan.FromMinutes(5)));
        }

        directory.Delete(recursive: true);
    }

    /// <summary>What there is after a sweep so much later.</summary>
    private static async Task<IEnumerable<string>> LeftAsync(DurableTaskClient client, TimeSpan later)
    {
        var sweep = new Functions.Histories(
            Options.Create(new RetentionOptions()), new Ahead(later), NullLogger<Functions.Histories>.Instance);
        await sweep.SweepHistories(new TimerInfo(), client, default);
        return await client.GetAllInstancesAsync().Select(one => one.InstanceId).Order().ToListAsync();
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
