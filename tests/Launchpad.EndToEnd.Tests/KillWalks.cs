using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>How a saga is brought about, and what it ends in, killed or not.</summary>
/// <param name="Saga">The one whose events are counted.</param>
/// <param name="Status">Of the deployment at the end.</param>
/// <param name="Versions">One of them is active at the end.</param>
/// <param name="Begin">On a bot that runs; null when paying for it is what brings the saga about.</param>
/// <param name="Prepare">What is done before that, to its end; the id of the operation. Null for nothing.</param>
internal sealed record KillWalk(
    string Saga, string Status, int[] Versions, Func<Stack, Customer, string, Task>? Begin,
    Func<Customer, string, Task<string>>? Prepare = null)
{
    /// <summary>Nobody asks for it: a timer finds that it is needed.</summary>
    public bool ComesBySweep => Saga is "Recover" or "Replace";

    public static IReadOnlyDictionary<string, KillWalk> All { get; } = new Dictionary<string, KillWalk>
    {
        ["Provision"] = new("Provision", "running", [1], null),
        ["Terminate"] = new("Terminate", "terminated", [1], async (_, customer, deployment) =>
            await customer.StartAsync(HttpMethod.Delete, $"deployments/{deployment}?window=none", null, Stack.Within(1))),
        ["Rollout"] = Rollout([2], HttpMethod.Post, "upgrade", new { tag = "1.0.1" }),
        ["Rollout that fails"] = Rollout([1], HttpMethod.Post, "upgrade", new { tag = "broken-with-channels" }),
        ["Rollout to another plan"] = Rollout([2], HttpMethod.Patch, "config", new { plan = "plus" }),
        ["Suspend"] = new("Suspend", "suspended", [1], async (_, customer, deployment) =>
            await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/suspend", null, Stack.Within(1))),
        ["Restart"] = new("Restart", "running", [1], async (_, customer, deployment) =>
            await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/restart", null, Stack.Within(1))),
        ["Backup"] = new("BackUp", "running", [1], async (_, customer, deployment) =>
            await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/backups", null, Stack.Within(1))),
        ["Restore"] = new("Rollout", "running", [2], async (_, customer, deployment) =>
            await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { }, Stack.Within(1)), BackUpAsync),
        ["Drill"] = new("Drill", "running", [1], async (_, customer, deployment) =>
            await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/drills", null, Stack.Within(1)), BackUpAsync),
        ["Move"] = new("Move", "running", [1], async (stack, _, deployment) =>
        {
            await stack.OperatorAsync("drain", await stack.VmOfAsync(deployment));
            await stack.FireAsync("DrainMachines");
        }),
        ["Recover"] = new("Recover", "running", [1], async (stack, _, deployment) =>
        {
            var machine = await stack.MachineOfAsync(deployment);
            await Stack.OnMachineAsync(machine, "docker", "stop", "--time", "1", $"launchpad-{deployment}");
            await Stack.OnMachineAsync(machine, "launchpad-heartbeat");
            await stack.FireAsync("SweepHealth");
        }),
        ["Replace"] = new("Replace", "running", [1], async (stack, customer, deployment) =>
        {
            await Stack.DockerAsync("rm", "--force", "--volumes", await stack.MachineOfAsync(deployment));
            for (var ct = Stack.Within(3); (await customer.DeploymentAsync(deployment, ct)).Operation is null; await Task.Delay(2_000, ct))
            {
                await stack.FireAsync("SweepHealth");
            }
        }),
    };

    private static async Task<string> BackUpAsync(Customer customer, string deployment) =>
        (await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/backups")).Id;

    private static KillWalk Rollout(int[] versions, HttpMethod method, string path, object body) =>
        new("Rollout", "running", versions, async (_, customer, deployment) => await customer.BeginAsync(deployment, method, path, body));
}
