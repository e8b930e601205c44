using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Machines that really tell how they are, bots that really end, and a machine that really goes.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Stack stack = new(slot: 8, image: "tiny");

    public Task InitializeAsync() => stack.UpAsync();

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task A_machine_tells_a_dead_bot_is_restarted_a_changed_file_is_told_and_a_lost_machine_is_replaced()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        var machine = Assert.Single(await stack.MachinesAsync());
        await ToldReadyAsync(deployment);

        var container = $"launchpad-{deployment}";
        // This is left to the clock. For the rest it is put forward: the same timer, a minute apart, would only be waited for again.
        await Stack.OnMachineAsync(machine, "docker", "stop", "--time", "1", container);
        var restart = await OperationOfKindAsync(customer, deployment, "restart", () => Task.CompletedTask);
        Assert.Equal("succeeded", restart.GetProperty("status").GetString());
        Assert.Equal("sweep", restart.GetProperty("by").GetString());

        await UntilAsync(customer, $"deployments/{deployment}/sla", WasDown, SweepAsync);

        await Stack.OnMachineAsync(
            machine, "sh", "-c", $"echo '{{}}' > /var/lib/launchpad/{deployment}/volume/data/openclaw.json");
        var drift = await UntilAsync(
            customer, $"deployments/{deployment}/drift", found => found.GetProperty("drift").GetArrayLength() > 0, SweepAsync);
        var difference = drift.GetProperty("drift")[0].GetProperty("differences")[0];
        Assert.Equal("openclaw.json", difference.GetProperty("what").GetString());
        Assert.NotEqual(difference.GetProperty("wanted").GetString(), difference.GetProperty("found").GetString());

        await Stack.DockerAsync("rm", "--force", "--volumes", machine);
        var replace = await OperationOfKindAsync(customer, deployment, "replace", SweepAsync);
        Assert.Equal("succeeded", replace.GetProperty("status").GetString());
        // At night it may have been backed up meanwhile.
        Assert.Matches("since its last backup is lost|what came after that went with the machine", replace.GetProperty("result").GetString());
        Assert.NotEqual(machine, Assert.Single(await stack.MachinesAsync()));
        Assert.Single(await stack.BotsAsync(), deployment);
        await customer.DeletedAsync(deployment);
    }

    /// <summary>In its ledger, with what was seen, and over.</summary>
    private static bool WasDown(JsonElement uptime) => uptime.GetProperty("incidents").EnumerateArray().Any(
        incident => (incident.GetProperty("kind").GetString(), incident.GetProperty("why").GetString()) == ("unplanned", "down")
            && incident.GetProperty("to").ValueKind is JsonValueKind.String && incident.GetProperty("said").ValueKind is JsonValueKind.String);

    private Task SweepAsync() => stack.FireAsync("SweepHealth");

    /// <summary>The first heartbeat that knows the bot may have found it still booting.</summary>
    private async Task ToldReadyAsync(string deployment)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            await foreach (var heartbeat in stack.Table("heartbeats").QueryAsync<TableEntity>(cancellationToken: patience.Token))
            {
                if (heartbeat.GetBinary("report") is { } report
                    && System.Text.Encoding.UTF8.GetString(report) is var text && text.Contains(deployment, StringComparison.Ordinal)
                    && text.Contains("\"ready\":true", StringComparison.Ordinal))
                {
                    return;
                }
            }

            await Task.Delay(Pause, patience.Token);
        }
    }

    /// <summary>Once the deployment's newest operation is of the kind and has ended.</summary>
    private static async Task<JsonElement> OperationOfKindAsync(Customer customer, string deployment, string kind, Func<Task> meanwhile)
    {
        var ct = Stack.Within(10);
        while (true)
        {
            var last = (await customer.DeploymentAsync(deployment, ct)).LastOperation;
            using var answer = await customer.SendAsync(HttpMethod.Get, $"operations/{last}", null, ct);
            var operation = answer.RootElement;
            if (operation.GetProperty("kind").GetString() == kind && operation.GetProperty("finishedAt").ValueKind is JsonValueKind.String)
            {
                return operation.Clone();
            }

            await meanwhile();
            await Task.Delay(Pause, ct);
        }
    }

    private static async Task<JsonElement> UntilAsync(Customer customer, string path, Func<JsonElement, bool> isThere, Func<Task> meanwhile)
    {
        var ct = Stack.Within(5);
        while (true)
        {
            using var answer = await customer.SendAsync(HttpMethod.Get, path, null, ct);
            if (isThere(answer.RootElement))
            {
                return answer.RootElement.Clone();
            }

            await meanwhile();
            await Task.Delay(Pause, ct);
        }
    }
}
