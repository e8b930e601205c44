using System.Net.Http.Json;
using System.Text.Json;

namespace Launchpad.Host.Tests;

/// <summary>Orchestrations of the sample, as a caller of its routes sees them.</summary>
internal static class Sagas
{
    public static async Task<string> BeginAsync(this HostProcess host, string name, object? input = null, string? id = null)
    {
        id ??= $"{name}-{Guid.NewGuid():N}".ToLowerInvariant();
        using var content = JsonContent.Create(input);
        using var started = await host.SendAsync("POST", $"/api/sagas/{name}/{id}", content: content);
        Assert.Equal(202, (int)started.StatusCode);
        return id;
    }

    /// <summary>As soon as it runs: what comes before, the Azure Storage engine discards.</summary>
    public static async Task TellAsync(this HostProcess host, string id, string verb)
    {
        await host.ReachesAsync(id, "Running", "Suspended");
        using var told = await host.SendAsync("PUT", $"/api/sagas/{id}/{verb}");
        Assert.Equal(204, (int)told.StatusCode);
    }

    public static async Task<JsonElement> SagaAsync(this HostProcess host, string id)
    {
        var (status, body) = await host.GetAsync($"/api/sagas/{id}");
        Assert.Equal(200, status);
        return JsonElement.Parse(body);
    }

    public static async Task<JsonElement> ReachesAsync(this HostProcess host, string id, params string[] statuses)
    {
        JsonElement saga = default;
        await Eventually.TrueAsync(async () =>
        {
            saga = await host.SagaAsync(id);
            return statuses.Contains(saga.GetProperty("status").GetString());
        }, $"{id} is {string.Join(" or ", statuses)}");
        return saga;
    }

    public static async Task<string?> OutputAsync(this HostProcess host, string id)
    {
        var saga = await host.ReachesAsync(id, "Completed", "Failed");
        return saga.GetProperty("status").GetString() is "Completed"
            ? saga.GetProperty("output").GetString()
            : throw new InvalidOperationException(saga.GetRawText());
    }
}
