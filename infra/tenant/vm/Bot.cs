using System.Globalization;

namespace Launchpad.Vm;

/// <summary>The program in the container, as the VM reaches it.</summary>
internal sealed class Bot(DeploymentState state) : IDisposable
{
    private const int MissesMax = 3;
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{state.Address}:{state.Port}")),
        Timeout = Timeout.InfiniteTimeSpan,

        // A bot that trusts its proxy refuses what comes from there on nobody's behalf. This address (TEST-NET-1) is no client's.
        DefaultRequestHeaders = { { "X-Forwarded-For", "192.0.2.1" }, { "X-Forwarded-Proto", "https" } },
    };

    public void Dispose() => Http.Dispose();

    /// <summary>One answer that is late is none of a bot that hangs.</summary>
    public async Task<bool> HangsAsync()
    {
        for (var misses = 1; !await IsReadyAsync(); misses++)
        {
            if (misses == MissesMax)
            {
                return true;
            }

            await Task.Delay(ProbeEvery);
        }

        return false;
    }

    public async Task<bool> IsReadyAsync()
    {
        using var deadline = new CancellationTokenSource(ProbeDeadline);
        try
        {
            using var response = await Http.GetAsync(state.ReadyPath, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // Not listening yet, or too slow to call it ready: both are the answer, not a fault.
            return false;
        }
    }
}
