using System.Text.RegularExpressions;
using Launchpad.Functions.Access;
using Launchpad.Functions.Staff;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>No change is without a row that says who made it. What a function records itself says more; where it left none, this does, in the
/// bot's own chain or else the account's.</summary>
public sealed partial class AuditMiddleware(Recorder recorder, StaffCallers staff) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { Request: var http } || !Routes.ByFunction.TryGetValue(context.FunctionDefinition.Name, out var route)
            || !route.IsRecorded || ChangePreviews.IsAsked(http) || http.Query["plan"] == "true")
        {
            await next(context);
            return;
        }

        // Before it, for what may end his session.
        var who = route.IsStaff ? await staff.RequireAsync(http, http.HttpContext.RequestAborted) : null;
        var trail = RecordTrail.Begin();
        await next(context);
        if (!trail.IsTold && context.GetInvocationResult().Value is IStatusCodeActionResult { StatusCode: null or (>= 200 and < 300) })
        {
            await RecordAsync(http, route, who);
        }
    }

    /// <summary>Whoever asked has gone, or has not: it was done.</summary>
    private async Task RecordAsync(HttpRequest http, Route route, Operator? who)
    {
        if (who is not null)
        {
            await recorder.ActAsync(StaffLog.Chain, who.Actor, ActionOf(route), About(http), CancellationToken.None);
        }
        else if (http.HttpContext.Features.Get<Caller>() is { } caller)
        {
            var chain = route.Template.StartsWith("deployments/{id}", StringComparison.Ordinal)
                ? http.RouteValues["id"]!.ToString()!
                : route.Needs is Permission.Self ? caller.Person.Id : caller.Account.Id;
            await recorder.ActAsync(chain, caller.Actor, ActionOf(route), About(http), CancellationToken.None);
        }
    }

    /// <summary>Of the path the ids alone: the rest was typed.</summary>
    private static Dictionary<string, string> About(HttpRequest http) => http.RouteValues
        .Where(pair => pair.Value is string value && Id().IsMatch(value)).ToDictionary(pair => pair.Key, pair => (string)pair.Value!);

    private static string ActionOf(Route route) =>
        Capital().Replace(route.IsStaff ? route.Function["Staff".Length..] : route.Function, "-$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex("^[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}$")]
    private static partial Regex Id();
}
