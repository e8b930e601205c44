using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Host.Sample;

/// <summary>Functions that differ in how they end.</summary>
public static class Answers
{
    [Function("AnswerAction")]
    public static IActionResult Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/action")] HttpRequest request) =>
        new ObjectResult(new Order("starter", 2)) { StatusCode = request is null ? 500 : 201 };

    [Function("AnswerNothing")]
    public static async Task Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/nothing")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.HttpContext.Response.StatusCode = StatusCodes.Status202Accepted;
        await Task.Yield();
    }

    [Function("AnswerRecord")]
    public static Order Record([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/record")] HttpRequest request) =>
        new(request?.Method ?? "", 1);

    [Function("Throws")]
    public static async Task<IResult> Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws")] HttpRequest request)
    {
        await Task.Yield();
        throw new InvalidOperationException($"a secret place went wrong for {request?.Method}");
    }

    [Function("ThrowsKnown")]
    public static IResult ThrowsKnown([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws/known")] HttpRequest request) =>
        throw new KeyNotFoundException(request?.Method);

    [Function("ThrowsLate")]
    public static async Task<IResult> ThrowsLate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws/late")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        await request.HttpContext.Response.WriteAsync("half of it");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("the other half is lost");
    }

    /// <summary>Sends a part, and the next one only when the caller's first has come: over another request.</summary>
    [Function("Parts")]
    public static async Task Parts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/parts")] HttpRequest request, FunctionContext context,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var journal = context.InstanceServices.GetRequiredService<Journal>();
        try
        {
            for (var part = 1; ; part++)
            {
                await request.HttpContext.Response.WriteAsync($"part {part}\n", cancellation);
                await request.HttpContext.Response.Body.FlushAsync(cancellation);
                while (!journal.Lines.Contains($"got {part}"))
                {
                    await Task.Delay(10, cancellation);
                }
            }
        }
        finally
        {
            journal.Write("parts are over");
        }
    }

    [Function("Slow")]
    public static async Task<IResult> Slow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow/{milliseconds:int}")] HttpRequest request,
        int milliseconds,
        CancellationToken cancellation)
    {
        await Task.Delay(milliseconds, cancellation);
        return Results.Text($"{request?.Method} done");
    }

    [Function("Stubborn")]
    public static async Task<IResult> Stubborn([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stubborn")] HttpRequest request)
    {
        await Task.Delay(TimeSpan.FromMinutes(10));
        return Results.Text($"{request?.Method} at last");
    }
}
