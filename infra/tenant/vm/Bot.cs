using System.Globalization;

namespace Launchpad.Vm;

/// <summary>The program in the container, as the VM reaches it.</summary>
internal sealed class Bot(DeploymentState state) : IDisposable
{
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(2);

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{state.Address}:{state.Port}")),
        Timeout = Timeout.InfiniteTimeSpan,

        // A bot that trusts its proxy refuses what comes from there on nobody's behalf. This address (TEST-NET-1) is no client's.
        DefaultRequestHeaders = { { "X-Forwarded-For", "192.0.2.1" }, { "X-Forwarded-Proto", "https" } },
    };

    public void Dispose() => Http.Dispose();

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
