using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What a plan comes to: what the container may use, what the volume holds, what the machine's row promises, and what the
/// subscription costs.</summary>
public sealed record Granted(int MemoryMb, int StorageMb, int PromisedMb, int MonthlyCents)
{
    public static readonly Granted Starter = new(2048, 10_240, 2048, 1900);
    public static readonly Granted Plus = new(4096, 20_480, 4096, 3900);

    /// <summary>As the one machine, the tables and the payment provider have it.</summary>
    public static async Task<Granted> OfAsync(Stack stack, string deployment)
    {
        ArgumentNullException.ThrowIfNull(stack);
        var machine = Assert.Single(await stack.MachinesAsync());
        var memory = await Stack.OnMachineAsync(machine, "docker", "inspect", "--format", "{{.HostConfig.Memory}}", $"launchpad-{deployment}");
        var volume = await Stack.OnMachineAsync(machine, "stat", "-c", "%s", $"/var/lib/launchpad/{deployment}/volume.img");
        var promised = await stack.Table("vms").QueryAsync<TableEntity>().Where(row => row.RowKey != "pool")
            .Select(row => (int?)JsonNode.Parse(row.GetString("reservations"))![deployment]).SingleAsync();
        var row = await stack.Table("deployments").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).SingleAsync();
        return new(Megabytes(memory), Megabytes(volume), promised ?? 0, await CostsAsync(stack, row.GetString("subscription")));
    }

    private static int Megabytes(string bytes) => (int)(long.Parse(bytes, CultureInfo.InvariantCulture) >> 20);

    private static async Task<int> CostsAsync(Stack stack, string subscription)
    {
        using var stripe = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{stack.Ports.Stripe}/v1/") };
        stripe.DefaultRequestHeaders.Authorization = new("Bearer", await stack.SecretAsync("stripe-api-key"));
        var found = await stripe.GetFromJsonAsync<JsonNode>($"subscriptions/{subscription}", Stack.Within(1));
        return (int)found!["items"]!["data"]!.AsArray().Single()!["price"]!["unit_amount"]!;
    }
}
