using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Tests;

public sealed class OrchestratorTests
{
    [Fact]
    public async Task Guids_are_those_of_durable_task_and_the_same_at_every_replay()
    {
        await using var engine = await Engine.StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var ids = new[] { context.NewGuid(), context.NewGuid() };
            var at = context.CurrentUtcDateTime;
            await context.WaitForExternalEvent<string>("go");
            return (string[])[at.ToString("o"), .. ids.Append(context.NewGuid()).Select(id => id.ToString())];
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("fixed"));
        await engine.Client.WaitForInstanceStartAsync(id);
        await engine.RestartAsync();
        await engine.Client.RaiseEventAsync(id, "go", "");
        var result = (await engine.EndAsync(id)).ReadOutputAs<string[]>()!;

        Assert.Equal(Version5($"fixed_{result[0]}_0"), Guid.Parse(result[1]));
        Assert.Equal(Version5($"fixed_{result[0]}_1"), Guid.Parse(result[2]));
        Assert.Equal(4, result.Distinct().Count());
    }

    [Fact]
    public async Task Code_before_an_await_is_replayed_but_logs_once()
    {
        var ran = 0;
        var logged = 0;
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                ran++;
                if (!context.IsReplaying)
                {
                    logged++;
                }

                await context.WaitForExternalEvent<string>("go");
                return context.IsReplaying;
            }),
            options => options with { MaxCachedOrchestrators = 1 });

        var first = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(first);
        var second = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(second);
        await engine.Client.RaiseEventAsync(first, "go", "");
        Assert.False((await engine.EndAsync(first)).ReadOutputAs<bool>());
        Assert.Equal((3, 2), (ran, logged));
    }

    [Theory]
    [InlineData("delay")]
    [InlineData("run")]
    [InlineData("never")]
    [InlineData("hop")]
    [InlineData("beside")]
    public async Task Awaiting_what_is_not_durable_fails_the_orchestration(string what)
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("Echo", text => text)
            .Orchestrator("Run", async context =>
            {
                var beside = what == "beside" ? context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None) : null;
                await (what switch
                {
                    "delay" or "beside" => Task.Delay(10),
                    "run" => Task.Run(() => 1),
                    "never" => new TaskCompletionSource().Task,
                    _ => Task.CompletedTask,
                });
                if (what == "hop")
                {
                    await context.CallActivityAsync<string>("Echo", "").ConfigureAwait(false);
                }

                return await context.CallActivityAsync<string>("Echo", "");
            }));

        var state = await engine.RunAsync("Run");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.True(state.FailureDetails!.IsCausedBy<InvalidOperationException>());
        Assert.StartsWith("An invalid asynchronous invocation was detected.", state.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yielding_is_harmless()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("Echo", text => text)
            .Orchestrator("Run", async context =>
            {
                await Task.Yield();
                var echo = await context.CallActivityAsync<string>("Echo", "x");
                await Task.Yield();
                return echo;
            }));

        Assert.Equal("x", await engine.ResultAsync<string>("Run"));
    }

    [Fact]
    public async Task An_orchestration_ends_only_when_all_it_began_has_ended()
    {
        using var gate = new SemaphoreSlim(0);
        await using var engine = await Engine.StartAsync(e => e
            .ActivityAsync<string, string>("Slow", async text =>
            {
                await gate.WaitAsync();
                return text;
            })
            .Orchestrator("Run", context =>
            {
                _ = context.CallActivityAsync<string>("Slow", "x");
                return Task.FromResult("returned");
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(id);
        await Task.Delay(30);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);
        gate.Release();
        Assert.Equal("returned", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_version_comes_from_the_starter_or_the_default_and_compares_as_a_version()
    {
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", context =>
                Task.FromResult($"{context.Version} {context.CompareVersionTo("1.10")} {context.CompareVersionTo("")}")),
            options => options with { DefaultVersion = "1.9" });

        Assert.Equal("1.9 -1 1", await engine.ResultAsync<string>("Run"));
        var pinned = await engine.RunAsync("Run", null, new StartOrchestrationOptions { Version = "2.0" });
        Assert.Equal("2.0 1 1", pinned.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Continuing_as_new_begins_with_an_empty_history_and_may_change_the_version()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<int, int>("Add", n => n + 1)
            .Orchestrator("Run", async context =>
            {
                var n = await context.CallActivityAsync<int>("Add", context.GetInput<int>());
                if (n < 20)
                {
                    context.ContinueAsNew(new ContinueAsNewOptions { NewInput = n, NewVersion = $"{n}" });
                }

                return $"{n} at {context.Version}";
            }));

        var state = await engine.RunAsync("Run", 0);
        Assert.Equal("20 at 19", state.ReadOutputAs<string>());
        Assert.InRange((await engine.Running.HistoryAsync(state.InstanceId, default)).Count, 4, 8);
    }

    [Fact]
    public async Task A_child_has_a_parent_an_id_and_answers_with_its_result_or_failure()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Orchestrator("Child", context => context.GetInput<string>() is { Length: > 0 } input
                ? Task.FromResult($"{input} of {context.Parent!.Name} {context.Parent.InstanceId} as {context.InstanceId}")
                : throw new ArgumentException("empty"))
            .Orchestrator("Parent", async context =>
            {
                var first = await context.CallSubOrchestratorAsync<string>("Child", "x", new SubOrchestrationOptions(instanceId: "mine"));
                var unnamed = await context.CallSubOrchestratorAsync<string>("Child", "y");
                try
                {
                    await context.CallSubOrchestratorAsync<string>("Child", "");
                }
                catch (TaskFailedException failure)
                {
                    return $"{first}; {unnamed.Length}; {failure.FailureDetails.ErrorType}";
                }

                return "";
            }));

        var state = await engine.RunAsync("Parent", null, new("p"));
        Assert.Equal("x of Parent p as mine; 49; System.ArgumentException", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_child_under_an_id_that_runs_already_is_a_failure_of_the_parents_task()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Orchestrator("Park", context => context.WaitForExternalEvent<string>("go"))
            .Orchestrator("Parent", context =>
                context.CallSubOrchestratorAsync<string>("Park", null, new SubOrchestrationOptions(instanceId: "taken"))));

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("taken"));
        var state = await engine.RunAsync("Parent");
        Assert.True(state.FailureDetails!.InnerFailure!.IsCausedBy<DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException>());
    }

    [Fact]
    public async Task Replayed_code_that_asks_for_something_else_suspends_the_instance_and_says_what()
    {
        await using var engine = new Engine();
        engine.Activity<string, string>("Charge", x => x).Activity<string, string>("Refund", x => x);
        await engine.Orchestrator("Run", context => Steps(context, "Charge")).StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "charged");

        await engine.StopAsync();
        engine.Clear().Activity<string, string>("Refund", x => x).Orchestrator("Run", context => Steps(context, "Refund"));
        await engine.StartAsync();
        await engine.Client.RaiseEventAsync(id, "go", "on");
        var suspended = await engine.UntilAsync(id, state => state.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        Assert.Contains(
            "Expected, as recorded: activity 'Charge' (task 0). Actual, by today's code: activity 'Refund' (task 0).",
            suspended.FailureDetails!.ErrorMessage,
            StringComparison.Ordinal);
        await engine.Client.ResumeInstanceAsync(id);
        await Task.Delay(50);
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);

        await engine.StopAsync();
        engine.Clear().Activity<string, string>("Charge", x => x).Orchestrator("Run", context => Steps(context, "Charge"));
        await engine.StartAsync();
        await engine.Client.ResumeInstanceAsync(id);
        Assert.Equal("on", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    private static async Task<string> Steps(TaskOrchestrationContext context, string activity)
    {
        context.CreateReplaySafeLogger("test").LogInformation("Runs once");
        await context.CallActivityAsync<string>(activity, "");
        context.SetCustomStatus("charged");
        return await context.WaitForExternalEvent<string>("go");
    }

    /// <summary>The published algorithm: SHA-1 over namespace and name, version and variant bits, network byte order.</summary>
    private static Guid Version5(string name)
    {
        var space = Convert.FromHexString("9e9529585e334daf827f2fa12937b875");
#pragma warning disable CA5350 // Version 5 is SHA-1 by definition.
        var hash = System.Security.Cryptography.SHA1.HashData([.. space, .. System.Text.Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        var hex = Convert.ToHexString(hash, 0, 16);
        return Guid.ParseExact(hex, "N");
    }
}
