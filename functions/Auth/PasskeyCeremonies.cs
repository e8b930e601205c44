using System.Text.Json;
using Launchpad.Shared.Accounts;

namespace Launchpad.Functions.Auth;

/// <summary>What a browser does with a passkey.</summary>
/// <param name="State">Comes back with the answer, within five minutes, once.</param>
/// <param name="Options">For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.</param>
public sealed record Ceremony(string State, JsonElement Options);

/// <summary>Registering a passkey, and showing one.</summary>
public sealed class PasskeyCeremonies(RelyingParty party, Challenges challenges, PasskeyStore passkeys, AuthLimits limits)
{
    private const string Register = "register passkey";
    private const string Show = "show passkey";

    public async Task<Ceremony> BeginAsync(Account account, CancellationToken ct)
    {
        var known = await passkeys.ListAsync(account.Id, ct);
        return known.Count < PasskeyStore.Max
            ? await BeginAsync($"{Register} {account.Id}", party.NewKey(account, known), ct)
            : throw Problems.TooManyPasskeys(PasskeyStore.Max);
    }

    /// <exception cref="ProblemException">When it is no answer to what was begun, or that was too long ago.</exception>
    public async Task<Passkey> AddAsync(Account account, string name, string? state, JsonElement? answer, CancellationToken ct)
    {
        var asked = await UseAsync($"{Register} {account.Id}", state, ct);
        var made = answer is { } given ? await party.MakeAsync(asked, given, ct) : null;
        return made is not null && await passkeys.AddAsync(account.Id, name, made.KeyId, made.PublicKey, made.Counter, ct) is { } added
            ? added
            : throw Problems.PasskeyRefused();
    }

    /// <summary>Any passkey that the device has for us.</summary>
    public Task<Ceremony> AskAsync(string address, CancellationToken ct)
    {
        limits.Ceremony(address);
        return BeginAsync(Show, party.Challenge([]), ct);
    }

    /// <summary>One of the account's.</summary>
    public async Task<Ceremony> AskAsync(Account account, string address, CancellationToken ct)
    {
        limits.Ceremony(address);
        var known = await passkeys.ListAsync(account.Id, ct);
        return known.Count > 0 ? await BeginAsync($"{Show} {account.Id}", party.Challenge(known), ct) : throw Problems.NoPasskey();
    }

    /// <returns>Whose it is.</returns>
    /// <exception cref="ProblemException">When it is nobody's, or too late.</exception>
    public async Task<string> CheckAsync(string? state, JsonElement? answer, string address, CancellationToken ct)
    {
        limits.Ceremony(address);
        return await ProveAsync(Show, null, state, answer, ct);
    }

    /// <exception cref="ProblemException">When it is none of the account's, or too late.</exception>
    public async Task CheckAsync(Account account, string state, JsonElement answer, string address, CancellationToken ct)
    {
        limits.Ceremony(address);
        await ProveAsync($"{Show} {account.Id}", account.Id, state, answer, ct);
    }

    private async Task<string> ProveAsync(string purpose, string? of, string? state, JsonElement? answer, CancellationToken ct)
    {
        var asked = await UseAsync(purpose, state, ct);
        return answer is { } given && RelyingParty.Claim(given) is var (keyId, says)
            && (of ?? says) is { } account && (says is null || says == account) && Shared.Ids.IsValid(account, Shared.Ids.Account)
            && await passkeys.FindAsync(account, keyId, ct) is { } passkey
            && await party.ProveAsync(asked, given, passkey, ct) is { } counter && await passkeys.UseAsync(account, passkey, counter, ct)
                ? account
                : throw Problems.PasskeyRefused();
    }

    private async Task<Ceremony> BeginAsync(string purpose, string options, CancellationToken ct)
    {
        var (state, _) = await challenges.MakeAsync(purpose, options, ct);
        return new(state, JsonElement.Parse(options));
    }

    private async Task<string> UseAsync(string purpose, string? state, CancellationToken ct) =>
        await challenges.OpenAsync<string>(purpose, state, ct) is { } options && await challenges.UseAsync(state!, ct) ? options : throw Problems.PasskeyRefused();
}
