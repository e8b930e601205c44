using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Functions;

/// <param name="Id">What the client names when it comes back, to go on after this one.</param>
/// <param name="Type">Null for a plain message.</param>
public sealed record StreamEvent(string? Id, object Data, string? Type = null);

/// <summary>Answers with server-sent events. A stream ends by itself after a while; its client comes back with its last id.</summary>
public sealed class EventStreams(IHostApplicationLifetime lifetime, TimeProvider clock)
{
    public const int PerAccountMax = 8;

    /// <summary>So long somebody who is let in no more may go on listening.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LengthMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);

    private readonly ConcurrentDictionary<string, int> open = [];

    /// <param name="response">Of the call.</param>
    /// <param name="account">By which streams are counted.</param>
    /// <param name="isLetIn">Whether the caller would be let in still: signed out, shut out or locked, he hears nothing more.</param>
    /// <param name="more">What has come since it was asked last.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ProblemException">When the account has too many streams open.</exception>
    public async Task RunAsync(
        HttpResponse response, string account, Func<CancellationToken, Task<bool>> isLetIn,
        Func<CancellationToken, Task<IReadOnlyList<StreamEvent>>> more, CancellationToken ct)
    {
        Enter(response, account);
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
            var first = await more(end.Token);
            await BeginAsync(response, end.Token);
            if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
            {
                await WriteAsync(response, first, isLetIn, more, end.Token);
            }
        }
        catch (OperationCanceledException) when (response.HasStarted)
        {
            // The client went, or the process stops: either way this is the end, and no fault.
        }
        finally
        {
            open.AddOrUpdate(account, 0, (_, count) => count - 1);
            open.TryRemove(new(account, 0));
        }
    }

    private void Enter(HttpResponse response, string account)
    {
        var now = open.AddOrUpdate(account, 1, (_, count) => count + 1);
        new RateLimit("streams", PerAccountMax, null, Math.Max(PerAccountMax - now, 0), null).WriteTo(response);
        if (now > PerAccountMax)
        {
            open.AddOrUpdate(account, 0, (_, count) => count - 1);
            throw Problems.TooManyStreams(PerAccountMax);
        }
    }

    private static async Task BeginAsync(HttpResponse response, CancellationToken ct)
    {
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.WriteAsync("retry: 1000\n\n", ct);
        await response.Body.FlushAsync(ct);
    }

    private async Task WriteAsync(
        HttpResponse response, IReadOnlyList<StreamEvent> events, Func<CancellationToken, Task<bool>> isLetIn,
        Func<CancellationToken, Task<IReadOnlyList<StreamEvent>>> more, CancellationToken ct)
    {
        var begun = clock.GetTimestamp();
        var (written, asked) = (begun, begun);
        while (clock.GetElapsedTime(begun) < LengthMax)
        {
            var due = clock.GetElapsedTime(written) >= KeepAlive;
            if (events.Count > 0 || due)
            {
                await response.WriteAsync(events.Count > 0 ? string.Concat(events.Select(Text)) : ": still here\n\n", ct);
                await response.Body.FlushAsync(ct);
                written = clock.GetTimestamp();
            }

            await Task.Delay(Pause, clock, ct);
            if (clock.GetElapsedTime(asked) >= LookAgain)
            {
                if (!await isLetIn(ct))
                {
                    return;
                }

                asked = clock.GetTimestamp();
            }

            events = await more(ct);
        }
    }

    /// <summary>JSON has no line ends of its own, so that one line holds it.</summary>
    private static string Text(StreamEvent sent) =>
        (sent.Type is { } type ? $"event: {type}\n" : "") + (sent.Id is { } id ? $"id: {id}\n" : "")
        + $"data: {JsonSerializer.Serialize(sent.Data, JsonSerializerOptions.Web)}\n\n";
}
