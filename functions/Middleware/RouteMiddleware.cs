using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>Lets everything behind it know which route is asked, and so what it needs.</summary>
public sealed class RouteMiddleware : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && Routes.ByFunction.TryGetValue(context.FunctionDefinition.Name, out var route))
        {
            http.Features.Set(route);
        }

        return next(context);
    }
}
