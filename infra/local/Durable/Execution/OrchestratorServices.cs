using Launchpad.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Execution;

/// <summary>What an orchestrator needs of whoever runs it, an engine or a replay.</summary>
internal sealed record OrchestratorServices(DurableOptions Options, ILoggerFactory Loggers, Payloads Payloads)
{
    public string? Text(long instance, Stored stored) => stored.File is null ? stored.Text : Payloads.Read(instance, stored.File);
}
