using System.Globalization;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace Launchpad.Host.Admin;

/// <summary>What orchestrations there are, and what each of them did, in whichever store they are.</summary>
internal sealed class InstancesApi(IDurableClient client, AdminAccess access)
{
    private const int PageMax = 1000;

    private static readonly JsonSerializerSettings Form = new()
    {
        ContractResolver = new CamelCasePropertyNamesContractResolver(),
        Converters = { new StringEnumConverter() },
    };

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

        var page = await client.ListInstancesAsync(query, http.RequestAborted);
        return Answer(new { instances = page.DurableOrchestrationState.Select(Summary), page.ContinuationToken });
    }

    private async Task<IResult> FindAsync(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return await client.GetStatusAsync(id, showHistory: true, showHistoryOutput: true, showInput: true) is { } instance
            ? Answer(instance)
            : Results.NotFound();
    }

    private static object Summary(DurableOrchestrationStatus instance) => new
    {
        instance.InstanceId,
        instance.Name,
        instance.RuntimeStatus,
        instance.CreatedTime,
        instance.LastUpdatedTime,
        instance.CustomStatus,
    };

    private static IResult Answer(object value) => Results.Text(JsonConvert.SerializeObject(value, Form), "application/json");

    private static bool TryReadQuery(IQueryCollection asked, out OrchestrationStatusQueryCondition query, out string refusal)
    {
        query = new() { PageSize = 100, ShowInput = false };
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

        if (asked.TryGetValue("top", out var count))
        {
            if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var top) || top is < 1 or > PageMax)
            {
                refusal = $"'top' is a number from 1 to {PageMax}.";
                return false;
            }

            query.PageSize = top;
        }

        if (!TryReadTime(asked, "createdFrom", out var from) || !TryReadTime(asked, "createdTo", out var to))
        {
            refusal = "'createdFrom' and 'createdTo' are ISO 8601 times.";
            return false;
        }

        query.CreatedTimeFrom = from ?? default;
        query.CreatedTimeTo = to ?? default;
        query.RuntimeStatus = statuses;
        query.InstanceIdPrefix = asked["prefix"].FirstOrDefault();
        query.ContinuationToken = asked["continuationToken"].FirstOrDefault();
        return true;
    }

    private static bool TryReadTime(IQueryCollection asked, string name, out DateTime? time)
    {
        time = null;
        if (!asked.TryGetValue(name, out var text))
        {
            return true;
        }

        var read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value);
        time = value.UtcDateTime;
        return read;
    }
}
