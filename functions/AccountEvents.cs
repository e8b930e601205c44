using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>Something of the account is not as it was: whoever shows it reads it again.</summary>
/// <param name="Topic">deployment or operation.</param>
/// <param name="Id">Of that.</param>
/// <param name="Deployment">Which bot it is about.</param>
/// <param name="Tag">Differs whenever it does.</param>
public sealed record AccountEvent(string Topic, string Id, string Deployment, string Tag);

/// <summary>One stream for all that an account has, so that a browser needs one connection.</summary>
public sealed class AccountEvents(Ownership ownership, DeploymentStore deployments, OperationStore operations, EventStreams streams)
{
    /// <summary>Who has very many bots waits longer for news of them than others: reading takes a tenth of the time at most.</summary>
    private const int Rest = 9;

    /// <summary>What changes, as it changes. The id of an event stands for all that was told until then: who comes back with it is told the
    /// rest, or everything when it is not known any more.</summary>
    [Function("StreamAccount")]
    [Needs(Permission.Read)]
    [Query("after")]
    [Answers(200, typeof(AccountEvent), MediaType = "text/event-stream")]
    public async Task<IActionResult> Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "events")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        var seen = request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query["after"].FirstOrDefault();
        Dictionary<string, AccountEvent>? told = null;
        var (reading, idle) = (TimeSpan.Zero, Stopwatch.StartNew());
        await streams.RunAsync(
            request.HttpContext.Response, account.Id, look => ownership.IsLetInAsync(request, look),
            async end =>
            {
                if (told is not null && idle.Elapsed < reading * Rest)
                {
                    return [];
                }

                var watch = Stopwatch.StartNew();
                var now = await NowAsync(account.Id, end);
                (reading, idle) = (watch.Elapsed, Stopwatch.StartNew());
                var state = Digest(string.Join('\n', now.Values.Select(one => $"{one.Id} {one.Tag}")));
                var news = told is null && state == seen
                    ? []
                    : now.Values.Where(one => told?.GetValueOrDefault(one.Id)?.Tag != one.Tag).ToList();
                told = now;
                return [.. news.Index().Select(one => new StreamEvent(one.Index == news.Count - 1 ? state : null, one.Item))];
            },
            ct);
        return new EmptyResult();
    }

    private async Task<Dictionary<string, AccountEvent>> NowAsync(string account, CancellationToken ct)
    {
        var now = new Dictionary<string, AccountEvent>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await deployments.ListAsync(account, cursor, ct);
            foreach (var deployment in page)
            {
                now[deployment.Id] = new("deployment", deployment.Id, deployment.Id, Digest($"{deployment.ETag}"));
                if (deployment.Operation is { Id: var operation })
                {
                    var steps = await operations.StepsAsync(operation, ct);
                    now[operation] = new("operation", operation, deployment.Id, Digest(string.Join('\n', steps)));
                }
            }
        }
        while (cursor is not null);
        return now;
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
