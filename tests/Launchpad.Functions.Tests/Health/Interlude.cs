using Azure.Core;
using Azure.Core.Pipeline;

namespace Launchpad.Functions.Tests.Health;

/// <summary>Somebody who acts between two reads of a deployment: its row is about to be read again, and is another one by then.</summary>
public sealed class Interlude : HttpPipelinePolicy
{
    private string row = "";
    private int reads;
    private Func<Task>? act;

    /// <summary>Whether nobody is waiting to act.</summary>
    public bool IsOver => act is null;

    public void BeforeTheSecondRead(string deployment, Func<Task> acts) => (row, reads, act) = (deployment, 0, acts);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The product calls asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (act is { } acts && Reads(message.Request) && ++reads == 2)
        {
            act = null;
            await acts();
        }

        await ProcessNextAsync(message, pipeline);
    }

    private bool Reads(Request request) =>
        request.Method == RequestMethod.Get && request.Uri.Path.Contains("/deployments(", StringComparison.Ordinal)
            && request.Uri.Path.Contains(row, StringComparison.Ordinal);
}
