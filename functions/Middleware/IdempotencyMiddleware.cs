using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Launchpad.Functions.Staff;
using Launchpad.Shared.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>Who sends `Idempotency-Key` with a request that makes or begins something may send the same again and gets the same answer: a
/// client that did not hear back cannot know whether it was taken.</summary>
public sealed class IdempotencyMiddleware(Callers callers, StaffCallers staff, RequestKeys keys) : IFunctionsWorkerMiddleware
{
    public const string Header = "Idempotency-Key";
    public const string Replayed = "Idempotency-Replayed";

    private const int KeyLengthMax = 200;
    private const int BodyBytesMax = 64 * 1024;
    private const int AnswerCharsMax = 20_000;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { Request: var http } || http.Headers[Header] is not { Count: > 0 } typed
            || !Routes.ByFunction.TryGetValue(context.FunctionDefinition.Name, out var route) || !route.MakesSomething)
        {
            await next(context);
            return;
        }

        var request = await ReadAsync(http, typed.ToString(), route.IsStaff);
        // From here on nobody calls it off: a key that was taken for what is not done would be waited for.
        var (state, answer) = await keys.TakeAsync(request, CancellationToken.None);
        context.GetInvocationResult().Value = state switch
        {
            KeyState.Taken => throw Problems.KeyTaken(),
            KeyState.Going => throw Problems.KeyGoing(),
            KeyState.Answered => Again(http.HttpContext.Response, answer!),
            _ => await AnswerAsync(context, next, request),
        };
    }

    private async Task<KeyedRequest> ReadAsync(HttpRequest http, string key, bool isStaff)
    {
        if (key.Length is 0 or > KeyLengthMax || key.Any(letter => letter is < '!' or > '~'))
        {
            throw Problems.Invalid(Header, $"is 1 to {KeyLengthMax} letters, digits and signs without spaces, a new one for each thing that is asked for.");
        }

        var caller = isStaff
            ? (await staff.RequireAsync(http, http.HttpContext.RequestAborted)).Id
            : (await callers.RequireAsync(http, http.HttpContext.RequestAborted)).Id;
        http.EnableBuffering(BodyBytesMax);
        var body = await Bodies.ReadBytesAsync(http, BodyBytesMax, http.HttpContext.RequestAborted);
        http.Body.Position = 0;
        var target = Encoding.UTF8.GetBytes($"{http.Method} {http.Path}{http.QueryString} {http.Headers.IfMatch}\n");
        return new(caller, key, Convert.ToHexStringLower(SHA256.HashData([.. target, .. body])));
    }

    private async Task<object?> AnswerAsync(FunctionContext context, FunctionExecutionDelegate next, KeyedRequest request)
    {
        try
        {
            await WithoutCaller.RunAsync(context, next);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Refused, or something that is needed did not answer: whoever asks again is told by what there is, and does not wait for a key.
            // What was stopped in the middle keeps its key: nobody may do it again beside what still comes of it.
            await keys.ForgetAsync(request, CancellationToken.None);
            throw;
        }

        var result = context.GetInvocationResult().Value;
        if (result is ObjectResult { StatusCode: StatusCodes.Status201Created or StatusCodes.Status202Accepted } made
            && JsonSerializer.Serialize(made.Value, JsonSerializerOptions.Web) is { Length: <= AnswerCharsMax } json)
        {
            await keys.KeepAsync(request, new(made.StatusCode.Value, LocationOf(made), json), CancellationToken.None);
        }
        else
        {
            await keys.ForgetAsync(request, CancellationToken.None);
        }

        return result;
    }

    private static string? LocationOf(ObjectResult made) => made switch
    {
        AcceptedResult accepted => accepted.Location,
        CreatedResult created => created.Location,
        _ => null,
    };

    private static ContentResult Again(HttpResponse response, KeptAnswer answer)
    {
        response.Headers[Replayed] = "true";
        if (answer.Location is { } location)
        {
            response.Headers.Location = location;
        }

        return new ContentResult { StatusCode = answer.Status, Content = answer.Json, ContentType = "application/json; charset=utf-8" };
    }
}
