using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Local.Faults;

/// <summary>The fault plan over HTTP: PUT sets it, GET tells what it did, DELETE clears it.</summary>
internal static class FaultRoutes
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static void MapFaults(this IEndpointRouteBuilder routes, FaultPlan plan)
    {
        routes.MapGet("/faults", () => Report(plan));
        routes.MapPut("/faults", (HttpRequest request) => SetAsync(request, plan));
        routes.MapDelete("/faults", () =>
        {
            plan.Clear();
            return Results.NoContent();
        });
    }

    private static async Task<IResult> SetAsync(HttpRequest request, FaultPlan plan)
    {
        try
        {
            var body = await JsonSerializer.DeserializeAsync<PlanBody>(request.Body, Format, request.HttpContext.RequestAborted);
            plan.Set(body?.Seed ?? 0, body?.Rules ?? []);
            return Report(plan);
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or NotSupportedException)
        {
            return Problem(wrong.Message);
        }
    }

    private static IResult Report(FaultPlan plan)
    {
        var (rules, calls, forgotten) = plan.Report();
        return Results.Json(new { rules = rules.Select(RuleAnswer.Of), calls, forgotten }, Format);
    }

    private static IResult Problem(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Not a fault plan");

    private sealed record PlanBody(int Seed, IReadOnlyList<FaultRule>? Rules);

    private sealed record RuleAnswer(
        string Service, FaultKind Fault, string? Method, string? Path, int Skip, int? Count, double RetryAfterSeconds, int DelayMs,
        double Probability, int Met, int Hits)
    {
        public static RuleAnswer Of(RuleHits counted)
        {
            var rule = counted.Rule;
            return new RuleAnswer(
                rule.Service, rule.Fault, rule.Method, rule.Path, rule.Skip, rule.Count, rule.RetryAfterSeconds, rule.DelayMs,
                rule.Probability, counted.Met, counted.Hits);
        }
    }
}
