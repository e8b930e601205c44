using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>Gives every answer to a question an ETag, and says 304 to who has it already.</summary>
public sealed class ConditionalMiddleware : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        await next(context);
        if (context.GetHttpContext() is { } http && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            && context.GetInvocationResult() is { Value: OkObjectResult { Value: { } answer } } result)
        {
            var headers = http.Response.Headers;
            var tag = headers.ETag.ToString() is { Length: > 0 } named
                ? named
                : Preconditions.ETag(JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Web));
            headers.ETag = tag;
            if (!Preconditions.IsMatch(http.Request, tag))
            {
                throw Problems.PreconditionFailed();
            }

            if (Preconditions.IsKnown(http.Request, tag))
            {
                result.Value = new StatusCodeResult(StatusCodes.Status304NotModified);
            }
        }
    }
}
