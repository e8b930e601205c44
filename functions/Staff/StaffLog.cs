using Launchpad.Shared.Billing;
using Launchpad.Shared.Records;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Staff;

/// <summary>What operators do, as a chain like that of a deployment; what they do with one is in its own record as well, for its owner to
/// see.</summary>
public sealed class StaffLog(Recorder recorder, StaffLetters letters)
{
    /// <inheritdoc cref="Operator.Chain"/>
    public const string Chain = Operator.Chain;

    /// <summary>What changes how he signs in he is written to about.</summary>
    /// <param name="who">Of the staff.</param>
    /// <param name="action">What, as a verb.</param>
    /// <param name="data">Ids and numbers about it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task ActAsync(Operator who, string action, object? data, CancellationToken ct)
    {
        await ActAsync(who.Actor, action, data, ct);
        await letters.TellAsync(who, action, ct);
    }

    /// <param name="who">Who is in.</param>
    /// <param name="by">What he has shown: password, code or recovery-code.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task SignInAsync(Operator who, string by, CancellationToken ct)
    {
        await ActAsync(who, "sign-in", new { by }, ct);
        await (by == "recovery-code" ? letters.TellAsync(who, StaffLetters.RecoveryCodeUsed, ct) : Task.CompletedTask);
    }

    /// <inheritdoc cref="ActAsync(Operator, string, object?, CancellationToken)"/>
    public Task ActAsync(string actor, string action, object? data, CancellationToken ct) => recorder.ActAsync(Chain, actor, action, data, ct);

    /// <summary>What was said about it stands in the operators' own chain alone, and the whole once.</summary>
    public async Task RefundAsync(string deployment, Operator who, string invoice, Refunded given, string reason, CancellationToken ct)
    {
        var key = $"refund-{invoice}-{given.AmountCents}";
        var amount = given.AmountCents;
        await recorder.ActOnceAsync(key, deployment, who.Actor, "refund", new { invoice, amount, given.Currency }, ct);
        await recorder.ActOnceAsync(key, Chain, who.Actor, "refund", new { deployment, invoice, amount, given.Currency, reason }, ct);
    }

    /// <summary>Why stands in the operators' own chain alone.</summary>
    public async Task LockAsync(string account, Operator who, string action, string? reason, CancellationToken ct)
    {
        await recorder.ActAsync(account, who.Actor, action, new { account }, ct);
        await recorder.ActAsync(Chain, who.Actor, action, new { account, reason }, ct);
    }

    /// <inheritdoc cref="ActOnAllAsync"/>
    public Task ActOnAsync(string deployment, Operator who, string action, object data, CancellationToken ct) =>
        ActOnAllAsync([deployment], who, action, data, ct);

    /// <summary>What is done with bots of customers stands in their records too.</summary>
    /// <param name="deployments">Those that it is about.</param>
    /// <param name="who">Of the staff.</param>
    /// <param name="action">What, as a verb.</param>
    /// <param name="data">Ids and numbers about it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task ActOnAllAsync(IEnumerable<string> deployments, Operator who, string action, object data, CancellationToken ct)
    {
        foreach (var deployment in deployments)
        {
            await recorder.ActAsync(deployment, who.Actor, action, data, ct);
        }

        await recorder.ActAsync(Chain, who.Actor, action, data, ct);
    }
}
