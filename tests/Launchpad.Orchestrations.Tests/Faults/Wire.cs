using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What becomes of a call.</summary>
internal enum Blow
{
    None,

    /// <summary>It has its effect, and its caller is told that it failed.</summary>
    Lost,

    /// <summary>It has no effect, and its caller is told so.</summary>
    Refused,
}

/// <summary>A call that left the product.</summary>
/// <param name="Path">With what differs from run to run taken out.</param>
internal sealed record Call(string Service, string Method, string Path)
{
    public override string ToString() => $"{Service} {Method} {Path}";
}

/// <summary>All ways out of the product, in one place: it sees every call, and decides which of them go wrong. Clients come to it outside of
/// their own retries, so a call that failed has failed.</summary>
internal sealed partial class Wire
{
    private readonly Lock gate = new();
    private readonly List<Call> calls = [];
    private Func<Call, int, Blow> strike = (_, _) => Blow.None;

    public IReadOnlyList<Call> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <param name="what">Is given a call and how many came before it; null to let all pass.</param>
    public void Begin(Func<Call, int, Blow>? what = null)
    {
        lock (gate)
        {
            calls.Clear();
            strike = what ?? ((_, _) => Blow.None);
        }
    }

    public Blow Meet(string service, string method, string path)
    {
        var call = new Call(service, method, Varying().Replace(path, "*"));
        lock (gate)
        {
            calls.Add(call);
            return strike(call, calls.Count - 1);
        }
    }

    public HttpPipelinePolicy Into(string service) => new Policy(this, service);

    // Ids of ours and of others, row keys that count, hashes, and the end of a slug.
    [GeneratedRegex(
        @"(acc|dep|op|vm|can|bak)[_-][0-9A-Za-z]{26}([0-9a-f]{6}(?![0-9a-f]))?|(sub|si|cus|price|in|cs_test)_[0-9A-Za-z]+|sha256[:-][0-9a-f]{64}|[0-9]{19}|[0-9a-f]{32}"
        + @"|(?<=ada-)[0-9a-z]{8}|(?<=-(nic|ip)-)[0-9a-f]{8}|(?<=once-status-)[0-9]+|(?<='r)[0-9]{12}|(?<=-[0-9]{3}-)never|(?<=crash-loop-)[0-9]+")]
    private static partial Regex Varying();

    /// <summary>The table that a request is about.</summary>
    public static string Table(Request request)
    {
        var path = request.Uri.ToUri().AbsolutePath;
        if (path.EndsWith("$batch", StringComparison.Ordinal))
        {
            using var content = new MemoryStream();
            request.Content!.WriteTo(content, CancellationToken.None);
            path = System.Text.Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
        }

        return TableName().Match(path).Groups[1].Value;
    }

    [GeneratedRegex(@"devstoreaccount1/([A-Za-z]+)")]
    private static partial Regex TableName();

    private sealed class Policy(Wire wire, string service) : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var blow = wire.Meet(service, message.Request.Method.Method, Path(message.Request));
            if (blow is not Blow.Refused)
            {
                await ProcessNextAsync(message, pipeline);
            }

            if (blow is not Blow.None)
            {
                throw new RequestFailedException(500, $"The call was {blow}.", "InternalError", null);
            }
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("The product waits for nothing.");

        /// <summary>A transaction's address says nothing of what it is about; its content does.</summary>
        private static string Path(Request request)
        {
            var path = request.Uri.ToUri().AbsolutePath;
            return path.EndsWith("$batch", StringComparison.Ordinal) ? $"{path} of {Table(request)}" : Uri.UnescapeDataString(path);
        }
    }
}
