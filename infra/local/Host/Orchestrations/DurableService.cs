using Launchpad.Durable;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Host.Orchestrations;

/// <summary>Starts the engine before anything listens, so that a caller never meets one that has not recovered.</summary>
internal sealed class DurableService(DurableEngine engine, DurableFunctions functions) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        functions.AddTo(engine);
        return engine.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
