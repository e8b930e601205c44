using Launchpad.Functions.Staff;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>What has <see cref="Auth.StepUpAttribute"/> is asked of nobody who was not there a moment ago, before anything of it is looked
/// at: whoever has only taken a session learns nothing.</summary>
public sealed class StepUpMiddleware(Callers callers, StaffCallers staff) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { Request: var http } && Routes.ByFunction.TryGetValue(context.FunctionDefinition.Name, out var route)
            && (ChangePreviews.IsAsked(http) ? route.NeedsStepUpToPreview : route.NeedsStepUp))
        {
            var ct = http.HttpContext.RequestAborted;
            await (route.IsStaff ? staff.RequireFreshAsync(http, ct) : callers.RequireFreshAsync(http, ct));
        }

        await next(context);
    }
}
