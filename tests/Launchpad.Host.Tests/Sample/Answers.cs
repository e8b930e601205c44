using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

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
