using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Activities;

/// <summary>The machine that a bot is on, spoken to.</summary>
public sealed class BotMachine(VmStore vms, VmAccess access)
{
    /// <param name="progress">Told of every step of the machine; null when nobody wants to know.</param>
    public async Task<TResult> RunAsync<TRequest, TResult>(
        BotInput bot, VmVerb verb, TRequest request, IProgress<VmStep>? progress, CancellationToken ct)
        where TRequest : class
        where TResult : class =>
        await access.RunAsync<TRequest, TResult>(await vms.GetAsync(bot.Tier, bot.Vm, ct), verb, request, progress, ct);

    /// <inheritdoc cref="RunAsync{TRequest,TResult}(BotInput,VmVerb,TRequest,IProgress{VmStep},CancellationToken)"/>
    public Task<TResult> RunAsync<TRequest, TResult>(BotInput bot, VmVerb verb, TRequest request, CancellationToken ct)
        where TRequest : class
        where TResult : class =>
        RunAsync<TRequest, TResult>(bot, verb, request, progress: null, ct);
}
