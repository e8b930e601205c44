using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Activities;

/// <summary>The machine that a bot is on, spoken to.</summary>
public sealed class BotMachine(VmStore vms, VmAccess access)
{
    public async Task<TResult> RunAsync<TRequest, TResult>(BotInput bot, VmVerb verb, TRequest request, CancellationToken ct)
        where TRequest : class
        where TResult : class =>
        await access.RunAsync<TRequest, TResult>(await vms.GetAsync(bot.Tier, bot.Vm, ct), verb, request, ct);
}
