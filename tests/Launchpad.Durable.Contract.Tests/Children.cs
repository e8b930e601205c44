namespace Launchpad.Durable.Contract;

public abstract class ChildContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Child))]
    public static string Child([OrchestrationTrigger] TaskOrchestrationContext context) => context.GetInput<string>() is { Length: > 0 } input
        ? $"{input} of {context.Parent!.Name} {context.Parent.InstanceId} as {context.InstanceId}"
        : throw new ArgumentException("empty");

    [Function(nameof(Parent))]
    public static async Task<string> Parent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var first = await context.CallSubOrchestratorAsync<string>(
            nameof(Child), "x", new SubOrchestrationOptions(instanceId: context.GetInput<string>()));
        var unnamed = await context.CallSubOrchestratorAsync<string>(nameof(Child), "y");
        try
        {
            await context.CallSubOrchestratorAsync<string>(nameof(Child), "");
        }
        catch (TaskFailedException failure)
        {
            return $"{first}; {unnamed.Split(" as ")[1].Length}; {failure.FailureDetails.ErrorType}";
        }

        return "";
    }

    [Fact]
    public async Task A_child_has_a_parent_an_id_and_answers_with_its_result_or_failure()
    {
        var state = await RunAsync(nameof(Parent), Id("mine"), new(Id("p")));
        Assert.Equal($"x of Parent {Id("p")} as {Id("mine")}; 32; System.ArgumentException", state.ReadOutputAs<string>());
    }

    [Function(nameof(Park))]
    public static Task<string> Park([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<string>("go");

    [Function(nameof(ParkChildren))]
    public static async Task<List<string>> ParkChildren([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var failures = new List<string>();
        foreach (var name in new[] { nameof(Park), "Nowhere" })
        {
            try
            {
                await context.CallSubOrchestratorAsync<string>(
                    name, null, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}-{name}"));
            }
            catch (TaskFailedException failure)
            {
                failures.Add(failure.TaskName);
            }
        }

        return failures;
    }

    [Fact]
    public async Task A_child_that_is_terminated_or_unknown_is_a_failure_of_the_parents_task()
    {
        var id = await StartAsync(nameof(ParkChildren));
        await UntilAsync($"{id}-Park", OrchestrationRuntimeStatus.Running);
        await Client.TerminateInstanceAsync($"{id}-Park");
        Assert.Equal(["Park", "Nowhere"], (await EndAsync(id)).ReadOutputAs<string[]>()!);
    }

    [Function(nameof(Generations))]
    public static string Generations([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.GetInput<int>() < 3)
        {
            context.ContinueAsNew(context.GetInput<int>() + 1);
        }

        return context.Parent!.InstanceId;
    }

    [Function(nameof(Ancestor))]
    public static Task<string> Ancestor([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>(nameof(Generations), 0, new SubOrchestrationOptions(
            new TaskOptions(tags: new Dictionary<string, string> { ["kind"] = "child" }), $"{context.InstanceId}-child"));

    [Fact]
    public async Task Parent_and_tags_stay_when_a_child_continues_as_new()
    {
        var state = await RunAsync(nameof(Ancestor));
        Assert.Equal(state.InstanceId, state.ReadOutputAs<string>());
        var child = (await Client.GetInstanceAsync($"{state.InstanceId}-child", getInputsAndOutputs: true))!;
        Assert.Equal((3, "child"), (child.ReadInputAs<int>(), child.Tags["kind"]));
    }

    [Function(nameof(Nest))]
    public static async Task<int> Nest([OrchestrationTrigger] TaskOrchestrationContext context) => context.GetInput<int>() is > 1 and var depth
        ? 1 + await context.CallSubOrchestratorAsync<int>(nameof(Nest), depth - 1)
        : 1;

    [Fact]
    public async Task Twenty_orchestrations_inside_each_other_end_as_the_innermost_does() =>
        Assert.Equal(20, await ResultAsync<int>(nameof(Nest), 20));
}
