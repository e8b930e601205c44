using System.Text.Json;
using Launchpad.Host.Http;
using Launchpad.Host.Timers;
using Launchpad.Host.Worker;

namespace Launchpad.Host.Admin;

/// <summary>What functions there are; a timer can be run at once.</summary>
internal sealed class FunctionsApi(AppWorker app, HttpFunctions http, TimerService timers, AdminAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/functions", access.Guard(_ => Task.FromResult(Results.Json(app.Functions.Select(Describe)))));
        routes.MapPost("/admin/functions/{name}", access.Guard(FireAsync));
    }

    private object Describe(AppFunction function)
    {
        var route = http.All.FirstOrDefault(f => f.Function.Name == function.Name);
        var timer = timers.All.FirstOrDefault(t => t.Function.Name == function.Name);
        return new
        {
            function.Name,
            trigger = function.TriggerType,
            function.Metadata.EntryPoint,
            route = route is null ? null : $"/{http.PathOf(route)}",
            route?.Methods,
            level = route?.Level.ToString(),
            schedule = timer?.Schedule.Text,
            last = timer?.Status.Last is { Ticks: > 0 } last ? last : (DateTime?)null,
            next = timer?.Status.Next,
        };
    }

    private async Task<IResult> FireAsync(HttpContext context)
    {
        if (!await HasObjectAsync(context))
        {
            return Results.BadRequest(new { error = """The body is a JSON object, such as {"input": null}.""" });
        }

        var name = (string)context.Request.RouteValues["name"]!;
        if (app.Functions.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } function)
        {
            return Results.NotFound();
        }

        if (timers.All.FirstOrDefault(t => t.Function.Name == function.Name) is not { } timer)
        {
            return Results.BadRequest(new { error = $"'{function.Name}' is not a timer." });
        }

        timers.Fire(timer);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task<bool> HasObjectAsync(HttpContext context)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
