using System.Diagnostics;
using System.Globalization;
using System.Net;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>
/// One blob, by an address that is a right to it and is said nowhere. A call that fails may have had its effect: it is made again, and a
/// refusal that says so much is then the answer.
/// </summary>
internal sealed class BlobStore(Uri address, HttpMessageHandler? handler = null) : IDisposable
{
    /// <summary>Two of them are in memory at a time. One call may append a hundred mebibytes; larger ones gained nothing.</summary>
    public const int BlockSize = 8 << 20;

    // The first that appends more than 4 MiB at once.
    private const string Version = "2022-11-02";
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = AttemptMax };

    /// <summary>For how long one call is made again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    public void Dispose() => _http.Dispose();

    public async Task CreateAsync()
    {
        using var answer = await SendAsync(
            () => Put(address, ReadOnlyMemory<byte>.Empty, ("x-ms-blob-type", "AppendBlob"), ("If-None-Match", "*")),
            // An address that may only create may not do it again: some stores ask for the right first.
            status => status is HttpStatusCode.Conflict or HttpStatusCode.Forbidden);
    }

    /// <param name="position">Where the blob ends now. If it ends elsewhere, this very block has been appended.</param>
    public async Task AppendAsync(ReadOnlyMemory<byte> block, long position)
    {
        var appending = new UriBuilder(address) { Query = address.Query + "&comp=appendblock" }.Uri;
        using var answer = await SendAsync(
            () => Put(appending, block, ("x-ms-blob-condition-appendpos", position.ToString(CultureInfo.InvariantCulture))),
            status => status is HttpStatusCode.PreconditionFailed);
    }

    /// <summary>Gives the first bytes of the blob away, in order. Where it is cut off, the rest is asked for.</summary>
    /// <returns>How many there were.</returns>
    public async Task<long> ReadAsync(long bytes, Action<ReadOnlyMemory<byte>> take)
    {
        var buffer = new byte[Pipes.BufferSize];
        var position = 0L;
        for (var clock = Stopwatch.StartNew(); position < bytes;)
        {
            using var answer = await SendAsync(
                () => Get(position, bytes), status => status is HttpStatusCode.RequestedRangeNotSatisfiable, isReading: true);
            if (answer.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable || answer.Content.Headers.ContentLength is 0)
            {
                break;
            }

            if (answer.StatusCode is not HttpStatusCode.PartialContent)
            {
                throw Refused($"it answers {(int)answer.StatusCode} where a part was asked for");
            }

            var before = position;
            await foreach (var n in ReadBodyAsync(answer, buffer))
            {
                take(buffer.AsMemory(0, n));
                position += n;
            }

            if (position > before)
            {
                clock.Restart();
                continue;
            }

            await Task.Delay(FirstPause);
            if (clock.Elapsed > Patience)
            {
                throw Unreachable("it sends nothing");
            }
        }

        return position;
    }

    // Ends where the connection does: whoever reads asks for the rest.
    private static async IAsyncEnumerable<int> ReadBodyAsync(HttpResponseMessage answer, byte[] buffer)
    {
        await using var body = await answer.Content.ReadAsStreamAsync();
        while (await ReadSomeAsync(body, buffer) is var n and > 0)
        {
            yield return n;
        }
    }

    private static async Task<int> ReadSomeAsync(Stream body, byte[] buffer)
    {
        using var deadline = new CancellationTokenSource(AttemptMax);
        try
        {
            return await body.ReadAsync(buffer, deadline.Token);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    private static HttpRequestMessage Put(Uri to, ReadOnlyMemory<byte> content, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        // Without a digest of its own: that it arrives as it was sent is what TLS is for, and SHA-256 and age tell wherever it is read.
        var request = new HttpRequestMessage(HttpMethod.Put, to) { Content = new ReadOnlyMemoryContent(content) };
        request.Content.Headers.ContentLength = content.Length;
        request.Headers.Add("x-ms-version", Version);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    private HttpRequestMessage Get(long from, long end)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("x-ms-version", Version);
        request.Headers.Add("x-ms-range", string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{end - 1}"));
        return request;
    }

    /// <param name="hasHappened">Tells of a refusal that this is how the call's own effect looks to the same call made again.</param>
    /// <param name="isReading">Has no effect, so that such a refusal is an answer at the first time too.</param>
    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> request, Func<HttpStatusCode, bool> hasHappened, bool isReading = false)
    {
        var clock = Stopwatch.StartNew();
        var isUncertain = isReading;
        for (var pause = FirstPause; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            string trouble;
            var wait = pause;
            try
            {
                using var sent = request();
                var answer = await _http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead);
                var code = CodeOf(answer);
                if (answer.IsSuccessStatusCode || (isUncertain && hasHappened(answer.StatusCode)))
                {
                    return answer;
                }

                using (answer)
                {
                    trouble = $"it answers {(int)answer.StatusCode}{(code is null ? "" : $" {code}")}";
                    if (!IsPassing(answer.StatusCode))
                    {
                        throw Refused(trouble);
                    }

                    wait = RetryAfter(answer) ?? pause;
                    isUncertain |= answer.StatusCode is not HttpStatusCode.TooManyRequests;
                }
            }
            catch (HttpRequestException error)
            {
                trouble = $"{error.HttpRequestError}";

                // With these nothing was sent.
                isUncertain |= error.HttpRequestError is not (
                    HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            }
            catch (TaskCanceledException)
            {
                trouble = $"no answer within {AttemptMax.TotalSeconds} s";
                isUncertain = true;
            }

            if (clock.Elapsed + wait > Patience)
            {
                throw Unreachable(trouble);
            }

            await Task.Delay(wait);
        }
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static VmFailure Refused(string trouble) =>
        new(VmErrorCode.StoreRefused, $"The store does not take this: {trouble}.", retryable: false);

    private VmFailure Unreachable(string trouble) => new(
        VmErrorCode.StoreUnreachable, $"The store was tried for {Patience.TotalSeconds:0} s: {trouble}.", retryable: false);

    private static string? CodeOf(HttpResponseMessage answer) => answer.Headers.TryGetValues("x-ms-error-code", out var codes)
        ? string.Concat(codes.First().Where(char.IsAsciiLetterOrDigit).Take(64))
        : null;

    private static TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => null,
    };
}
