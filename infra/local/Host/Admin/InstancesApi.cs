using System.Globalization;
using System.Text.Json;
using Launchpad.Durable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.DurableTask.Client;

namespace Launchpad.Host.Admin;

/// <summary>What orchestrations there are, and what each of them did.</summary>
internal sealed class InstancesApi(DurableEngine engine, AdminAccess access)
{
    private const int PageMax = 1000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/instances", access.Guard(ListAsync));
        routes.MapGet("/admin/instances/{id}", access.Guard(FindAsync));
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (!TryReadQuery(http.Request.Query, out var query, out var refusal))
        {
            return Results.BadRequest(new { error = refusal });
        }

        await foreach (var page in engine.Client.GetAllInstancesAsync(query).AsPages(query.ContinuationToken, query.PageSize))
        {
            return Results.Json(new { instances = page.Values.Select(Summary), continuationToken = page.ContinuationToken });
        }

        return Results.Json(new { instances = Array.Empty<object>(), continuationToken = (string?)null });
    }

    private async Task<IResult> FindAsync(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (await engine.Client.GetInstanceAsync(id, getInputsAndOutputs: true, http.RequestAborted) is not { } instance)
        {
            return Results.NotFound();
        }

        var history = await engine.HistoryAsync(id, http.RequestAborted);
        return Results.Json(new
        {
            instance.InstanceId,
            instance.Name,
            runtimeStatus = instance.RuntimeStatus.ToString(),
            instance.CreatedAt,
            instance.LastUpdatedAt,
            input = Raw(instance.SerializedInput),
            output = Raw(instance.SerializedOutput),
            customStatus = Raw(instance.SerializedCustomStatus),
            instance.FailureDetails,
            instance.Tags,
            timeline = Timeline.Of(history),
            history,
            pending = await engine.PendingAsync(id, http.RequestAborted),
        });
    }

    private static object Summary(OrchestrationMetadata instance) => new
    {
        instance.InstanceId,
        instance.Name,
        runtimeStatus = instance.RuntimeStatus.ToString(),
        instance.CreatedAt,
        instance.LastUpdatedAt,
        customStatus = Raw(instance.SerializedCustomStatus),
    };

    private static JsonElement? Raw(string? json) => json is null ? null : JsonElement.Parse(json);

    private static bool TryReadQuery(IQueryCollection asked, out OrchestrationQuery query, out string refusal)
    {
        query = new OrchestrationQuery();
        refusal = "";
        var statuses = new List<OrchestrationRuntimeStatus>();
        foreach (var name in asked["status"].SelectMany(value => value!.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status) || !Enum.IsDefined(status))
            {
                refusal = $"There is no status '{name}'.";
                return false;
            }

            statuses.Add(status);
        }

        var top = OrchestrationQuery.DefaultPageSize;
        if (asked.TryGetValue("top", out var count)
            && !(int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out top) && top is >= 1 and <= PageMax))
        {
            refusal = $"'top' is a number from 1 to {PageMax}.";
            return false;
        }

        if (!TryReadTime(asked, "createdFrom", out var from) || !TryReadTime(asked, "createdTo", out var to))
        {
            refusal = "'createdFrom' and 'createdTo' are ISO 8601 times.";
            return false;
        }

        query = new OrchestrationQuery(
            CreatedFrom: from,
            CreatedTo: to,
            Statuses: statuses.Count == 0 ? null : statuses,
            InstanceIdPrefix: asked["prefix"].FirstOrDefault(),
            PageSize: top,
            // The custom status comes with the inputs and outputs only.
            FetchInputsAndOutputs: true,
            ContinuationToken: asked["continuationToken"].FirstOrDefault());
        return true;
    }

    private static bool TryReadTime(IQueryCollection asked, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!asked.TryGetValue(name, out var text))
        {
            return true;
        }

        var read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value);
        time = value;
        return read;
    }
}
