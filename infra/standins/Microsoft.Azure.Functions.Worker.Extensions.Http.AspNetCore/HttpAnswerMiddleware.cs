using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Extensions.Http.Converters;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>Shows the request to everything behind it, and writes the answer when that has returned. It stands where the integration
/// was configured: middleware that was added before it sees no request.</summary>
internal sealed class HttpAnswerMiddleware(ILogger<HttpAnswerMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.Features.Get<HttpContext>() is not { } http)
        {
            await next(context);
            return;
        }

        context.Items[FunctionContextExtensions.Key] = http;
        context.Features.Set<IFromBodyConversionFeature>(BodyReader.Instance);
        await next(context);
        await AnswerAsync(context, http);
    }

    private Task AnswerAsync(FunctionContext context, HttpContext http)
    {
        switch (context.GetInvocationResult().Value)
        {
            case IActionResult action:
                return action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
            case IResult result:
                return result.ExecuteAsync(http);
            case null:
                return Task.CompletedTask;
            case var other:
                // The real integration leaves the answer empty too.
                logger.LogWarning(
                    "{Function} returned {Type}, which is not written: return an IActionResult or an IResult",
                    context.FunctionDefinition.Name,
                    other.GetType());
                return Task.CompletedTask;
        }
    }
}
