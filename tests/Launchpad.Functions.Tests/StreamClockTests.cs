using System.Text;
using Launchpad.Host.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Functions.Tests;

/// <summary>What a stream does in ten minutes, by a clock that is moved by hand.</summary>
public sealed class StreamClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualTime clock = new(Noon);
    private readonly Lifetime lifetime = new();
    private readonly StartedResponse started = new();

    [Fact]
    public async Task A_silent_stream_says_every_fifteen_seconds_that_it_is_there_and_ends_after_ten_minutes()
    {
        var (http, body) = Http();
        var stream = Streams().RunAsync(http.Response, "acc", Always, Nothing, CancellationToken.None);
        await clock.ToAsync(Noon.AddSeconds(590));
        var quiet = Encoding.UTF8.GetString(body.ToArray());
        Assert.InRange(quiet.Split(": still here\n\n").Length - 1, 36, 39);
        Assert.StartsWith("retry: 1000\n\n", quiet, StringComparison.Ordinal);
        Assert.False(stream.IsCompleted);

        clock.Skip(TimeSpan.FromSeconds(10));
        clock.Ring(Noon.AddSeconds(601));
        await stream.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_stream_ends_when_the_process_is_asked_to_stop_and_when_the_client_goes()
    {
        using var client = new CancellationTokenSource();
        var streams = Streams();
        var (first, second) = (Http().Http, Http().Http);
        var gone = streams.RunAsync(first.Response, "acc", Always, Nothing, client.Token);
        var stopped = streams.RunAsync(second.Response, "acc", Always, Nothing, CancellationToken.None);
        await client.CancelAsync();
        await gone.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(stopped.IsCompleted);
        lifetime.Stop();
        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_stream_ends_within_seconds_when_its_listener_is_let_in_no_more()
    {
        var isLetIn = true;
        var stream = Streams().RunAsync(Http().Http.Response, "acc", _ => Task.FromResult(isLetIn), Nothing, CancellationToken.None);
        await clock.ToAsync(Noon.AddSeconds(60));
        Assert.False(stream.IsCompleted);
        isLetIn = false;
        clock.Skip(EventStreams.LookAgain);
        clock.Ring(Noon.AddSeconds(61) + EventStreams.LookAgain);
        await stream.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_stream_that_fails_frees_its_place()
    {
        var streams = Streams();
        for (var i = 0; i < 3 * EventStreams.PerAccountMax; i++)
        {
            await Assert.ThrowsAsync<IOException>(
                () => streams.RunAsync(Http().Http.Response, "acc", Always, _ => throw new IOException(), CancellationToken.None));
        }
    }

    private EventStreams Streams() => new(lifetime, clock);

    private (DefaultHttpContext Http, MemoryStream Body) Http()
    {
        var (http, body) = (new DefaultHttpContext(), new MemoryStream());
        http.Features.Set<IHttpResponseFeature>(started);
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        return (http, body);
    }

    private static Task<bool> Always(CancellationToken ct) => Task.FromResult(true);

    private static Task<IReadOnlyList<StreamEvent>> Nothing(CancellationToken ct) => Task.FromResult<IReadOnlyList<StreamEvent>>([]);

    /// <summary>A response whose headers are on their way.</summary>
    private sealed class StartedResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Stop() => stopping.Cancel();

        public void StopApplication() => Stop();
    }
}
