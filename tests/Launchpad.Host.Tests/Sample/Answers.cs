using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Sample;

/// <summary>Functions that differ in how they end.</summary>
public sealed class Answers(Journal journal)
{
    [Function("AnswerAction")]
    public static IActionResult Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/action")] HttpRequest request) =>
        new ObjectResult(new Order("starter", 2)) { StatusCode = request is null ? 500 : 201 };

    [Function("AnswerNothing")]
    public static async Task Nothing(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/nothing")] HttpRequest request, FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        context.GetLogger("Sample.Loud").LogInformation("said loudly");
        context.GetLogger("Sample.Quiet").LogInformation("said quietly");
        request.HttpContext.Response.StatusCode = StatusCodes.Status202Accepted;
        await Task.Yield();
    }

    [Function("AnswerStatus")]
    public static IResult Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "options", Route = "answers/status/{code:int}")] HttpRequest request,
        int code)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.HttpContext.Response.Cookies.Append("first", "1");
        request.HttpContext.Response.Cookies.Append("second", "2");
        request.HttpContext.Response.Headers.ETag = "\"seven\"";
        return Results.StatusCode(code);
    }

    [Function("Throws")]
    public static async Task<IResult> Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws")] HttpRequest request)
    {
        await Task.Yield();
        throw new InvalidOperationException($"a secret place went wrong for {request?.Method}");
    }

    [Function("ThrowsAfterStatus")]
    public static Task<IResult> ThrowsAfterStatus(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws/after/{code:int}")] HttpRequest request, int code)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.HttpContext.Response.StatusCode = code;
        request.HttpContext.Response.Headers["x-secret"] = "place";
        throw new InvalidOperationException("too late");
    }

    [Function("ThrowsLate")]
    public static async Task<IResult> ThrowsLate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws/late")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        await request.HttpContext.Response.WriteAsync("half of it");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("the other half is lost");
    }

    /// <summary>Sends a part, and the next one only when the caller says that this one has come.</summary>
    [Function("Parts")]
    public async Task Parts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "answers/parts")] HttpRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            for (var part = 1; ; part++)
            {
                await request.HttpContext.Response.WriteAsync($"part {part}\n", cancellation);
                await request.HttpContext.Response.Body.FlushAsync(cancellation);
                await journal.HearAsync($"got {part}", cancellation);
            }
        }
        finally
        {
            journal.Write("parts are over");
        }
    }

    /// <summary>Writes down each line of the body as it comes.</summary>
    [Function("Lines")]
    public async Task<IResult> Lines(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "lines")] HttpRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new StreamReader(request.Body);
        var lines = 0;
        while (await body.ReadLineAsync(cancellation) is { } line)
        {
            journal.Write(line);
            lines++;
        }

        return Results.Text($"{lines}");
    }

    [Function("Slow")]
    public async Task<IResult> Slow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow/{milliseconds:int}")] HttpRequest request,
        int milliseconds,
        CancellationToken cancellation)
    {
        journal.Write("slow begins");
        try
        {
            await Task.Delay(milliseconds, cancellation);
        }
        catch (OperationCanceledException)
        {
            journal.Write("slow is cancelled");
            throw;
        }

        return Results.Text($"{request?.Method} done");
    }

    [Function("Stubborn")]
    public async Task<IResult> Stubborn([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stubborn")] HttpRequest request)
    {
        journal.Write("stubborn begins");
        await Task.Delay(TimeSpan.FromMinutes(10));
        return Results.Text($"{request?.Method} at last");
    }

    [Function("Dies")]
    public async Task<IResult> Dies(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dies/{place}")] HttpRequest request, string place)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (place == "late")
        {
            await request.HttpContext.Response.WriteAsync("half of it");
            await request.HttpContext.Response.Body.FlushAsync();
        }

        journal.DieIn(place, 1);
        return Results.Text("alive");
    }
}

/// <summary>A body.</summary>
public sealed record Order(string Plan, int Count);
