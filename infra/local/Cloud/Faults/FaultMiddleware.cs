using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Launchpad.Local.Faults;

/// <summary>Carries out the fault plan's verdict around the handlers of one service.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, FaultPlan plan, CloudService service)
{
    private static readonly TimeSpan HangMax = TimeSpan.FromSeconds(120);

    public async Task InvokeAsync(HttpContext call)
    {
        // Without the query: a shared access signature must not end in a log.
        var fault = await plan.DecideAsync(service.Name, call.Request.Method, call.Request.Path, call.RequestAborted);
        switch (fault.Kind)
        {
            case FaultKind.None:
                await next(call);
                break;
            case FaultKind.Delay:
                await Task.Delay(fault.Delay, call.RequestAborted);
                await next(call);
                break;
            case FaultKind.FailBefore:
                await AnswerAsync(call, StatusCodes.Status503ServiceUnavailable, "failed before the effect");
                break;
            case FaultKind.Throttle:
                call.Response.Headers.RetryAfter = Math.Ceiling(fault.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await AnswerAsync(call, StatusCodes.Status429TooManyRequests, "throttled");
                break;
            case FaultKind.FailAfter:
                await DiscardAsync(call);
                await AnswerAsync(call, StatusCodes.Status500InternalServerError, "failed after the effect");
                break;
            case FaultKind.Timeout:
                await DiscardAsync(call);
                await HangAsync(call);
                break;
            case FaultKind.Duplicate:
                call.Request.EnableBuffering();
                await DiscardAsync(call);
                call.Request.Body.Position = 0;
                await next(call);
                break;
            default:
                throw new InvalidOperationException($"No such fault: {fault.Kind}.");
        }
    }

    // The handler runs to its end and believes that it answered.
    private async Task DiscardAsync(HttpContext call)
    {
        var answer = call.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        call.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        try
        {
            await next(call);
        }
        finally
        {
            call.Features.Set(answer);
        }

        call.Response.Clear();
        call.SetEndpoint(null);
        call.Request.RouteValues.Clear();
    }

    private static async Task HangAsync(HttpContext call)
    {
        try
        {
            await Task.Delay(HangMax, call.RequestAborted);
        }
        catch (OperationCanceledException) when (call.RequestAborted.IsCancellationRequested)
        {
            // The client gave up, which is what this fault is for.
        }

        call.Abort();
    }

    private static Task AnswerAsync(HttpContext call, int status, string how)
    {
        call.Response.StatusCode = status;
        var code = status == StatusCodes.Status429TooManyRequests ? "TooManyRequests" : "InternalServerError";
        return call.Response.WriteAsJsonAsync(
            new { error = new { code, message = $"The fault plan says: {how}.", type = "api_error" } }, call.RequestAborted);
    }
}
