using System.Reflection;
using Launchpad.Shared.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record ProcessHealth(string Status, string? Version);

/// <summary>Whether this process can do its work.</summary>
public sealed class Health(Tables tables)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether the API can do its work, and its version.</summary>
    [Function("Health")]
    [Open, Answers(200, typeof(ProcessHealth))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health")] HttpRequest request, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await tables.Accounts.FindAsync("health", "probe", limit.Token);
        }
        catch (Exception fault) when (fault is Azure.RequestFailedException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw Problems.Unavailable("The tables do not answer.");
        }

        var version = typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return new OkObjectResult(new ProcessHealth("ok", version));
    }
}
