using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Tests;

/// <summary>What happens to a call of the table service.</summary>
public enum CallFault
{
    None,

    /// <summary>It has its effect, and the answer is lost: the client repeats it.</summary>
    AnswerLost,

    /// <summary>It is never sent, and the process is gone.</summary>
    Crash,
}

/// <summary>Stands between the product and the emulator, and decides about each call.</summary>
public sealed class TableCalls(Func<Request, CallFault> decide) : HttpPipelinePolicy
{
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(1);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The product calls asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var fault = decide(message.Request);
        if (fault is CallFault.Crash)
        {
            throw new ProcessDiedException();
        }

        await ProcessNextAsync(message, pipeline);
        if (fault is CallFault.AnswerLost)
        {
            throw new IOException("The connection broke before the answer came.");
        }
    }

    /// <summary>Every caller that is to race with others has a client of its own.</summary>
    public static async Task<Tables> ConnectAsync(Azurite azurite, Func<Request, CallFault>? decide = null)
    {
        var options = new TableClientOptions { Retry = { Delay = RetryDelay, MaxDelay = RetryDelay } };
        if (decide is not null)
        {
            options.AddPolicy(new TableCalls(decide), HttpPipelinePosition.PerRetry);
        }

        var tables = new Tables(new TableServiceClient(azurite.ConnectionString, options));
        if (decide is null)
        {
            await tables.CreateAllAsync(CancellationToken.None);
        }

        return tables;
    }
}

public sealed class ProcessDiedException : Exception;
