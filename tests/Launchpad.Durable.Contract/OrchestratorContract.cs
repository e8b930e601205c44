using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Contract;

public abstract class OrchestratorContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    [Fact]
    public async Task Guids_are_those_of_durable_task_and_the_same_at_every_replay()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
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

    [Theory]
    [InlineData("delay")]
    [InlineData("run")]
    [InlineData("never")]
    [InlineData("hop")]
    [InlineData("beside")]
    public async Task Awaiting_what_is_not_durable_fails_the_orchestration(string what)
    {
        await using var engine = await StartAsync(e => e
            .Activity<string, string>("Echo", text => text)
            .Orchestrator("Run", async context =>
            {
                var beside = what == "beside" ? context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None) : null;
                await (what switch
                {
                    "delay" or "beside" => Task.Delay(10),
                    "run" => Task.Run(() => Thread.Sleep(10)),
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
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(
            e => e.Orchestrator("Run", context =>
                Task.FromResult($"{context.Version} {context.CompareVersionTo("1.10")} {context.CompareVersionTo("")}")),
            new EngineSettings { DefaultVersion = "1.9" });

        Assert.Equal("1.9 -1 1", await engine.ResultAsync<string>("Run"));
        var pinned = await engine.RunAsync("Run", null, new StartOrchestrationOptions { Version = "2.0" });
        Assert.Equal("2.0 1 1", pinned.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Continuing_as_new_begins_with_an_empty_history_and_may_change_the_version()
    {
        await using var engine = await StartAsync(e => e
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
    }

    [Fact]
    public async Task A_child_has_a_parent_an_id_and_answers_with_its_result_or_failure()
    {
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(e => e
            .Orchestrator("Park", context => context.WaitForExternalEvent<string>("go"))
            .Orchestrator("Parent", context =>
                context.CallSubOrchestratorAsync<string>("Park", null, new SubOrchestrationOptions(instanceId: "taken"))));

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("taken"));
        var state = await engine.RunAsync("Parent");
        Assert.True(state.FailureDetails!.InnerFailure!.IsCausedBy<DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException>());
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

    [Fact]
    public async Task Time_stands_still_in_a_turn_and_is_universal()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var first = context.CurrentUtcDateTime;
            Thread.Sleep(5);
            var same = context.CurrentUtcDateTime == first;
            await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
            return same && first.Kind is DateTimeKind.Utc && context.CurrentUtcDateTime >= first.AddMilliseconds(5);
        }));

        Assert.True(await engine.ResultAsync<bool>("Run"));
    }

    [Fact]
    public async Task A_replay_runs_the_code_again_but_says_so()
    {
        var ran = 0;
        var first = 0;
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            ran++;
            first += context.IsReplaying ? 0 : 1;
            await context.WaitForExternalEvent<string>("go");
            return context.IsReplaying;
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(id);
        await engine.RestartAsync();
        await engine.Client.RaiseEventAsync(id, "go", "");
        Assert.False((await engine.EndAsync(id)).ReadOutputAs<bool>());
        Assert.Equal((2, 1), (ran, first));
    }

    [Fact]
    public async Task A_child_has_the_default_version_and_an_activity_that_of_its_orchestration_unless_they_are_told_another()
    {
        await using var engine = await StartAsync(
            e => e
                .Orchestrator("Child", context => Task.FromResult(context.Version))
                .Orchestrator("Parent", async context => string.Join(
                    ' ',
                    context.Version,
                    await context.CallSubOrchestratorAsync<string>("Child"),
                    await context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions { Version = "7" }))),
            new EngineSettings { DefaultVersion = "3" });

        var state = await engine.RunAsync("Parent", null, new StartOrchestrationOptions { Version = "2" });
        Assert.Equal("2 3 7", state.ReadOutputAs<string>());
        var unversioned = await engine.RunAsync("Child", null, new StartOrchestrationOptions { Version = TaskVersion.Unversioned });
        Assert.Equal("", unversioned.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1", -1)]
    [InlineData("1", " ", 1)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("b", "A", 1)]
    public async Task Versions_compare_as_numbers_when_they_are_and_as_text_when_not(string own, string other, int expected)
    {
        await using var engine = await StartAsync(
            e => e.Orchestrator("Run", context => Task.FromResult(Math.Sign(context.CompareVersionTo(other)))));
        var state = await engine.RunAsync("Run", null, new StartOrchestrationOptions { Version = own });
        Assert.Equal(expected, state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_failure_below_a_child_crosses_both_borders_with_its_causes()
    {
        await using var engine = await StartAsync(e => e
            .Activity<string, string>("Break", _ => throw new FileNotFoundException("no file", new TimeoutException("too late")))
            .Orchestrator("Child", context => context.CallActivityAsync<string>("Break", ""))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child")));

        var child = (await engine.RunAsync("Parent")).FailureDetails!.InnerFailure!;
        Assert.Equal(typeof(TaskFailedException).FullName, child.ErrorType);
        Assert.Equal("Task 'Break' (#0) failed with an unhandled exception: no file", child.ErrorMessage);
        var activity = child.InnerFailure!;
        Assert.True(activity.IsCausedBy<IOException>());
        Assert.True(activity.InnerFailure!.IsCausedBy<TimeoutException>());
        Assert.Null(activity.InnerFailure.InnerFailure);
        Assert.Throws<ArgumentException>(() => activity.IsCausedBy(typeof(string)));
    }

    [Fact]
    public async Task A_child_that_is_terminated_or_unknown_is_a_failure_of_the_parents_task()
    {
        await using var engine = await StartAsync(e => e
            .Orchestrator("Park", context => context.WaitForExternalEvent<string>("go"))
            .Orchestrator("Parent", async context =>
            {
                var failures = new List<string>();
                foreach (var name in new[] { "Park", "Nowhere" })
                {
                    try
                    {
                        await context.CallSubOrchestratorAsync<string>(name, null, new SubOrchestrationOptions(instanceId: name));
                    }
                    catch (TaskFailedException failure)
                    {
                        failures.Add(failure.TaskName);
                    }
                }

                return failures;
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Parent");
        await engine.UntilAsync("Park", state => state.RuntimeStatus is OrchestrationRuntimeStatus.Running);
        await engine.Client.TerminateInstanceAsync("Park");
        Assert.Equal(["Park", "Nowhere"], (await engine.EndAsync(id)).ReadOutputAs<string[]>()!);
    }

    [Fact]
    public async Task The_custom_status_is_the_last_one_set_and_the_next_generation_begins_without()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            if (context.GetInput<int>() == 1)
            {
                await context.WaitForExternalEvent<string>("go");
                return "done";
            }

            context.SetCustomStatus("one");
            context.SetCustomStatus(new { step = 2 });
            await context.WaitForExternalEvent<string>("go");
            context.ContinueAsNew(1);
            return "";
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", 0);
        await engine.UntilAsync(id, state => state.SerializedCustomStatus == "{\"step\":2}");
        await engine.Client.RaiseEventAsync(id, "go");
        await engine.UntilAsync(id, state => state.ReadInputAs<int>() == 1 && state.SerializedCustomStatus is null);
        await engine.Client.RaiseEventAsync(id, "go");
        Assert.Equal("done", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Tags_and_parent_stay_when_an_orchestration_continues_as_new()
    {
        await using var engine = await StartAsync(e => e
            .Orchestrator("Child", context =>
            {
                if (context.GetInput<int>() < 3)
                {
                    context.ContinueAsNew(context.GetInput<int>() + 1);
                }

                return Task.FromResult(context.Parent!.InstanceId);
            })
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", 0, new SubOrchestrationOptions(
                new TaskOptions(tags: new Dictionary<string, string> { ["kind"] = "child" }), "child"))));

        var state = await engine.RunAsync("Parent", null, new("parent"));
        Assert.Equal("parent", state.ReadOutputAs<string>());
        Assert.Equal("child", (await engine.Client.GetInstanceAsync("child"))!.Tags["kind"]);
    }

    [Fact]
    public async Task The_custom_status_is_what_its_object_is_at_the_end_of_a_turn()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var done = new List<int>();
            context.SetCustomStatus(done);
            for (var i = 0; i < 3; i++)
            {
                done.Add(i);
                await context.WaitForExternalEvent<string>("go");
            }

            context.SetCustomStatus(null);
            return "";
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        foreach (var expected in new[] { "[0]", "[0,1]", "[0,1,2]" })
        {
            await engine.UntilAsync(id, state => state.SerializedCustomStatus == expected);
            await engine.RestartAsync();
            await engine.Client.RaiseEventAsync(id, "go");
        }

        Assert.Null((await engine.EndAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task A_custom_status_that_cannot_be_serialized_fails_the_orchestration()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            context.SetCustomStatus(new Loop());
            await context.WaitForExternalEvent<string>("never");
            return "";
        }));

        var state = await engine.RunAsync("Run");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.True(state.FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
    }

    [Theory]
    [InlineData(0, OrchestrationRuntimeStatus.Completed)]
    [InlineData(1, OrchestrationRuntimeStatus.Failed)]
    public async Task Five_hundred_orchestrations_inside_each_other_end_as_the_innermost_does(int end, OrchestrationRuntimeStatus expected)
    {
        const int Depth = 500;
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var depth = context.GetInput<int>();
            return depth < Depth ? 1 + await context.CallSubOrchestratorAsync<int>("Run", depth + 1)
                : end == 0 ? 1
                : throw new TimeoutException("deep down");
        }));

        var state = await engine.RunAsync("Run", 1);
        Assert.Equal(expected, state.RuntimeStatus);
        if (end == 0)
        {
            Assert.Equal(Depth, state.ReadOutputAs<int>());
        }
    }

    private sealed class Loop
    {
        public Loop Self => this;
    }
}
