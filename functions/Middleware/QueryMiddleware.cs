using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>A query that says anything but what its function takes is refused: it may have been meant to turn a change into a question.
/// Questions themselves may carry what nobody reads.</summary>
public sealed class QueryMiddleware : IFunctionsWorkerMiddleware
{
    // Every Functions host takes a key under this name.
    private const string HostKey = "code";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { Request: var request }
            && Routes.ByFunction.TryGetValue(context.FunctionDefinition.Name, out var route) && route.Methods.Length > 0)
        {
            Check(request, route);
        }

        return next(context);
    }

    private static void Check(HttpRequest request, Route route)
    {
        var asks = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        foreach (var (name, given) in request.Query)
        {
            if (!route.Query.TryGetValue(name, out var parameter))
            {
                _ = asks || name == HostKey ? true : throw Problems.Invalid(name, "in the query is not known here, so nothing was done.");
            }
            else if (given.Count > 1)
            {
                throw Problems.Invalid(name, "may stand in the query once.");
            }
            else if (parameter.Values.Length > 0 && !parameter.Values.Contains(given.ToString()))
            {
                throw Problems.Invalid(name, $"in the query is {string.Join(" or ", parameter.Values)}, or left out.");
            }
        }
    }
}
