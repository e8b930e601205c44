using System.Diagnostics;
using Launchpad.Local.Demo;

namespace Launchpad.Bench;

/// <summary>Asks the bot ten times a second, at its public address.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource stop = new();
    private readonly List<(long At, bool Up)> looks = [];
    private readonly Task watching;

    public Watch(BotDoor door) => watching = RunAsync(door);

    /// <summary>For how long since then it did not answer; asked once it answers again.</summary>
    public async Task<double> AwayMsAsync(long since)
    {
        while (true)
        {
            await Task.Delay(2 * Every);
            lock (looks)
            {
                if (looks is [.., (_, true)])
                {
                    var seen = looks.Where(look => look.At >= since).ToList();
                    return seen.Zip(seen.Skip(1)).Where(pair => !pair.First.Up)
                        .Sum(pair => Stopwatch.GetElapsedTime(pair.First.At, pair.Second.At).TotalMilliseconds);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task RunAsync(BotDoor door)
    {
        while (!stop.IsCancellationRequested)
        {
            var at = Stopwatch.GetTimestamp();
            var up = await IsUpAsync(door);
            lock (looks)
            {
                looks.Add((at, up));
            }

            await Task.Delay(Every, CancellationToken.None);
        }
    }

    private static async Task<bool> IsUpAsync(BotDoor door)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            using var answer = await door.Http.GetAsync(new Uri("readyz", UriKind.Relative), patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
